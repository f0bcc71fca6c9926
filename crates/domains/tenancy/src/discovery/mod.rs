//! Where standard libraries look first: the key set and the issuer's metadata.
//!
//! Owns the three documents under `/.well-known` and says in them what is served today and nothing else. The authorization and token
//! endpoints are not, so they are not named: RFC 8414, section 2, allows that where no grant type needs them, and
//! `grant_types_supported` is empty to say so. The price: OpenID Connect Discovery 1.0, section 3, requires both, so a strict OpenID
//! client refuses the document until the provider is there. What verifies tokens by issuer and keys alone (every JWT library, API
//! gateways) works; a made-up URL would instead let clients start a sign-in that ends in a 404.

mod metadata;
mod well_known;

use edge::Endpoint;

pub(crate) use metadata::metadata;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    well_known::endpoints().into()
}
