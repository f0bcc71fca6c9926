use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use crate::users::User;

/// A person proved that an email address is theirs.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.email_verified", target = user_id)]
pub(crate) struct EmailVerified {
    pub user_id: Id<User>,
}

/// A person proved that a phone number is theirs.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.phone_verified", target = user_id)]
pub(crate) struct PhoneVerified {
    pub user_id: Id<User>,
}

/// An address was proven for the first time, and what had been in the account before went: passwords, passkeys, factors, links,
/// sessions.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.credentials_dropped", target = user_id)]
pub(crate) struct CredentialsDropped {
    pub user_id: Id<User>,
    pub dropped: u64,
}

/// A message that proves an address was asked for.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.verification_requested", target = user_id)]
pub(crate) struct VerificationRequested {
    pub user_id: Id<User>,
}

/// A person asked for another email address; it counts once its mailbox is proven.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.email_change_requested", target = user_id)]
pub(crate) struct EmailChangeRequested {
    pub user_id: Id<User>,
}

/// A person has another email address now.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.email_changed", target = user_id)]
pub(crate) struct EmailChanged {
    pub user_id: Id<User>,
}

pub(crate) const CATALOGUE: &[EventFacts] = &[
    EmailVerified::FACTS,
    PhoneVerified::FACTS,
    CredentialsDropped::FACTS,
    VerificationRequested::FACTS,
    EmailChangeRequested::FACTS,
    EmailChanged::FACTS,
];
