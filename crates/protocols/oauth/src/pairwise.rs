//! Pairwise subjects (OpenID Connect Core 1.0, section 8.1): two clients can't find out that they know the same person.

use aws_lc_rs::digest::{Context, SHA256};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use thiserror::Error;
use url::Url;

use crate::{
    error::{OAuthCode, OAuthError},
    metadata::ClientMetadata,
    names::SubjectType,
};

/// The clients of which sector share a subject, can't be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("pairwise subjects need a sector_identifier_uri where the redirect URIs have no host, or more than one")]
pub struct UnknownSector;

impl From<UnknownSector> for OAuthError {
    fn from(fault: UnknownSector) -> Self {
        Self::new(OAuthCode::InvalidClientMetadata, fault.to_string())
    }
}

/// The host that stands for all clients of one party: that of `sector_identifier_uri`, else the only one among the redirect URIs.
pub fn sector_identifier(client: &ClientMetadata) -> Result<String, UnknownSector> {
    if let Some(uri) = &client.sector_identifier_uri {
        return host(uri).ok_or(UnknownSector);
    }
    let mut hosts = client.redirect_uris.iter().map(|uri| host(uri));
    let first = hosts.next().flatten().ok_or(UnknownSector)?;
    if hosts.all(|host| host.as_deref() == Some(&first)) { Ok(first) } else { Err(UnknownSector) }
}

fn host(uri: &str) -> Option<String> {
    // The host of a private-use scheme is whatever the app calls it, and stands for no party.
    let url = Url::parse(uri).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
    url.host_str().map(str::to_owned)
}

/// The name of this person for the clients of a sector. `salt` is the tenant's secret: with it lost, every such name changes.
pub fn pairwise_subject(sector: &str, person: &str, salt: &[u8]) -> String {
    let mut digest = Context::new(&SHA256);
    // Neither a host nor an id holds a zero byte, so no two pairs make one text.
    for part in [sector.as_bytes(), &[0], person.as_bytes(), &[0], salt] {
        digest.update(part);
    }
    URL_SAFE_NO_PAD.encode(digest.finish())
}

/// `sub` for this client.
pub fn subject_for(client: &ClientMetadata, person: &str, salt: &[u8]) -> Result<String, UnknownSector> {
    match client.subject_type {
        SubjectType::Public => Ok(person.to_owned()),
        SubjectType::Pairwise => Ok(pairwise_subject(&sector_identifier(client)?, person, salt)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(uris: &[&str], sector: Option<&str>) -> ClientMetadata {
        ClientMetadata {
            redirect_uris: uris.iter().map(|uri| (*uri).to_owned()).collect(),
            sector_identifier_uri: sector.map(str::to_owned),
            subject_type: SubjectType::Pairwise,
            ..ClientMetadata::default()
        }
    }

    #[test]
    fn the_sector_is_the_one_host() {
        for (uris, sector, expected) in [
            (&["https://a.example/1", "https://a.example:8443/2"][..], None, Some("a.example")),
            (&["https://a.example/1", "https://b.example/2"], None, None),
            (&["https://a.example/1", "https://b.example/2"], Some("https://c.example/uris.json"), Some("c.example")),
            (&["com.example.app:/cb"], None, None),
            (&["https://a.example/1", "com.example.app://a.example/cb"], None, None),
            (&[], None, None),
            (&["https://a.example/"], Some("nonsense"), None),
        ] {
            assert_eq!(sector_identifier(&client(uris, sector)).ok().as_deref(), expected, "{uris:?}");
        }
    }

    #[test]
    fn a_person_has_one_name_a_sector() {
        let [a, b] = ["https://a.example/", "https://b.example/"].map(|uri| client(&[uri], None));
        let name = |client: &ClientMetadata, person, salt: &str| subject_for(client, person, salt.as_bytes()).unwrap();
        assert_eq!(name(&a, "ada", "salt"), name(&a, "ada", "salt"));
        assert_eq!(name(&a, "ada", "salt").len(), 43);
        assert_ne!(name(&a, "ada", "salt"), name(&b, "ada", "salt"));
        assert_ne!(name(&a, "ada", "salt"), name(&a, "eve", "salt"));
        assert_ne!(name(&a, "ada", "salt"), name(&a, "ada", "pepper"));
        assert_ne!(pairwise_subject("a", "bc", b"d"), pairwise_subject("ab", "c", b"d"));
        let public = ClientMetadata { subject_type: SubjectType::Public, ..ClientMetadata::default() };
        assert_eq!(name(&public, "ada", "salt"), "ada");
    }
}
