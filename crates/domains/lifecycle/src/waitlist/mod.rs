//! The waiting list: who would like to have an account, and who may.
//!
//! Owns the entries, the decision on each, and the invitation that an approval sends. Does not own the account that an invitation
//! leads to (`identity`), nor whether there is a list at all: that is the application's sign-up mode.

mod accept;
mod actions;
pub mod doors;
mod error;
mod event;
mod model;
mod personal;
mod platform;
mod store;

use ::store::{Read, StoreError};
use edge::{Endpoint, Resource};
use kernel::{EventFacts, Id};

use model::WaitlistEntry;
pub use personal::ERASES;
pub(crate) use personal::PERSONAL;

kernel::resource! { WaitlistEntry, prefix: "wle", noun: "entry" }

kernel::permissions! {
    /// Read invitations and the waiting list.
    InvitationsRead = "invitations:read",
    /// Invite people, and decide on the waiting list.
    InvitationsWrite = "invitations:write",
}

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

impl Resource for WaitlistEntry {
    async fn find(read: &Read, id: Id<Self>) -> Result<Option<Self>, StoreError> {
        store::find(read, id).await
    }
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into()
}
