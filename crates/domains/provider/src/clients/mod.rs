//! OAuth clients: software that acts at this issuer (RFC 6749, section 2).
//!
//! Owns the client, its metadata and its secrets, and how it proves itself. Does not own what it is allowed (`grants`).

pub(crate) mod actions;
mod authenticate;
mod cache;
mod data_plane;
mod defaults;
mod document;
mod error;
mod event;
mod face;
mod input;
mod keys;
mod lookup;
mod model;
mod origins;
mod scopes;
mod secrets;
mod sector;
mod store;

use std::time::Duration;

use ::store::{Read, StoreError, Tx};
use edge::{Context, Endpoint, Resource};
use kernel::{EventFacts, Id, Secret, Timestamp};

pub(crate) use actions::profile_of;
pub(crate) use authenticate::{Authenticated, authenticate};
pub use cache::Clients;
pub(crate) use error::ClientError;
pub(crate) use keys::{KnownKeys, keys_of, keys_of_issuer};
pub(crate) use lookup::find_public;
pub(crate) use model::{Client, ClientOrigin, ClientState};
pub(crate) use scopes::{all_own as all_own_scopes, is_own as is_own_scope, live_resources, resources as resources_of};
pub(crate) use sector::check as check_sector;

kernel::resource! { Client, prefix: "app", noun: "application" }

kernel::permissions! {
    /// Read OAuth clients.
    ApplicationsRead = "applications:read",
    /// Create, change and delete OAuth clients.
    ApplicationsWrite = "applications:write",
    /// Give OAuth clients new secrets.
    ApplicationsRotateSecret = "applications:rotate-secret",
}

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub(crate) type ClientId = Id<Client>;

impl Resource for Client {
    async fn find(read: &Read, id: Id<Self>) -> Result<Option<Self>, StoreError> {
        store::find(read, id).await
    }
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    data_plane::endpoints().into()
}

/// Forget clients that are known by their documents, which nobody read for a day and nobody allowed anything; how many are gone.
pub(crate) async fn purge_documents(tx: &Tx, now: Timestamp) -> Result<u64, StoreError> {
    store::purge_documents(tx, now - Duration::from_hours(24)).await
}

/// How many clients have registered themselves.
pub(crate) async fn count_registered(cx: &Context) -> Result<i64, StoreError> {
    store::count(&cx.read(), ClientOrigin::Registered).await
}

/// Is this one of the client's secrets that are good now?
pub(crate) async fn has_live_secret(cx: &Context, id: ClientId, secret: &Secret) -> Result<bool, StoreError> {
    Ok(secrets::is_one_of(&store::secrets(&cx.read(), id).await?, secret, cx.now()))
}
