//! Who carries an application's messages: its own mail server or provider, and its provider of text messages.

mod actions;
mod input;
mod model;
mod platform;
mod store;

use edge::Endpoint;

pub(super) use model::Senders;
pub(super) use store::{find, has_sender};

pub(super) fn endpoints() -> [Endpoint; 3] {
    platform::endpoints()
}
