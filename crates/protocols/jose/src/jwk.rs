//! Public keys as JSON (RFC 7517).

use aws_lc_rs::digest::{SHA256, digest};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::{algorithm::Algorithm, base64url};

/// The public members of a JSON Web Key. Private members of a key that somebody else sent are dropped unread.
///
/// Every member is text as it came: a foreign set may hold kinds of key that are not spoken here (RFC 7517, section
/// 5), and [`crate::VerifyingKey::from_jwk`] is the one place that decides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Jwk {
    /// Key type: `OKP`, `EC` or `RSA`.
    pub kty: String,
    /// What the key is for: `sig`.
    #[serde(rename = "use", default, skip_serializing_if = "Option::is_none")]
    pub use_: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_ops: Option<Vec<String>>,
    /// The one algorithm that the key may be used with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// The key's name in token headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// Curve: `Ed25519` or `P-256`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// RSA modulus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// RSA public exponent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
}

impl Jwk {
    pub(crate) fn ed25519(x: &[u8]) -> Self {
        Self { crv: Some("Ed25519".into()), x: Some(base64url::encode(x)), ..Self::signing("OKP", Algorithm::EdDsa) }
    }

    pub(crate) fn p256(x: &[u8], y: &[u8]) -> Self {
        Self {
            crv: Some("P-256".into()),
            x: Some(base64url::encode(x)),
            y: Some(base64url::encode(y)),
            ..Self::signing("EC", Algorithm::Es256)
        }
    }

    pub(crate) fn rsa(algorithm: Algorithm, n: &[u8], e: &[u8]) -> Self {
        Self { n: Some(base64url::encode(n)), e: Some(base64url::encode(e)), ..Self::signing("RSA", algorithm) }
    }

    fn signing(kty: &str, algorithm: Algorithm) -> Self {
        Self { kty: kty.into(), use_: Some("sig".into()), alg: Some(algorithm.as_str().into()), ..Self::default() }
    }

    /// The SHA-256 thumbprint in base64url (RFC 7638, section 3; RFC 8037, section 2). `None` where a required member
    /// is missing or the type is none of ours.
    pub fn thumbprint(&self) -> Option<String> {
        // The members of section 3.2 alone, in lexicographic order and without white space.
        let canonical = match self.kty.as_str() {
            "OKP" => serde_json::json!({ "crv": self.crv.as_ref()?, "kty": "OKP", "x": self.x.as_ref()? }),
            "EC" => serde_json::json!({
                "crv": self.crv.as_ref()?, "kty": "EC", "x": self.x.as_ref()?, "y": self.y.as_ref()?
            }),
            "RSA" => serde_json::json!({ "e": self.e.as_ref()?, "kty": "RSA", "n": self.n.as_ref()? }),
            _ => return None,
        };
        Some(base64url::encode(digest(&SHA256, canonical.to_string().as_bytes()).as_ref()))
    }
}

/// A JWK Set (RFC 7517, section 5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JwkSet {
    #[serde(deserialize_with = "readable")]
    pub keys: Vec<Jwk>,
}

impl JwkSet {
    /// The key of this name. Names are compared byte for byte; the first wins where a foreign set repeats one.
    pub fn find(&self, kid: &str) -> Option<&Jwk> {
        self.keys.iter().find(|key| key.kid.as_deref() == Some(kid))
    }
}

/// Skips members that are no key we can read, as RFC 7517, section 5, asks: one odd key must not hide the others.
fn readable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Jwk>, D::Error> {
    let keys = Vec::<Value>::deserialize(deserializer)?;
    Ok(keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_is_that_of_rfc_7638() {
        let key: Jwk = serde_json::from_str(include_str!("../testdata/rfc7638_key.json")).unwrap();
        assert_eq!(key.thumbprint().as_deref(), Some("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"));
    }

    #[test]
    fn the_thumbprint_needs_its_members() {
        let key: Jwk = serde_json::from_str(r#"{"kty":"EC","crv":"P-256","x":"AA"}"#).unwrap();
        assert_eq!(key.thumbprint(), None);
        let key: Jwk = serde_json::from_str(r#"{"kty":"oct"}"#).unwrap();
        assert_eq!(key.thumbprint(), None);
    }

    #[test]
    fn a_foreign_set_may_hold_keys_we_cannot_read() {
        let set: JwkSet = serde_json::from_str(
            r#"{"keys":[{"kid":"no type"},{"kty":5},"text",{"kty":"oct","k":"AA","kid":"a"},
                {"kty":"OKP","crv":"Ed25519","x":"AA","kid":"b","d":"private"}],"more":1}"#,
        )
        .unwrap();
        assert_eq!(set.keys.len(), 2);
        assert!(set.find("b").is_some() && set.find("c").is_none());
        assert!(!serde_json::to_string(&set).unwrap().contains("private"));
    }
}
