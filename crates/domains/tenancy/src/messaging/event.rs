//! What happens to messages. One that arrives is no event: the sign-in or the change that caused it is one already.

use kernel::Id;
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Channel, Message, Template};
use crate::applications::Application;

/// A message was given up: it expired before a sender took it, or it was refused for good. Nothing of its content is said.
#[derive(Event, Serialize, JsonSchema)]
#[event("message.failed", target = message_id, failure)]
pub struct MessageFailed {
    pub message_id: Id<Message>,
    pub template: Template,
    pub channel: Channel,
    /// How often it was tried.
    pub attempts: u32,
    /// Why, for example `not delivered: the mail server can't be reached`.
    pub cause: String,
}

/// An application's senders were changed.
#[derive(Event, Serialize, JsonSchema)]
#[event("messaging.updated", target = application_id)]
pub struct MessagingUpdated {
    pub application_id: Id<Application>,
    /// The channels that have another sender now.
    pub changed: Vec<Channel>,
}

/// A sender was tried out.
#[derive(Event, Serialize, JsonSchema)]
#[event("messaging.tested", target = application_id)]
pub struct MessagingTested {
    pub application_id: Id<Application>,
    pub channel: Channel,
    /// Did the sender take the message?
    pub is_delivered: bool,
}

/// An application's own text of a message was changed or removed.
#[derive(Event, Serialize, JsonSchema)]
#[event("message_template.updated", target = application_id)]
pub struct MessageTemplateUpdated {
    pub application_id: Id<Application>,
    pub template: Template,
    pub locale: String,
    /// The product's own text stands in again.
    pub is_removed: bool,
}
