//! As much of HTTP/1.1 as the driver speaks: kept connections, bodies of a stated length, no pipelining.
//!
//! An own client, because the driver shares the machine with the server: what it saves is the server's to use.

mod client;
mod reply;
mod request;

pub(crate) use self::{
    client::Client,
    reply::{Reply, text_field},
    request::{Request, wait_for_ok},
};
