//! OAuth clients: software that acts at this issuer (RFC 6749, section 2).
//!
//! Owns the client, its metadata and its secrets, and how it proves itself. Does not own what it is allowed (`grants`).

mod authenticate;
mod cache;
mod keys;
mod lookup;
mod model;
mod secrets;
mod store;

use ::store::{Read, StoreError};
use edge::Resource;
use kernel::Id;

pub(crate) use authenticate::{Authenticated, authenticate};
pub use cache::Clients;
pub(crate) use keys::{ClientKeys, keys_of};
pub(crate) use lookup::find_public;
pub(crate) use model::{Client, ClientOrigin, ClientState};

kernel::resource! { Client, prefix: "app", noun: "application" }

kernel::permissions! {
    /// Read OAuth clients.
    ApplicationsRead = "applications:read",
    /// Create, change and delete OAuth clients.
    ApplicationsWrite = "applications:write",
    /// Give OAuth clients new secrets.
    ApplicationsRotateSecret = "applications:rotate-secret",
}

pub(crate) type ClientId = Id<Client>;

impl Resource for Client {
    async fn find(read: &Read, id: Id<Self>) -> Result<Option<Self>, StoreError> {
        store::find(read, id).await
    }
}
