//! What becomes of an authorization request, parameter by parameter.

use super::*;
use crate::names::{AuthMethod, ScopeMode};

const CHALLENGE: &str = "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
const GOOD: &str = "client_id=app&response_type=code&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid&state=s1";

fn client() -> ClientMetadata {
    ClientMetadata {
        redirect_uris: vec!["https://app.example/cb".into()],
        allowed_scopes: ["openid", "email", "offline_access", "reports:read"].map(str::to_owned).to_vec(),
        allowed_resources: vec!["https://api.example/".into()],
        authorization_details_types: vec!["payment".into()],
        ..ClientMetadata::default()
    }
}

fn parse_as(query: &str, client: &ClientMetadata, profile: Profile) -> Result<AuthorizationRequest, Refused> {
    let parameters = Parameters::parse(query.as_bytes()).unwrap();
    AuthorizationRequest::parse(&parameters, client, ClientType::Web, profile, false)
}

fn parse(query: &str) -> Result<AuthorizationRequest, Refused> {
    parse_as(query, &client(), Profile::Standard)
}

fn code_of(outcome: Result<AuthorizationRequest, Refused>) -> Option<OAuthCode> {
    outcome.err().map(|refused| refused.error.code)
}

#[test]
fn a_whole_request_is_read_and_kept() {
    let good = GOOD.replace("scope=openid", "scope=openid+email");
    let query = format!(
        "{good}&{CHALLENGE}&nonce=n&prompt=login+consent&max_age=60&acr_values=phr+urn:portcullis:aal:2&login_hint=ada&\
         id_token_hint=x.y.z&ui_locales=de+fr&display=popup&claims=%7B%22id_token%22%3A%7B%22email%22%3Anull%7D%7D&\
         resource=https%3A%2F%2Fapi.example%2F&authorization_details=%5B%7B%22type%22%3A%22payment%22%7D%5D&\
         dpop_jkt=0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I&response_mode=form_post.jwt&unknown=1"
    );
    let request = parse(&query).unwrap();
    assert_eq!(request.scopes.to_string(), "openid email");
    assert_eq!(
        request.return_address(),
        ReturnAddress {
            redirect_uri: "https://app.example/cb".into(),
            mode: ResponseMode::FormPostJwt,
            state: Some("s1".into()),
        }
    );
    assert_eq!(
        (request.max_age, request.display, request.is_redirect_uri_named),
        (Some(60), Some(Display::Popup), true)
    );
    assert_eq!(request.ui_locales, ["de", "fr"]);
    assert_eq!(request.wanted_acr(), (vec!["phr", "urn:portcullis:aal:2"], false));
    assert_eq!(request.resources, ["https://api.example/"]);
    assert!(
        request.code_challenge.is_some() && request.dpop_jkt.is_some() && !request.authorization_details.is_empty()
    );
    let stored = serde_json::to_string(&request).unwrap();
    assert_eq!(serde_json::from_str::<AuthorizationRequest>(&stored).unwrap(), request);
}

#[test]
fn until_client_and_address_are_known_the_refusal_stays_here() {
    for query in [
        "response_type=code&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid",
        "client_id=app&response_type=code&redirect_uri=https%3A%2F%2Fevil.example%2Fcb&scope=openid",
        "client_id=app&response_type=code&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%2F&scope=openid",
        "client_id=app&response_type=code&scope=openid",
    ] {
        let refused = parse(query).unwrap_err();
        assert_eq!((refused.error.code, refused.back), (OAuthCode::InvalidRequest, None), "{query}");
    }
}

