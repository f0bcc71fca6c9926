//! The document of a server with everything, and of one with little.

use super::*;

fn everything() -> ProviderFeatures {
    let at = |path: &str| format!("https://as.test/{path}");
    let endpoints = Endpoints {
        authorization: at("authorize"),
        token: at("token"),
        jwks: at("keys"),
        userinfo: Some(at("userinfo")),
        revocation: Some(at("revoke")),
        introspection: Some(at("introspect")),
        pushed_authorization_request: Some(at("par")),
        device_authorization: Some(at("device")),
        registration: Some(at("register")),
        end_session: Some(at("logout")),
        check_session_iframe: Some(at("session")),
    };
    ProviderFeatures {
        issuer: "https://as.test".into(),
        mtls_endpoints: Some(Endpoints {
            authorization: "https://mtls.as.test/authorize".into(),
            token: "https://mtls.as.test/token".into(),
            jwks: "https://mtls.as.test/keys".into(),
            end_session: Some("https://mtls.as.test/logout".into()),
            ..Endpoints::default()
        }),
        endpoints,
        profile: Profile::Standard,
        grant_types: GrantType::ALL.to_vec(),
        auth_methods: AuthMethod::ALL.to_vec(),
        subject_types: SubjectType::ALL.to_vec(),
        scopes: vec!["openid".into()],
        claims: vec!["sub".into()],
        acr_values: Vec::new(),
        ui_locales: vec!["en".into()],
        authorization_details_types: Vec::new(),
        is_par_required: false,
        is_signed_request_required: false,
        is_request_object_supported: true,
        is_request_uri_supported: true,
        is_unsigned_request_supported: true,
        is_mtls_supported: true,
        is_back_channel_logout_supported: true,
        is_front_channel_logout_supported: true,
        is_sign_up_supported: true,
        is_client_id_metadata_document_supported: true,
        service_documentation: None,
        policy_uri: None,
        tos_uri: None,
    }
}

#[test]
fn a_server_says_what_it_does() {
    let document = everything().to_json();
    for (name, value) in [
        ("issuer", json!("https://as.test")),
        ("response_types_supported", json!(["code"])),
        ("code_challenge_methods_supported", json!(["S256"])),
        ("id_token_signing_alg_values_supported", json!(["EdDSA", "ES256", "RS256", "PS256"])),
        ("dpop_signing_alg_values_supported", json!(["ES256", "EdDSA", "PS256"])),
        ("request_object_signing_alg_values_supported", json!(["PS256", "ES256", "EdDSA", "RS256", "none"])),
        ("prompt_values_supported", json!(["none", "login", "consent", "select_account", "create"])),
        ("mtls_endpoint_aliases", json!({ "token_endpoint": "https://mtls.as.test/token" })),
        ("authorization_response_iss_parameter_supported", json!(true)),
        ("pushed_authorization_request_endpoint", json!("https://as.test/par")),
    ] {
        assert_eq!(document.get(name), Some(&value), "{name}");
    }
    let asking = &document["introspection_endpoint_auth_methods_supported"];
    assert!(asking.as_array().unwrap().iter().all(|method| method != "none"));
    for empty in ["acr_values_supported", "authorization_details_types_supported", "op_policy_uri"] {
        assert!(!document.contains_key(empty), "{empty}");
    }
}

#[test]
fn what_is_not_offered_is_not_named() {
    let features = ProviderFeatures {
        endpoints: Endpoints { introspection: None, registration: None, ..everything().endpoints },
        mtls_endpoints: None,
        profile: Profile::Fapi2,
        auth_methods: vec![AuthMethod::TlsClientAuth],
        is_request_object_supported: false,
        is_request_uri_supported: false,
        is_sign_up_supported: false,
        ..everything()
    };
    let document = features.to_json();
    for absent in [
        "introspection_endpoint",
        "introspection_endpoint_auth_methods_supported",
        "introspection_signing_alg_values_supported",
        "registration_endpoint",
        "mtls_endpoint_aliases",
        "request_object_signing_alg_values_supported",
        "token_endpoint_auth_signing_alg_values_supported",
    ] {
        assert!(!document.contains_key(absent), "{absent}");
    }
    assert_eq!(document["request_uri_parameter_supported"], false);
    assert_eq!(document["id_token_signing_alg_values_supported"], json!(["EdDSA", "ES256", "PS256"]));
    assert!(!document["prompt_values_supported"].as_array().unwrap().contains(&json!("create")));
}
