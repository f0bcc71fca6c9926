use identity::users::User;
use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use super::Identity;

/// A user is known by an account at a provider.
#[derive(Event, Serialize, JsonSchema)]
#[event("identity.linked", target = user_id)]
pub(crate) struct IdentityLinked {
    pub user_id: Id<User>,
    pub identity_id: Id<Identity>,
    /// The provider's name in the application's settings.
    pub provider: String,
}

/// A user is no longer known by an account at a provider.
#[derive(Event, Serialize, JsonSchema)]
#[event("identity.unlinked", target = user_id)]
pub(crate) struct IdentityUnlinked {
    pub user_id: Id<User>,
    pub identity_id: Id<Identity>,
    pub provider: String,
}

/// A user began to link an account at a provider.
#[derive(Event, Serialize, JsonSchema)]
#[event("identity.link_requested", target = user_id)]
pub(crate) struct IdentityLinkRequested {
    pub user_id: Id<User>,
    pub provider: String,
}

pub(crate) const CATALOGUE: &[EventFacts] =
    &[IdentityLinked::FACTS, IdentityUnlinked::FACTS, IdentityLinkRequested::FACTS];
