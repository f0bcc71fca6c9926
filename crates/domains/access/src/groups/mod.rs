//! Groups: flat sets of users that carry scopes, and roles by assignment.
//!
//! Owns the group and who is in it. Does not own which roles it gives (`roles`).

mod actions;
mod data_plane;
mod error;
mod event;
mod model;
pub(crate) mod store;

use ::store::{Read, StoreError};
use edge::{Endpoint, Resource};
use kernel::{EventFacts, Id};

pub(crate) use model::Group;

kernel::resource! { Group, prefix: "grp", noun: "group" }

kernel::permissions! {
    /// Read groups and who is in them.
    GroupsRead = "groups:read",
    /// Create, change and delete groups, and say who is in them.
    GroupsWrite = "groups:write",
}

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub(crate) type GroupId = Id<Group>;

/// Groups of one application.
const MOST: i64 = 1_000;
/// Groups that one person is in.
pub(crate) const MOST_HELD: i64 = 100;

impl Resource for Group {
    async fn find(read: &Read, id: Id<Self>) -> Result<Option<Self>, StoreError> {
        store::find(read, id).await
    }
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    data_plane::endpoints().into()
}
