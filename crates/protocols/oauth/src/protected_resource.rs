//! What a resource says of itself (RFC 9728).

use jose::Algorithm;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

/// The document of a resource (section 2). Members without a value are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ProtectedResource {
    /// The resource identifier, byte for byte what its address was formed from (section 3.3).
    pub resource: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authorization_servers: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes_supported: Vec<String>,
    /// `header`, and nothing that ends up in logs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bearer_methods_supported: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_documentation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_policy_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_tos_uri: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub tls_client_certificate_bound_access_tokens: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authorization_details_types_supported: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dpop_signing_alg_values_supported: Vec<Algorithm>,
    #[serde(skip_serializing_if = "is_false")]
    pub dpop_bound_access_tokens_required: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// Where the document of an identifier is: the suffix comes between host and path (RFC 9728, section 3.1; RFC 8414, section 3.1).
/// `None` for what is no address.
pub fn well_known_url(identifier: &str, suffix: &str) -> Option<String> {
    let mut url = Url::parse(identifier).ok().filter(|url| url.has_host() && url.fragment().is_none())?;
    let path = format!("/.well-known/{suffix}{}", url.path().strip_suffix('/').unwrap_or(url.path()));
    url.set_path(&path);
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suffix_comes_between_host_and_path() {
        let suffix = "oauth-protected-resource";
        for (identifier, expected) in [
            ("https://r.test", Some("https://r.test/.well-known/oauth-protected-resource")),
            ("https://r.test/", Some("https://r.test/.well-known/oauth-protected-resource")),
            ("https://r.test/a/b", Some("https://r.test/.well-known/oauth-protected-resource/a/b")),
            ("https://r.test/a?b=c", Some("https://r.test/.well-known/oauth-protected-resource/a?b=c")),
            ("urn:resource", None),
            ("https://r.test/#x", None),
        ] {
            assert_eq!(well_known_url(identifier, suffix).as_deref(), expected, "{identifier}");
        }
    }

    #[test]
    fn members_without_a_value_are_left_out() {
        let document = ProtectedResource { resource: "https://r.test".into(), ..ProtectedResource::default() };
        assert_eq!(serde_json::to_string(&document).unwrap(), r#"{"resource":"https://r.test"}"#);
    }
}
