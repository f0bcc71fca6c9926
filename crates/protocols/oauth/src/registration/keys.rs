//! Keys, algorithms and ways to authenticate in a client's metadata.

use jose::{JwkSet, VerifyingKey};

use super::check::{Flaw, Flaws};
use crate::{
    algorithms::{client_algorithms, server_algorithms},
    distinguished_name::is_distinguished_name,
    metadata::ClientMetadata,
    names::{AuthMethod, Profile},
};

const MAX_KEYS: usize = 20;

pub(super) fn check(client: &ClientMetadata, profile: Profile, flaws: &mut Flaws) {
    key_set(client, profile, flaws);
    certificate(client, flaws);
    algorithms(client, profile, flaws);
}

fn key_set(client: &ClientMetadata, profile: Profile, flaws: &mut Flaws) {
    if client.jwks.is_some() && client.jwks_uri.is_some() {
        flaws.push(Flaw::conflict("jwks_uri", "jwks and jwks_uri exclude each other"));
    }
    let method = client.token_endpoint_auth_method;
    let needs_keys = matches!(method, AuthMethod::PrivateKeyJwt | AuthMethod::SelfSignedTlsClientAuth)
        || client.require_signed_request_object;
    match &client.jwks {
        None if needs_keys && client.jwks_uri.is_none() => {
            flaws.push(Flaw::missing("jwks", "the client signs with a key of its own: jwks or jwks_uri is needed"));
        }
        None => {}
        Some(JwkSet { keys }) => {
            flaws.count("jwks.keys", keys.len(), MAX_KEYS);
            let fits = |key| client_algorithms(profile).iter().any(|one| VerifyingKey::from_jwk_as(key, *one).is_ok());
            // Keys of kinds that are not spoken here may stand beside (RFC 7517, section 5). That of a certificate may be of any kind.
            if method != AuthMethod::SelfSignedTlsClientAuth && !keys.iter().any(fits) {
                flaws.push(Flaw::invalid("jwks", "no key of the set fits an algorithm that is supported"));
            }
        }
    }
}

/// RFC 8705, section 2.1.2: exactly one expectation of the certificate.
fn certificate(client: &ClientMetadata, flaws: &mut Flaws) {
    let expectations = [
        &client.tls_client_auth_subject_dn,
        &client.tls_client_auth_san_dns,
        &client.tls_client_auth_san_uri,
        &client.tls_client_auth_san_ip,
        &client.tls_client_auth_san_email,
    ];
    let given = expectations.iter().filter(|expectation| expectation.is_some()).count();
    let wanted = usize::from(client.token_endpoint_auth_method == AuthMethod::TlsClientAuth);
    if given < wanted {
        flaws.push(Flaw::missing("tls_client_auth_subject_dn", "tls_client_auth needs the name in the certificate"));
    } else if given > wanted.max(1) {
        flaws.push(Flaw::conflict("tls_client_auth_subject_dn", "only one name of the certificate is compared"));
    }
    let is_name = client.tls_client_auth_subject_dn.as_deref().is_none_or(is_distinguished_name);
    if !is_name || expectations.into_iter().flatten().any(|name| name.is_empty() || name.len() > 1_024) {
        flaws.push(Flaw::invalid(
            "tls_client_auth_subject_dn",
            "the name is empty, too long or, as a subject, not as RFC 4514 writes it",
        ));
    }
}

fn algorithms(client: &ClientMetadata, profile: Profile, flaws: &mut Flaws) {
    for (field, algorithm) in [
        ("id_token_signed_response_alg", Some(client.id_token_signed_response_alg)),
        ("access_token_signed_response_alg", Some(client.access_token_signed_response_alg)),
        ("userinfo_signed_response_alg", client.userinfo_signed_response_alg),
        ("introspection_signed_response_alg", client.introspection_signed_response_alg),
        ("authorization_signed_response_alg", Some(client.authorization_signed_response_alg)),
    ] {
        if algorithm.is_some_and(|algorithm| !server_algorithms(profile).contains(&algorithm)) {
            flaws.push(Flaw::not_allowed(field, "the server does not sign with this algorithm for such a client"));
        }
    }
    for (field, algorithm) in [
        ("token_endpoint_auth_signing_alg", client.token_endpoint_auth_signing_alg),
        ("request_object_signing_alg", client.request_object_signing_alg),
    ] {
        if algorithm.is_some_and(|algorithm| !client_algorithms(profile).contains(&algorithm)) {
            flaws.push(Flaw::not_allowed(field, "such a client may not sign with this algorithm"));
        }
    }
}
