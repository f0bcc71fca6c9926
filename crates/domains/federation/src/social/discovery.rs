//! An issuer's own metadata (OpenID Connect Discovery 1.0, section 3; RFC 8414, section 2), read and judged. Pure.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{
    catalogue::ClientAuthentication,
    issuer::{self, IssuerRule},
};

/// Where an issuer's endpoints are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub(crate) authorization: String,
    pub(crate) token: String,
    pub(crate) keys: String,
    pub(crate) user_info: Option<String>,
    /// Does every authorization response carry `iss` (RFC 9207, section 3)?
    pub(crate) promises_iss: bool,
    pub(crate) client: Option<ClientAuthentication>,
}

/// Why the metadata is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MetadataFlaw {
    #[error("it is not the metadata of an OpenID provider")]
    Malformed,
    #[error("it names another issuer")]
    Issuer,
    #[error("`{0}` is not a URL of the issuer's kind")]
    Endpoint(&'static str),
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// Where an issuer publishes its metadata.
pub(crate) fn address_of(issuer: &str) -> String {
    format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
}

/// The metadata, if it is that of the issuer that was configured: the document may not name another one (section 4.3).
pub(crate) fn read(document: Value, configured: &str, rule: &IssuerRule) -> Result<Metadata, MetadataFlaw> {
    let document: Document = serde_json::from_value(document).map_err(|_| MetadataFlaw::Malformed)?;
    let is_own = match rule {
        IssuerRule::OneOf(known) => known.contains(&document.issuer),
        // The template of many directories, or the one directory that was asked.
        IssuerRule::Microsoft { directory } => {
            let claims = serde_json::json!({ "iss": document.issuer, "tid": issuer::directory_of(&document.issuer) });
            document.issuer == issuer::microsoft_issuer("{tenantid}") && !issuer::is_guid(directory)
                || rule.admits(&claims)
        }
    };
    if !is_own {
        return Err(MetadataFlaw::Issuer);
    }
    let is_http = configured.starts_with("http://");
    let endpoint = |name: &'static str, text: String| {
        let url = Url::parse(&text).map_err(|_| MetadataFlaw::Endpoint(name))?;
        // An issuer on this machine, as in development, may name endpoints on this machine.
        let is_fit = (url.scheme() == "https" || is_http && url.scheme() == "http")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.fragment().is_none();
        if is_fit { Ok(text) } else { Err(MetadataFlaw::Endpoint(name)) }
    };
    let methods = document.token_endpoint_auth_methods_supported;
    Ok(Metadata {
        authorization: endpoint("authorization_endpoint", document.authorization_endpoint)?,
        token: endpoint("token_endpoint", document.token_endpoint)?,
        keys: endpoint("jwks_uri", document.jwks_uri)?,
        user_info: document.userinfo_endpoint.map(|text| endpoint("userinfo_endpoint", text)).transpose()?,
        promises_iss: document.authorization_response_iss_parameter_supported,
        client: methods.as_deref().and_then(client_authentication),
    })
}

/// The form is what everybody takes; Basic only where the issuer takes nothing else that we speak.
fn client_authentication(methods: &[String]) -> Option<ClientAuthentication> {
    let takes = |name: &str| methods.iter().any(|method| method == name);
    if takes("client_secret_post") {
        Some(ClientAuthentication::Post)
    } else if takes("client_secret_basic") {
        Some(ClientAuthentication::Basic)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ISSUER: &str = "https://id.example.com";

    fn document() -> Value {
        json!({
            "issuer": ISSUER, "authorization_endpoint": "https://id.example.com/authorize",
            "token_endpoint": "https://id.example.com/token", "jwks_uri": "https://keys.example.net/jwks",
            "authorization_response_iss_parameter_supported": true,
            "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic"],
        })
    }

    fn judged(document: Value) -> Result<Metadata, MetadataFlaw> {
        read(document, ISSUER, &IssuerRule::OneOf(vec![ISSUER.to_owned()]))
    }

    #[test]
    fn metadata_of_the_issuer_itself_is_taken() {
        let metadata = judged(document()).unwrap();
        assert!(metadata.promises_iss && metadata.client == Some(ClientAuthentication::Basic));
        assert_eq!(
            address_of("https://id.example.com/realms/a/"),
            "https://id.example.com/realms/a/.well-known/openid-configuration"
        );
    }

    #[test]
    fn microsofts_metadata_names_a_template_or_the_directory_that_was_asked() {
        const ACME: &str = "0a1b2c3d-0000-4000-8000-00000000000a";
        const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
        let read_as = |directory: &str, named: &str| {
            let mut document = document();
            document["issuer"] = json!(issuer::microsoft_issuer(named));
            let rule = IssuerRule::Microsoft { directory: directory.to_owned() };
            read(document, &issuer::microsoft_issuer(directory), &rule).is_ok()
        };
        for (directory, named) in
            [("common", "{tenantid}"), ("organizations", "{tenantid}"), ("consumers", CONSUMERS), (ACME, ACME)]
        {
            assert!(read_as(directory, named), "{directory} {named}");
        }
        for (directory, named) in [(ACME, "{tenantid}"), (ACME, CONSUMERS), ("consumers", ACME), ("common", "x")] {
            assert!(!read_as(directory, named), "{directory} {named}");
        }
    }

    #[test]
    fn what_names_another_issuer_or_a_scheme_that_runs_is_refused() {
        let with = |name: &str, value: Value| {
            let mut document = document();
            document[name] = value;
            judged(document)
        };
        assert_eq!(with("issuer", json!("https://evil.example")), Err(MetadataFlaw::Issuer));
        assert_eq!(with("issuer", json!(5)), Err(MetadataFlaw::Malformed));
        for (name, text) in [
            ("authorization_endpoint", "javascript:alert(1)"),
            ("authorization_endpoint", "http://id.example.com/authorize"),
            ("token_endpoint", "file:///etc/passwd"),
            ("jwks_uri", "https://user:pass@id.example.com/jwks"),
            ("userinfo_endpoint", "nothing"),
        ] {
            assert_eq!(with(name, json!(text)), Err(MetadataFlaw::Endpoint(name)), "{text}");
        }
    }
}
