//! The users of a tenant.
//!
//! Owns a person's record: identifiers, profile, metadata, state. Does not own how they prove who they are (`passwords`) nor
//! that they did (`sessions`), nor what they let others do (`provider`); disabling and erasing a user ends both in the same transaction.

mod actions;
pub mod bulk;
mod data_plane;
mod delegations;
mod detail;
mod erasure;
mod error;
mod event;
pub(crate) mod input;
mod model;
mod platform;
pub(crate) mod store;

use ::store::{Read, StoreError};
use edge::{Endpoint, Resource};
use kernel::{EventFacts, Id};

pub(crate) use actions::{begin, blank, change, delete, patch};
pub(crate) use delegations::shut_out;
pub use delegations::{Delegations, EndsDelegations};
pub use detail::{IdentityRef, LinkedIdentity};
pub use erasure::{ErasedAlong, ErasesAlong};
pub use error::UserError;
pub use input::{UserChanges, field, line, locale, picture};
pub use model::{Email, Metadata, Phone, Profile, User, UserState, is_too_large};
pub(crate) use platform::UserView;

pub(crate) use store::find_by_contact;
pub use store::{find_by_external_id, metadata_at, metadata_text};

kernel::resource! { User, prefix: "usr", noun: "user" }

kernel::permissions! {
    /// Read users and what belongs to them.
    UsersRead = "users:read",
    /// Create, change and erase users.
    UsersWrite = "users:write",
}

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub type UserId = Id<User>;

impl Resource for User {
    async fn find(read: &Read, id: Id<Self>) -> Result<Option<Self>, StoreError> {
        store::find(read, id).await
    }
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into_iter().chain(data_plane::endpoints()).collect()
}
