//! What this server's own API says of itself as a protected resource (RFC 9728).

use oauth::{DPOP_ALGORITHMS, ProtectedResource};
use serde_json::{Value, json};

use crate::tokens::OWN_SCOPES;

/// The resource is the issuer's origin: tokens that name no other resource are for it.
pub(super) fn document(issuer: &str, name: &str, permissions: &[&str], sees_certificates: bool) -> Value {
    json!(ProtectedResource {
        resource: issuer.to_owned(),
        authorization_servers: vec![issuer.to_owned()],
        jwks_uri: Some(format!("{issuer}/.well-known/jwks.json")),
        scopes_supported: OWN_SCOPES.iter().chain(permissions).map(|scope| (*scope).to_owned()).collect(),
        bearer_methods_supported: vec!["header".to_owned()],
        resource_name: Some(name.to_owned()).filter(|name| !name.is_empty()),
        tls_client_certificate_bound_access_tokens: sees_certificates,
        dpop_signing_alg_values_supported: DPOP_ALGORITHMS.to_vec(),
        ..ProtectedResource::default()
    })
}
