//! An application's own texts of messages: kept by template and language, tried before they are kept.

mod actions;
mod platform;
mod store;

use edge::Endpoint;

pub(super) use store::of_template;

pub(super) fn endpoints() -> [Endpoint; 3] {
    platform::endpoints()
}
