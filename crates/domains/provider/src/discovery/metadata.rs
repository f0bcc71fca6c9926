//! What this server does for a tenant (RFC 8414; OpenID Connect Discovery 1.0).

use std::sync::LazyLock;

use oauth::{
    AuthMethod, Endpoints, GrantType, Profile, ProviderFeatures, SubjectType, acr_values_supported,
    person_claim_names, scope::OPENID_SCOPES,
};
use serde_json::Value;
use tenancy::settings::{RegistrationMode, Settings};

use crate::tokens::OWN_SCOPES;

/// The paths of this domain: an endpoint is named where it is mounted.
static SERVED: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| crate::endpoints().iter().map(|endpoint| endpoint.facts.path).collect());

/// Of an ID token itself, beside what it says of the person.
const CLAIMS: [&str; 9] = ["sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "amr", "sid"];

pub(super) fn metadata(issuer: &str, settings: &Settings) -> Value {
    Value::Object(features(issuer, settings).to_json())
}

fn features(issuer: &str, settings: &Settings) -> ProviderFeatures {
    let is_fapi = settings.oauth.profile == Profile::Fapi2;
    let own = settings.oauth.scopes.iter().map(|scope| scope.name.clone());
    let standard = OPENID_SCOPES.iter().chain(&OWN_SCOPES);
    ProviderFeatures {
        issuer: issuer.to_owned(),
        endpoints: endpoints(issuer, settings),
        mtls_endpoints: None,
        profile: settings.oauth.profile,
        grant_types: GrantType::ALL.to_vec(),
        auth_methods: AuthMethod::ALL.iter().copied().filter(|method| !is_fapi || is_for_fapi(*method)).collect(),
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
        is_mtls_supported: true,
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

fn is_served(path: &str) -> bool {
    SERVED.contains(&path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_that_is_named_is_served() {
        let document = metadata("https://acme.test", &Settings::default());
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
        let document = metadata("https://acme.test", &settings);
        let methods = &document["token_endpoint_auth_methods_supported"];
        assert_eq!(methods, &serde_json::json!(["private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth"]));
        assert_eq!(document["require_pushed_authorization_requests"], true);
    }
}
