//! The provider, by the crate `openidconnect`: discovery, code with PKCE, ID token, userinfo, refresh, machines, introspection.

use std::{env, process::Command};

use openidconnect::{
    AccessToken, AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IntrospectionUrl, IssuerUrl,
    Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError,
    Scope, TokenIntrospectionResponse, TokenResponse,
    core::{
        CoreAuthenticationFlow, CoreClient, CoreErrorResponseType, CoreProviderMetadata, CoreTokenResponse,
        CoreUserInfoClaims,
    },
    reqwest::{self, blocking::Client},
    url::Url,
};
use serde_json::{Value, json};

const REDIRECT: &str = "http://localhost:4321/callback";

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set: start these tests with tests/clients/run"))
}

fn http() -> Client {
    Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

fn metadata(http: &Client) -> CoreProviderMetadata {
    CoreProviderMetadata::discover(&IssuerUrl::new(variable("BASE_URL")).unwrap(), http).unwrap()
}

/// A new client of the type: its id, and its secret where it has one.
fn register(http: &Client, mut body: Value) -> (ClientId, Option<ClientSecret>) {
    body["name"] = json!("openidconnect");
    let call = http.post(format!("{}/api/v1/applications", variable("BASE_URL"))).bearer_auth(variable("API_KEY"));
    let reply = call.header("content-type", "application/json").body(body.to_string()).send().unwrap();
    assert_eq!(reply.status(), 201);
    let reply: Value = serde_json::from_str(&reply.text().unwrap()).unwrap();
    let member = |name: &str| reply["data"][name].as_str().map(str::to_owned);
    (ClientId::new(member("client_id").unwrap()), member("client_secret").map(ClientSecret::new))
}

/// Somebody signs in at the pages and allows what is asked: who they are, and where they were sent.
fn visit(address: &Url) -> (String, Url) {
    let out = Command::new("node")
        .args([concat!(env!("CARGO_MANIFEST_DIR"), "/../js/visit.js"), address.as_str()])
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let said: Value = serde_json::from_slice(&out.stdout).unwrap();
    (said["email"].as_str().unwrap().to_owned(), said["address"].as_str().unwrap().parse().unwrap())
}

fn parameter(address: &Url, name: &str) -> String {
    address
        .query_pairs()
        .find(|(key, _)| key == name)
        .unwrap_or_else(|| panic!("no {name} in {address}"))
        .1
        .into_owned()
}

/// Where the person came back to, and what the client kept meanwhile.
struct Visit {
    email: String,
    code: AuthorizationCode,
    verifier: PkceCodeVerifier,
    nonce: Nonce,
}

macro_rules! client {
    ($metadata:expr, $id:expr, $secret:expr) => {
        CoreClient::from_provider_metadata($metadata, $id, $secret)
            .set_redirect_uri(RedirectUrl::new(REDIRECT.into()).unwrap())
    };
}

macro_rules! sign_in {
    ($client:expr, $($scope:literal),+) => {{
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = $client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            $(.add_scope(Scope::new($scope.into())))+
            .set_pkce_challenge(challenge)
            .url();
        let (email, back) = visit(&url);
        assert_eq!(&parameter(&back, "state"), state.secret());
        assert_eq!(parameter(&back, "iss"), variable("BASE_URL"));
        Visit { email, code: AuthorizationCode::new(parameter(&back, "code")), verifier, nonce }
    }};
}

fn is_invalid_grant<E: std::error::Error>(
    refused: RequestTokenError<E, openidconnect::StandardErrorResponse<CoreErrorResponseType>>,
) -> bool {
    matches!(refused, RequestTokenError::ServerResponse(said) if *said.error() == CoreErrorResponseType::InvalidGrant)
}

#[test]
fn a_person_signs_in_and_the_id_token_holds() {
    let http = http();
    let (id, secret) = register(&http, json!({ "type": "web", "redirect_uris": [REDIRECT] }));
    let client = client!(metadata(&http), id, secret);
    let visit = sign_in!(client, "email", "profile", "offline_access");
    let tokens = client.exchange_code(visit.code).unwrap().set_pkce_verifier(visit.verifier).request(&http).unwrap();

    let id_token = tokens.id_token().unwrap();
    let verifier = client.id_token_verifier();
    let claims = id_token.claims(&verifier, &visit.nonce).unwrap();
    assert!(id_token.claims(&verifier, &Nonce::new("another".into())).is_err());
    assert_eq!(claims.auth_context_ref().map(|acr| acr.as_str()), Some("urn:portcullis:aal:1"));
    let algorithm = id_token.signing_alg().unwrap();
    let hash = AccessTokenHash::from_token(tokens.access_token(), algorithm, id_token.signing_key(&verifier).unwrap())
        .unwrap();
    assert_eq!(claims.access_token_hash(), Some(&hash));

    let subject = Some(claims.subject().clone());
    let info: CoreUserInfoClaims =
        client.user_info(tokens.access_token().clone(), subject).unwrap().request(&http).unwrap();
    assert_eq!(info.email().map(|email| email.as_str()), Some(visit.email.as_str()));
    assert_eq!(info.email_verified(), Some(true));
}

#[test]
fn a_refresh_token_rotates_and_one_from_before_ends_the_line() {
    let http = http();
    let (id, _) = register(&http, json!({ "type": "spa", "redirect_uris": [REDIRECT] }));
    let client = client!(metadata(&http), id, None);
    let visit = sign_in!(client, "offline_access");
    let first = client.exchange_code(visit.code).unwrap().set_pkce_verifier(visit.verifier).request(&http).unwrap();
    let refresh = |token: &RefreshToken| client.exchange_refresh_token(token).unwrap().request(&http);
    let token = |tokens: &CoreTokenResponse| tokens.refresh_token().unwrap().clone();
    let second = refresh(&token(&first)).unwrap();
    let third = refresh(&token(&second)).unwrap();
    assert_ne!(token(&first).secret(), token(&second).secret());
    assert!(is_invalid_grant(refresh(&token(&first)).unwrap_err()));
    assert!(is_invalid_grant(refresh(&token(&third)).unwrap_err()));
}

#[test]
fn a_code_needs_its_verifier() {
    let http = http();
    let (id, _) = register(&http, json!({ "type": "spa", "redirect_uris": [REDIRECT] }));
    let client = client!(metadata(&http), id, None);
    let visit = sign_in!(client, "email");
    let (_, other) = PkceCodeChallenge::new_random_sha256();
    assert!(is_invalid_grant(
        client.exchange_code(visit.code).unwrap().set_pkce_verifier(other).request(&http).unwrap_err()
    ));
}

#[test]
fn a_machine_gets_a_token_and_hears_when_it_is_over() {
    let http = http();
    let (id, secret) = register(&http, json!({ "type": "m2m", "allowed_scopes": ["users:read"] }));
    let at = |name: &str| format!("{}/oauth2/{name}", variable("BASE_URL"));
    let client = client!(metadata(&http), id.clone(), secret.clone())
        .set_introspection_url(IntrospectionUrl::new(at("introspect")).unwrap());
    let request = client.exchange_client_credentials().unwrap().add_scope(Scope::new("users:read".into()));
    let token: AccessToken = request.request(&http).unwrap().access_token().clone();
    let said = client.introspect(&token).request(&http).unwrap();
    assert!(said.active());
    assert_eq!(said.scopes().map(|scopes| scopes.len()), Some(1));
    // The crate revokes over HTTPS alone.
    let form = format!("token={}", token.secret());
    let call = http.post(at("revoke")).basic_auth(id.as_str(), secret.as_ref().map(|secret| secret.secret()));
    assert_eq!(
        call.header("content-type", "application/x-www-form-urlencoded").body(form).send().unwrap().status(),
        200
    );
    assert!(!client.introspect(&token).request(&http).unwrap().active());
}
