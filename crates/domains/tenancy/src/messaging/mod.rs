//! What the product writes to people: which messages there are, what they say in which language, who carries them.
//!
//! Owns the closed set of templates with their texts and an application's own versions of them, the application's senders, and the
//! messages that are on their way: each is a sealed row and a job in the transaction that caused it, so that nothing is lost while a
//! mail server is down, and nothing is said that did not happen. Does not own codes and links, which come in as facts, nor the
//! carrying itself, which is `deliver`'s.

mod address;
mod delivery;
mod dispatch;
mod error;
mod event;
mod outgoing;
mod own;
mod plain_name;
mod render;
mod senders;
mod store;
mod template;
mod texts;

use edge::Endpoint;
use kernel::EventFacts;

pub use address::{Address, Channel};
pub use delivery::{DELIVER_JOB, DeliveryFailure, deliver, purge};
pub use error::{MessagingError, SendError};
pub use event::{MessageFailed, MessageTemplateUpdated, MessagingTested, MessagingUpdated};
pub use outgoing::{Outgoing, can_send, must_be_able, send};
pub use plain_name::plain_name;
pub use template::Template;

/// Names messages.
pub struct Message;

kernel::resource! { Message, prefix: "msg", noun: "message" }

pub(crate) const EVENTS: &[EventFacts] =
    &[MessageFailed::FACTS, MessagingUpdated::FACTS, MessagingTested::FACTS, MessageTemplateUpdated::FACTS];

pub(crate) fn endpoints() -> Vec<Endpoint> {
    senders::endpoints().into_iter().chain(texts::endpoints()).collect()
}
