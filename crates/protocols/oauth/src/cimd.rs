//! Clients whose id is the address of their own description (draft-ietf-oauth-client-id-metadata-document).

use jose::parse_strict;
use serde_json::Value;
use thiserror::Error;
use url::Url;

use crate::{
    error::{OAuthCode, OAuthError},
    names::{AuthMethod, Profile},
    registration::{Registration, RegistrationRequest},
};

/// The longest document that is read (section 6.6 of the draft).
pub const MAX_DOCUMENT_BYTES: usize = 5 * 1024;
const MAX_DEPTH: usize = 8;
const MAX_URL: usize = 2_048;

/// Why an address is no client id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ClientUrlFault {
    #[error("the client_id is not an https address as a parser of addresses writes it")]
    NotCanonical,
    #[error("the client_id has no path")]
    NoPath,
    #[error("the client_id has a fragment, a user name or a dot segment")]
    Forbidden,
}

/// Does this client id claim to be an address? Ids of our own do not.
pub fn is_client_url(client_id: &str) -> bool {
    client_id.starts_with("https://")
}

/// May this address be a client's id (section 3 of the draft)? Whether it may be fetched is for whoever fetches it.
pub fn check_client_url(client_id: &str) -> Result<(), ClientUrlFault> {
    let url = Url::parse(client_id).map_err(|_| ClientUrlFault::NotCanonical)?;
    let authority = client_id.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
    if authority.is_none_or(|authority| authority.contains('@')) || client_id.contains('#') {
        return Err(if authority.is_none() { ClientUrlFault::NotCanonical } else { ClientUrlFault::Forbidden });
    }
    let path = client_id.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
    let path = path.split('?').next().unwrap_or_default();
    if path.is_empty() {
        return Err(ClientUrlFault::NoPath);
    }
    if path.split('/').any(is_dot_segment) {
        return Err(ClientUrlFault::Forbidden);
    }
    if client_id.len() > MAX_URL || url.as_str() != client_id {
        return Err(ClientUrlFault::NotCanonical);
    }
    Ok(())
}

/// The client as the document at its address describes it. All refusals are `invalid_client`.
pub fn read_client_document(client_id: &str, document: &[u8], profile: Profile) -> Result<Registration, OAuthError> {
    let refused = |why: &str| OAuthError::invalid_client(format!("the client metadata document is refused: {why}"));
    if document.len() > MAX_DOCUMENT_BYTES {
        return Err(refused("it is too long"));
    }
    let Ok(Value::Object(mut members)) = parse_strict(document, MAX_DEPTH) else {
        return Err(refused("it is no JSON object that means one thing"));
    };
    if members.get("client_id").and_then(Value::as_str) != Some(client_id) {
        return Err(refused("its client_id is not its address"));
    }
    if ["client_secret", "client_secret_expires_at"].iter().any(|name| members.contains_key(*name)) {
        return Err(refused("it holds a secret, which everybody can read"));
    }
    // The default of RFC 7591 is a secret that such a client can not have.
    members.entry("token_endpoint_auth_method").or_insert_with(|| AuthMethod::None.as_str().into());
    let registration = RegistrationRequest(members).read(profile).map_err(|error| refused(&error.description))?;
    match registration.metadata.token_endpoint_auth_method {
        AuthMethod::None | AuthMethod::PrivateKeyJwt => Ok(registration),
        _ => Err(refused("its token_endpoint_auth_method is not none or private_key_jwt")),
    }
}

/// What a client that was read so needs to have: one address to answer to, whatever else [`crate::check_metadata`] finds.
pub fn check_has_redirects(registration: &Registration) -> Result<(), OAuthError> {
    if registration.metadata.redirect_uris.is_empty() {
        return Err(OAuthError::new(OAuthCode::InvalidClient, "the client metadata document has no redirect_uris"));
    }
    Ok(())
}

/// `.` and `..`, also where they hide behind percent signs.
fn is_dot_segment(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::names::ClientType;

    #[test]
    fn a_client_id_is_a_plain_https_address_with_a_path() {
        use ClientUrlFault::{Forbidden, NoPath, NotCanonical};
        for (url, expected) in [
            ("https://app.test/client.json", Ok(())),
            ("https://app.test:8443/a/b?c=d", Ok(())),
            ("https://app.test/a/", Ok(())),
            ("https://app.test", Err(NoPath)),
            ("https://app.test/", Err(NoPath)),
            ("https://app.test/?a=/b", Err(NoPath)),
            ("https://app.test/a#", Err(Forbidden)),
            ("https://app.test/a#b", Err(Forbidden)),
            ("https://u@app.test/a", Err(Forbidden)),
            ("https://@app.test/a", Err(Forbidden)),
            ("https://u:p@app.test/a", Err(Forbidden)),
            ("https://app.test/a/../b", Err(Forbidden)),
            ("https://app.test/./a", Err(Forbidden)),
            ("https://app.test/%2e%2E/a", Err(Forbidden)),
            ("http://app.test/a", Err(NotCanonical)),
            ("HTTPS://app.test/a", Err(NotCanonical)),
            ("https://APP.test/a", Err(NotCanonical)),
            ("https://app.test:443/a", Err(NotCanonical)),
            ("https://app.test\\a/b", Err(NotCanonical)),
            ("https://app.test/a b", Err(NotCanonical)),
            ("app_123", Err(NotCanonical)),
        ] {
            assert_eq!(check_client_url(url), expected, "{url}");
        }
        assert!(is_client_url("https://a.test/x") && !is_client_url("app_1"));
    }

    #[test]
    fn the_document_speaks_of_its_own_address_and_keeps_no_secret() {
        const URL: &str = "https://app.test/client.json";
        let read = |document: Value| read_client_document(URL, document.to_string().as_bytes(), Profile::Mcp);
        let client = read(json!({
            "client_id": URL, "client_name": "App", "redirect_uris": ["http://127.0.0.1/cb"], "skip_consent": true,
        }))
        .unwrap();
        assert_eq!(client.kind, ClientType::Native);
        assert!(client.metadata.is_public() && !client.metadata.skip_consent);
        assert!(check_has_redirects(&client).is_ok());
        assert!(check_has_redirects(&read(json!({ "client_id": URL })).unwrap()).is_err());
        assert!(read(json!({ "client_id": URL, "token_endpoint_auth_method": "private_key_jwt" })).is_ok());
        for document in [
            json!({}),
            json!([]),
            json!({ "client_id": "https://app.test/client.json/" }),
            json!({ "client_id": URL, "client_secret": "s" }),
            json!({ "client_id": URL, "client_secret_expires_at": 0 }),
            json!({ "client_id": URL, "token_endpoint_auth_method": "client_secret_basic" }),
            json!({ "client_id": URL, "token_endpoint_auth_method": "tls_client_auth" }),
            json!({ "client_id": URL, "grant_types": ["implicit"] }),
            json!({ "client_id": URL, "client_name": "x".repeat(6_000) }),
        ] {
            assert!(read(document.clone()).is_err(), "{document}");
        }
        let twice = format!(r#"{{"client_id":"{URL}","client_id":"{URL}"}}"#);
        assert!(read_client_document(URL, twice.as_bytes(), Profile::Mcp).is_err());
    }
}
