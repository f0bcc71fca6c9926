//! What becomes of members, and who goes.

use identity::{holdings::Rank, users::User};
use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use crate::organizations::Organization;

/// What somebody is in an organization, or which roles they have there, changed.
#[derive(Event, Serialize, JsonSchema)]
#[event("organization.member_updated", target = user_id)]
pub(super) struct MemberUpdated {
    pub organization_id: Id<Organization>,
    pub user_id: Id<User>,
    pub rank: Rank,
    pub roles: Vec<String>,
}

/// Somebody is in an organization no more: their sessions stopped acting in it.
#[derive(Event, Serialize, JsonSchema)]
#[event("organization.member_removed", target = user_id)]
pub(super) struct MemberRemoved {
    pub organization_id: Id<Organization>,
    pub user_id: Id<User>,
}

pub(super) const CATALOGUE: &[EventFacts] = &[MemberUpdated::FACTS, MemberRemoved::FACTS];
