//! The metadata of one issuer. Pure.

use jose::Algorithm;
use serde_json::{Value, json};

/// The document of OpenID Connect Discovery 1.0, section 3, and of RFC 8414, section 2: one text serves both.
pub(crate) fn metadata(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        // Required, and empty is the truth: absent grant types would mean the authorization code flow.
        "response_types_supported": [],
        "grant_types_supported": [],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": Algorithm::ALL.map(Algorithm::as_str),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_served_is_named() {
        let document = metadata("https://acme.auth.example.com");
        assert_eq!(document["issuer"], "https://acme.auth.example.com");
        assert_eq!(document["jwks_uri"], "https://acme.auth.example.com/.well-known/jwks.json");
        assert_eq!(document["id_token_signing_alg_values_supported"], json!(["EdDSA", "ES256", "RS256"]));
        let fields = document.as_object().unwrap();
        let urls: Vec<&String> =
            fields.keys().filter(|name| name.ends_with("_endpoint") || name.ends_with("_uri")).collect();
        assert_eq!(urls, ["jwks_uri"]);
    }
}