#[test]
fn each_fault_has_its_code_and_goes_back_with_the_state() {
    use OAuthCode::{
        InvalidAuthorizationDetails, InvalidRequest, InvalidScope, InvalidTarget, RegistrationNotSupported,
        RequestNotSupported, RequestUriNotSupported, UnsupportedResponseType,
    };
    let many = format!("&acr_values={}", vec!["a"; 65].join("+"));
    for (added, code) in [
        ("", None),
        ("&request=x", Some(RequestNotSupported)),
        ("&request_uri=urn:x", Some(RequestUriNotSupported)),
        ("&registration=%7B%7D", Some(RegistrationNotSupported)),
        ("&response_mode=telepathy", Some(InvalidRequest)),
        ("&prompt=none+login", Some(InvalidRequest)),
        ("&prompt=magic", Some(InvalidRequest)),
        ("&max_age=-1", Some(InvalidRequest)),
        ("&max_age=%2B1", Some(InvalidRequest)),
        ("&max_age=1.5", Some(InvalidRequest)),
        ("&max_age=99999999999", Some(InvalidRequest)),
        ("&max_age=0", None),
        ("&display=hologram", None),
        ("&claims=x", Some(InvalidRequest)),
        ("&resource=https%3A%2F%2Fother.example%2F", Some(InvalidTarget)),
        ("&authorization_details=%5B%7B%22type%22%3A%22x%22%7D%5D", Some(InvalidAuthorizationDetails)),
        ("&dpop_jkt=short", Some(InvalidRequest)),
        (&many, Some(InvalidRequest)),
    ] {
        let outcome = parse(&format!("{GOOD}&{CHALLENGE}{added}"));
        let back = outcome.as_ref().err().map(|refused| refused.back.clone().unwrap().state);
        assert_eq!(code_of(outcome), code, "{added}");
        assert!(back.is_none_or(|state| state.as_deref() == Some("s1")), "{added}");
    }
    for (from, to, code) in [
        ("response_type=code", "x=y", InvalidRequest),
        ("response_type=code", "response_type=token", UnsupportedResponseType),
        ("response_type=code", "response_type=code+id_token", UnsupportedResponseType),
        ("response_type=code", "response_type=none", UnsupportedResponseType),
        ("scope=openid", "scope=openid+admin", InvalidScope),
        ("scope=openid", "scope=%22", InvalidScope),
        ("scope=openid", "scope=offline_access", InvalidScope),
        ("code_challenge_method=S256", "code_challenge_method=plain", InvalidRequest),
        ("&code_challenge_method=S256", "", InvalidRequest),
        (CHALLENGE, "x=y", InvalidRequest),
    ] {
        let query = format!("{GOOD}&{CHALLENGE}").replace(from, to);
        assert_eq!(code_of(parse(&query)), Some(code), "{to}");
    }
}

#[test]
fn the_registration_decides_what_may_be_left_out() {
    let plain = GOOD.replace("scope=openid", "scope=reports:read");
    let lax = ClientMetadata { require_pkce: false, ..client() };
    assert!(parse_as(GOOD, &lax, Profile::Standard).is_ok());
    assert!(parse_as(GOOD, &lax, Profile::Mcp).is_err());
    let public = ClientMetadata { token_endpoint_auth_method: AuthMethod::None, ..lax.clone() };
    assert!(parse_as(GOOD, &public, Profile::Standard).is_err());

    let unnamed = plain.replace("redirect_uri", "x");
    let request = parse_as(&unnamed, &lax, Profile::Standard).unwrap();
    assert_eq!((request.redirect_uri.as_str(), request.is_redirect_uri_named), ("https://app.example/cb", false));

    let unscoped = parse_as(&plain.replace("scope", "x"), &lax, Profile::Standard).unwrap();
    assert_eq!(unscoped.scopes.to_string(), "reports:read");
    let nothing = ClientMetadata { allowed_scopes: vec!["openid".into()], ..lax.clone() };
    assert_eq!(
        code_of(parse_as(&plain.replace("scope", "x"), &nothing, Profile::Standard)),
        Some(OAuthCode::InvalidScope)
    );
    let detailed =
        format!("{}&authorization_details=%5B%7B%22type%22%3A%22payment%22%7D%5D", plain.replace("scope", "x"));
    assert!(parse_as(&detailed, &nothing, Profile::Standard).unwrap().scopes.is_empty());

    let permissive = ClientMetadata { scope_mode: ScopeMode::Permissive, ..lax.clone() };
    let request =
        parse_as(&GOOD.replace("scope=openid", "scope=openid+admin"), &permissive, Profile::Standard).unwrap();
    assert_eq!(request.scopes.to_string(), "openid");

    let defaults = ClientMetadata { default_max_age: Some(9), default_acr_values: vec!["phr".into()], ..lax.clone() };
    let request = parse_as(GOOD, &defaults, Profile::Standard).unwrap();
    assert_eq!((request.max_age, request.acr_values), (Some(9), vec!["phr".to_owned()]));

    for unfit in [
        ClientMetadata { response_types: Vec::new(), ..lax.clone() },
        ClientMetadata { grant_types: vec![GrantType::ClientCredentials], ..lax },
    ] {
        assert_eq!(code_of(parse_as(GOOD, &unfit, Profile::Standard)), Some(OAuthCode::UnauthorizedClient));
    }
}

