//! `/.well-known`: bytes made ahead of time, sent as they are.

use edge::{Document, Endpoint, Public, Reply};
use http::{HeaderValue, header::VARY};
use macros::endpoint;

use crate::{keys::KeyRing, published::Published, tenants::profile_of};

/// Short beside the day for which a new key is published before it signs.
const MAX_AGE: &str = "public, max-age=300";

pub(super) fn endpoints() -> [Endpoint; 3] {
    [get_key_set(), get_openid_configuration(), get_authorization_server()]
}

/// Get the public keys
///
/// The keys that verify the application's tokens (RFC 7517), the next ones ahead of their use. Cacheable; look again when a token
/// names a key that you don't know.
#[endpoint(GET "/.well-known/jwks.json", id = "discovery.jwks.get")]
async fn get_key_set(cx: Public) -> Reply<Document> {
    let keys = cx.part::<KeyRing>().published(cx.tenant_id()).await?;
    send(&cx, &keys)
}

/// Get the OpenID configuration
///
/// The issuer's metadata (OpenID Connect Discovery 1.0). Names what is served: endpoints that are not there are left out.
#[endpoint(GET "/.well-known/openid-configuration", id = "discovery.openid_configuration.get")]
async fn get_openid_configuration(cx: Public) -> Reply<Document> {
    send(&cx, profile_of(cx.tenant()).metadata(&cx.tenant().issuer))
}

/// Get the authorization server's metadata
///
/// The issuer's metadata by RFC 8414. Names what is served: endpoints that are not there are left out.
#[endpoint(GET "/.well-known/oauth-authorization-server", id = "discovery.authorization_server.get")]
async fn get_authorization_server(cx: Public) -> Reply<Document> {
    send(&cx, profile_of(cx.tenant()).metadata(&cx.tenant().issuer))
}

fn send(cx: &Public, document: &Published) -> Reply<Document> {
    // One URL serves several applications where the header names them: a cache between must keep them apart.
    let reply = Document::cached(cx, document.bytes.clone(), &document.tag, MAX_AGE)?;
    Ok(reply.header(VARY, HeaderValue::from_static("x-application-id")))
}
