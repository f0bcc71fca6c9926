//! Load on a server: connections that are kept busy, and what was seen of the replies.

mod connection;
mod conversation;
mod driver;
mod lane;
mod latencies;
mod pace;
mod sample;

pub(crate) use self::{
    conversation::{Conversation, Fresh, OneOf, Repeat},
    driver::Driver,
    lane::Lane,
    latencies::Latencies,
    pace::Pace,
    sample::{Sample, Summary, median},
};
