//! What becomes of authorization requests.

use identity::users::User;
use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use crate::clients::Client;

/// A person did not allow an application what it asked for.
#[derive(Event, Serialize, JsonSchema)]
#[event("application.denied", target = application_id)]
pub(super) struct ApplicationDenied {
    pub application_id: Id<Client>,
    pub user_id: Id<User>,
}

pub(super) const CATALOGUE: &[EventFacts] = &[ApplicationDenied::FACTS];
