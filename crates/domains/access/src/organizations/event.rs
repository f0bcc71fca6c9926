//! What happens to organizations, who comes into them, and where sessions act.

use identity::{holdings::Rank, users::User};
use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use super::Organization;

/// An organization was created.
#[derive(Event, Serialize, JsonSchema)]
#[event("organization.created", target = organization_id)]
pub(super) struct OrganizationCreated {
    pub organization_id: Id<Organization>,
    pub name: String,
    pub slug: String,
    pub mfa_required: bool,
    /// Who owns it from the start.
    pub owner_id: Option<Id<User>>,
}

/// An organization was changed.
#[derive(Event, Serialize, JsonSchema)]
#[event("organization.updated", target = organization_id)]
pub(super) struct OrganizationUpdated {
    pub organization_id: Id<Organization>,
    pub name: String,
    pub slug: String,
    pub mfa_required: bool,
}

/// An organization was deleted: nobody is in it, and no session acts in it.
#[derive(Event, Serialize, JsonSchema)]
#[event("organization.deleted", target = organization_id)]
pub(super) struct OrganizationDeleted {
    pub organization_id: Id<Organization>,
    pub name: String,
}

/// Somebody is in an organization from now on.
#[derive(Event, Serialize, JsonSchema)]
#[event("organization.member_added", target = user_id)]
pub(super) struct MemberAdded {
    pub organization_id: Id<Organization>,
    pub user_id: Id<User>,
    pub rank: Rank,
    pub roles: Vec<String>,
}

/// A session acts in an organization from now on.
#[derive(Event, Serialize, JsonSchema)]
#[event("organization.activated", target = user_id)]
pub(super) struct OrganizationActivated {
    pub organization_id: Id<Organization>,
    pub user_id: Id<User>,
}

/// A session acts in an organization no more.
#[derive(Event, Serialize, JsonSchema)]
#[event("organization.deactivated", target = user_id)]
pub(super) struct OrganizationDeactivated {
    pub organization_id: Id<Organization>,
    pub user_id: Id<User>,
}

pub(super) const CATALOGUE: &[EventFacts] = &[
    OrganizationCreated::FACTS,
    OrganizationUpdated::FACTS,
    OrganizationDeleted::FACTS,
    MemberAdded::FACTS,
    OrganizationActivated::FACTS,
    OrganizationDeactivated::FACTS,
];
