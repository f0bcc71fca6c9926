//! The kit: for each test a server of its own on an empty store, actors that call it, a clock to turn.

mod actors;
mod call;
mod cities;
mod environment;
mod logs;
mod mail;
mod reply;
mod server;
mod store;
mod tls;

pub(crate) use actors::{Client, PASSWORD, Person, claims_of};
pub(crate) use call::Call;
pub(crate) use cities::cities;
pub(crate) use environment::{say, variable};
pub(crate) use logs::LogCapture;
pub(crate) use reply::Reply;
pub(crate) use server::{Options, Server, cheap_hash, endpoints, pages};
pub(crate) use store::{TestStore, count_events, password_hashes};
pub(crate) use tls::tls_for;
