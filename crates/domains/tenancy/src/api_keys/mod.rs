//! Secret API keys: how an application's backend proves who it is.
//!
//! Owns the keys, their secrets' digests, rotation with an overlap and the check on every request. A secret is 256 random bits, so
//! its SHA-256 is its form at rest; nothing slower would add strength. Does not own what a scope allows: that is each endpoint's.

mod actions;
mod authenticator;
mod error;
mod event;
mod model;
mod platform;
mod store;

use ::store::{Read, StoreError};
use edge::{Endpoint, Resource};
use kernel::{EventFacts, Id};

pub use actions::held;
pub(crate) use actions::issue_as;
pub use authenticator::ApiKeys;
pub use error::ApiKeyError;
pub use event::{ApiKeyCreated, ApiKeyRevoked, ApiKeyRotated};
pub use model::ApiKey;
pub(crate) use model::NewApiKey;

kernel::resource! { ApiKey, prefix: "key", noun: "api_key" }

kernel::permissions! {
    /// List secret API keys, never their secrets.
    ApiKeysRead = "api-keys:read",
    /// Create, rotate and revoke secret API keys.
    ApiKeysWrite = "api-keys:write",
}

pub(crate) const EVENTS: &[EventFacts] = &[ApiKeyCreated::FACTS, ApiKeyRotated::FACTS, ApiKeyRevoked::FACTS];

impl Resource for ApiKey {
    async fn find(read: &Read, id: Id<Self>) -> Result<Option<Self>, StoreError> {
        store::find(read, id).await
    }
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into()
}
