//! `/.well-known`: bytes made ahead of time, sent as they are.

use edge::{Document, Endpoint, Public, Reply};
use macros::endpoint;
use tenancy::{
    Permissions,
    discovery::{WellKnown, published, send},
    settings_of,
};

use super::{
    metadata::{Certificates, metadata},
    resource,
};

pub(super) fn endpoints() -> [Endpoint; 3] {
    [get_openid_configuration(), get_authorization_server(), get_protected_resource()]
}

/// Get the OpenID configuration
///
/// The issuer's metadata (OpenID Connect Discovery 1.0): every endpoint, and what clients may ask of it.
#[endpoint(GET "/.well-known/openid-configuration", id = "discovery.openid_configuration.get")]
async fn get_openid_configuration(cx: Public) -> Reply<Document> {
    issuer(&cx)
}

/// Get the authorization server's metadata
///
/// The issuer's metadata by RFC 8414. The same document as the OpenID configuration.
#[endpoint(GET "/.well-known/oauth-authorization-server", id = "discovery.authorization_server.get")]
async fn get_authorization_server(cx: Public) -> Reply<Document> {
    issuer(&cx)
}

/// Get the protected resource's metadata
///
/// What this server's own API says of itself as a resource (RFC 9728): who gives tokens for it, and which scopes they may have.
#[endpoint(GET "/.well-known/oauth-protected-resource", id = "discovery.protected_resource.get")]
async fn get_protected_resource(cx: Public) -> Reply<Document> {
    let document = published(cx.tenant(), WellKnown::Resource, || {
        let (tenant, permissions) = (cx.tenant(), cx.part::<Permissions>());
        resource::document(&tenant.issuer, tenancy::name_of(tenant), permissions.names(), cx.sees_certificates())
    });
    send(&cx, document)
}

fn issuer(cx: &Public) -> Reply<Document> {
    let document = published(cx.tenant(), WellKnown::Issuer, || {
        let certificates = Certificates { are_seen: cx.sees_certificates(), origin: cx.mtls_origin() };
        metadata(&cx.tenant().issuer, settings_of(cx.tenant()), &certificates)
    });
    send(cx, document)
}
