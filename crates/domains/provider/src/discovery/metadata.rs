//! What this server does for a tenant (RFC 8414; OpenID Connect Discovery 1.0).

use std::sync::LazyLock;

use oauth::{
    AuthMethod, Endpoints, GrantType, Profile, ProviderFeatures, SubjectType, acr_values_supported, person_claim_names,
    scope::OPENID_SCOPES,
};
use serde_json::Value;
use tenancy::settings::{RegistrationMode, Settings};

use crate::tokens::OWN_SCOPES;

/// The paths of this domain: an endpoint is named where it is mounted.
static SERVED: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| crate::endpoints().iter().map(|endpoint| endpoint.facts.path).collect());

/// Of an ID token itself, beside what it says of the person.
const CLAIMS: [&str; 9] = ["sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "amr", "sid"];

/// What the deployment knows of clients' certificates.
#[derive(Default)]
pub(super) struct Certificates {
    /// Some way leads them here: TLS of the server's own, or a trusted proxy's header.
    pub(super) are_seen: bool,
    /// Where they are shown, if not at the issuer (RFC 8705, section 5).
    pub(super) origin: Option<String>,
}

pub(super) fn metadata(issuer: &str, settings: &Settings, certificates: &Certificates) -> Value {
    Value::Object(features(issuer, settings, certificates).to_json())
}

fn features(issuer: &str, settings: &Settings, certificates: &Certificates) -> ProviderFeatures {
    let is_fapi = settings.oauth.profile == Profile::Fapi2;
    let own = settings.oauth.scopes.iter().map(|scope| scope.name.clone());
    let standard = OPENID_SCOPES.iter().chain(&OWN_SCOPES);
    ProviderFeatures {
        issuer: issuer.to_owned(),
        endpoints: endpoints(issuer, settings),
        mtls_endpoints: certificates.origin.as_ref().map(|origin| endpoints(origin, settings)),
        profile: settings.oauth.profile,
        grant_types: GrantType::ALL.to_vec(),
        auth_methods: AuthMethod::ALL
            .iter()
            .copied()
            .filter(|method| !is_fapi || is_for_fapi(*method))
            .filter(|method| can_prove(*method, settings, certificates))
            .collect(),
        subject_types: SubjectType::ALL.to_vec(),
        scopes: standard.map(|scope| (*scope).to_owned()).chain(own).collect(),
        claims: CLAIMS.into_iter().chain(person_claim_names()).map(str::to_owned).collect(),
        acr_values: acr_values_supported().map(str::to_owned).collect(),
        ui_locales: settings.branding.locales.clone(),
        authorization_details_types: Vec::new(),
        is_par_required: is_fapi,
        is_signed_request_required: false,
        is_request_object_supported: true,
        is_request_uri_supported: !is_fapi,
        is_unsigned_request_supported: !is_fapi,
        is_mtls_supported: certificates.are_seen,
        is_back_channel_logout_supported: is_served("/oauth2/logout"),
        is_front_channel_logout_supported: is_served("/oauth2/logout"),
        is_sign_up_supported: true,
        is_client_id_metadata_document_supported: settings.oauth.client_id_metadata_documents,
        service_documentation: None,
        policy_uri: settings.branding.texts.privacy_url.clone(),
        tos_uri: settings.branding.texts.terms_url.clone(),
    }
}

fn endpoints(issuer: &str, settings: &Settings) -> Endpoints {
    let at = |path: &str| format!("{issuer}{path}");
    let served = |path: &str| is_served(path).then(|| at(path));
    Endpoints {
        authorization: at("/oauth2/authorize"),
        token: at("/oauth2/token"),
        jwks: at("/.well-known/jwks.json"),
        userinfo: served("/oauth2/userinfo"),
        revocation: served("/oauth2/revoke"),
        introspection: served("/oauth2/introspect"),
        pushed_authorization_request: served("/oauth2/par"),
        device_authorization: served("/oauth2/device_authorization"),
        registration: served("/oauth2/register").filter(|_| settings.oauth.registration != RegistrationMode::Off),
        end_session: served("/oauth2/logout"),
        check_session_iframe: served("/oauth2/session"),
    }
}

/// FAPI 2.0 Security Profile, section 5.3.2.1: mTLS or a key of the client's own.
const fn is_for_fapi(method: AuthMethod) -> bool {
    matches!(method, AuthMethod::PrivateKeyJwt | AuthMethod::TlsClientAuth | AuthMethod::SelfSignedTlsClientAuth)
}

/// Could any client prove itself so here?
fn can_prove(method: AuthMethod, settings: &Settings, certificates: &Certificates) -> bool {
    match method {
        AuthMethod::TlsClientAuth => certificates.are_seen && !settings.oauth.client_certificate_authorities.is_empty(),
        AuthMethod::SelfSignedTlsClientAuth => certificates.are_seen,
        _ => true,
    }
}

fn is_served(path: &str) -> bool {
    SERVED.contains(&path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_that_is_named_is_served() {
        let document = metadata("https://acme.test", &Settings::default(), &Certificates::default());
        assert_eq!(document["issuer"], "https://acme.test");
        let elsewhere = ["/.well-known/jwks.json"];
        for (name, value) in document.as_object().unwrap() {
            let address = value.as_str().filter(|_| name.ends_with("_endpoint") || name.ends_with("_uri"));
            if let Some(path) = address.and_then(|address| address.strip_prefix("https://acme.test")) {
                assert!(is_served(path) || elsewhere.contains(&path), "{name}");
            }
        }
        for required in ["authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported"] {
            assert!(document.get(required).is_some(), "{required}");
        }
    }

    #[test]
    fn a_tenant_of_fapi_names_no_secrets() {
        let mut settings = Settings::default();
        settings.oauth.profile = Profile::Fapi2;
        let document = metadata("https://acme.test", &settings, &Certificates::default());
        let methods = &document["token_endpoint_auth_methods_supported"];
        assert_eq!(methods, &serde_json::json!(["private_key_jwt"]));
        assert_eq!(document["require_pushed_authorization_requests"], true);
    }

    #[test]
    fn certificates_are_named_where_they_are_seen() {
        let mut settings = Settings::default();
        settings.oauth.profile = Profile::Fapi2;
        let mut certificates = Certificates { are_seen: true, origin: Some("https://mtls.acme.test".to_owned()) };
        let document = metadata("https://acme.test", &settings, &certificates);
        let methods = |document: &Value| document["token_endpoint_auth_methods_supported"].clone();
        assert_eq!(methods(&document), serde_json::json!(["private_key_jwt", "self_signed_tls_client_auth"]));
        assert_eq!(document["tls_client_certificate_bound_access_tokens"], true);
        let aliases = document["mtls_endpoint_aliases"].as_object().unwrap();
        assert_eq!(aliases["token_endpoint"], "https://mtls.acme.test/oauth2/token");
        assert!(aliases.contains_key("userinfo_endpoint") && !aliases.contains_key("authorization_endpoint"));
        for (name, address) in aliases {
            let path = address.as_str().unwrap().strip_prefix("https://mtls.acme.test").unwrap();
            assert_eq!(document[name], format!("https://acme.test{path}"), "{name}");
        }
        certificates.origin = None;
        settings.oauth.client_certificate_authorities.push("one".to_owned());
        let document = metadata("https://acme.test", &settings, &certificates);
        assert_eq!(
            methods(&document),
            serde_json::json!(["private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth"])
        );
        assert!(document.get("mtls_endpoint_aliases").is_none());
        let document = metadata("https://acme.test", &settings, &Certificates::default());
        assert_eq!(methods(&document), serde_json::json!(["private_key_jwt"]));
        assert_eq!(document["tls_client_certificate_bound_access_tokens"], false);
    }
}