#[test]
fn fapi_2_is_pushed_confidential_and_named() {
    let parse = |query: &str, client: &ClientMetadata, is_pushed| {
        let parameters = Parameters::parse(query.as_bytes()).unwrap();
        AuthorizationRequest::parse(&parameters, client, ClientType::Web, Profile::Fapi2, is_pushed)
    };
    let query = format!("{GOOD}&{CHALLENGE}");
    let client = ClientMetadata { token_endpoint_auth_method: AuthMethod::PrivateKeyJwt, ..client() };
    assert!(parse(&query, &client, true).is_ok());
    assert!(parse(&query, &client, false).is_err());
    assert!(parse(GOOD, &ClientMetadata { require_pkce: false, ..client.clone() }, true).is_err());
    let unnamed = query.replace("scope=openid", "scope=reports:read").replace("redirect_uri", "x");
    assert_eq!(parse(&unnamed, &client, true).unwrap_err().back, None);
    let public = ClientMetadata { token_endpoint_auth_method: AuthMethod::None, ..client.clone() };
    assert_eq!(code_of(parse(&query, &public, true)), Some(OAuthCode::UnauthorizedClient));
    let http = ClientMetadata { redirect_uris: vec!["http://localhost/cb".into()], ..client };
    assert!(parse(&query.replace("https%3A%2F%2Fapp.example", "http%3A%2F%2Flocalhost"), &http, true).is_err());
}

#[test]
fn a_client_that_pushes_may_not_come_by_the_browser() {
    let client = ClientMetadata { require_pushed_authorization_requests: true, ..client() };
    let parameters = Parameters::parse(format!("{GOOD}&{CHALLENGE}").as_bytes()).unwrap();
    let parse =
        |is_pushed| AuthorizationRequest::parse(&parameters, &client, ClientType::Web, Profile::Standard, is_pushed);
    assert!(parse(true).is_ok());
    assert_eq!(code_of(parse(false)), Some(OAuthCode::InvalidRequest));
}

#[test]
fn consent_covers_what_single_claims_stand_for() {
    let claims = "claims=%7B%22userinfo%22%3A%7B%22email%22%3Anull%2C%22address%22%3Anull%7D%7D";
    let request = parse(&format!("{GOOD}&{CHALLENGE}&{claims}")).unwrap();
    assert_eq!(request.scopes.to_string(), "openid");
    assert_eq!(request.consent_scopes().to_string(), "openid email");
}

#[test]
fn an_essential_class_speaks_before_a_wish() {
    let query = format!("{GOOD}&{CHALLENGE}&acr_values=phr");
    let claims =
        "claims=%7B%22id_token%22%3A%7B%22acr%22%3A%7B%22essential%22%3Atrue%2C%22value%22%3A%22phrh%22%7D%7D%7D";
    assert_eq!(parse(&query).unwrap().wanted_acr(), (vec!["phr"], false));
    assert_eq!(parse(&format!("{query}&{claims}")).unwrap().wanted_acr(), (vec!["phrh"], true));
}

/// A plain request for the tests of other rules.
pub(crate) fn example() -> AuthorizationRequest {
    parse(&format!("{GOOD}&{CHALLENGE}")).unwrap()
}

#[test]
fn a_class_that_names_the_level_is_remembered_by_its_name() {
    let wish = |query: &str| parse(&format!("{GOOD}&{CHALLENGE}&{query}")).unwrap();
    let acr = |query: &str, level| {
        let claims = wish(query).claims_at(level);
        claims.acr().map(|(classes, is_essential)| (classes.concat(), is_essential))
    };
    assert_eq!(acr("acr_values=phr", 3), Some(("phr".into(), false)));
    assert_eq!(acr("acr_values=phr", 2), None);
    assert_eq!(acr("acr_values=urn:portcullis:aal:1", 2), None, "a level is not told to be lower than it is");
    assert_eq!(acr("acr_values=other+urn:portcullis:aal:2", 2), Some(("urn:portcullis:aal:2".into(), false)));
    assert_eq!(acr("", 2), None);
    // What the claim names goes before.
    let claims = r#"claims={"id_token":{"acr":{"essential":true,"value":"phrh"}}}"#.replace('"', "%22");
    assert_eq!(acr(&format!("{claims}&acr_values=phr"), 3), Some(("phrh".into(), true)));
    let bare = r#"claims={"id_token":{"acr":{"essential":true}}}"#.replace('"', "%22");
    assert_eq!(acr(&format!("{bare}&acr_values=phr"), 3), Some(("phr".into(), true)));
    assert_eq!(wish("acr_values=phr").claims_at(3).scopes(), Scopes::default());
}
