//! Roles: named sets of permissions, and who holds them in the whole application.
//!
//! Owns the role and who holds it by themselves. Does not own which groups give it (`groups` has their members, this slice the
//! assignment), nor who holds it within an organization (`members`).

mod actions;
mod assignments;
mod data_plane;
mod error;
mod event;
mod model;
mod platform;
pub(crate) mod store;

use ::store::{Read, StoreError};
use edge::{Endpoint, Resource};
use kernel::{EventFacts, Id};

pub(crate) use actions::within_organizations;
pub(crate) use error::RoleError;
pub(crate) use model::Role;

kernel::resource! { Role, prefix: "rol", noun: "role" }

kernel::permissions! {
    /// Read roles and who holds them.
    RolesRead = "roles:read",
    /// Create, change and delete roles, and give them to people.
    RolesWrite = "roles:write",
}

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub(crate) type RoleId = Id<Role>;

/// Roles of one application.
const MOST: i64 = 500;
/// Roles that one person, or one group, has in the whole application.
pub(crate) const MOST_HELD: usize = 50;

impl Resource for Role {
    async fn find(read: &Read, id: Id<Self>) -> Result<Option<Self>, StoreError> {
        store::find(read, id).await
    }
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into_iter().chain(data_plane::endpoints()).collect()
}
