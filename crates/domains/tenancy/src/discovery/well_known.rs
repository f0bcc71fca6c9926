//! `/.well-known`: bytes made ahead of time, sent as they are.

use edge::{Context, Document, Endpoint, Public, Reply};
use http::{HeaderValue, header::VARY};
use macros::endpoint;

use crate::{keys::KeyRing, published::Published};

/// Short beside the day for which a new key is published before it signs.
const MAX_AGE: &str = "public, max-age=300";

pub(super) fn endpoints() -> [Endpoint; 1] {
    [get_key_set()]
}

/// Get the public keys
///
/// The keys that verify the application's tokens (RFC 7517), the next ones ahead of their use. Cacheable; look again when a token
/// names a key that you don't know.
#[endpoint(GET "/.well-known/jwks.json", id = "discovery.jwks.get")]
async fn get_key_set(cx: Public) -> Reply<Document> {
    let keys = cx.part::<KeyRing>().published(cx.tenant_id(), cx.now()).await?;
    send(&cx, &keys)
}

/// A document of one tenant, for everybody to keep for a while.
pub fn send(cx: &Context, document: &Published) -> Reply<Document> {
    // One URL serves several applications where the header names them: a cache between must keep them apart.
    let reply = Document::cached(cx, document.bytes.clone(), &document.tag, MAX_AGE)?;
    Ok(reply.header(VARY, HeaderValue::from_static("x-application-id")))
}
