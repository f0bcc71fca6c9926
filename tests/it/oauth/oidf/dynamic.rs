//! Plans `oidc-dynamic-op` and `oidc-3rdparty-op`: clients that register themselves.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jose::{Algorithm, SigningKey};
use serde_json::{Value, json};

use super::{metadata, publish, stays_here, text};
use crate::{
    hosted::known,
    kit::{Person, Reply, Server, claims_of},
    oauth::{
        client::{assertion, claims, form, key, key_set},
        kit::{App, CHALLENGE, ISSUER, REDIRECT, Tokens, browser, encoded, header_of, verified},
        stage::prove,
    },
};

async fn open() -> Server {
    let server = Server::start().await;
    server.root().put("/v1/settings/oauth", json!({ "registration": "open" })).await.expect(200);
    server
}

async fn register(server: &Server, changes: &Value) -> Reply {
    let mut body = json!({
        "redirect_uris": [REDIRECT], "client_name": "Shop", "grant_types": ["authorization_code", "refresh_token"],
    });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    server.anonymous().post("/oauth2/register", body).await
}

/// A client that registered itself, and somebody who is signed in.
struct Rp {
    server: Server,
    app: App,
    ada: Person,
}

impl Rp {
    async fn start(changes: Value) -> Self {
        let server = open().await;
        let ada = server.user("ada@example.com").await;
        let app = Self::another(&server, &changes).await;
        Self { server, app, ada }
    }

    /// One that the application trusts, once it is there, so that nobody is asked.
    async fn another(server: &Server, changes: &Value) -> App {
        let made = register(server, changes).await.expect(201);
        let id = text(&made.json, "client_id");
        server.root().patch(format!("/api/v1/applications/{id}"), json!({ "skip_consent": true })).await.expect(200);
        App { caller: server.anonymous(), id, secret: made.json["client_secret"].as_str().map(str::to_owned) }
    }

    async fn tokens(&self) -> Tokens {
        self.app.tokens(&self.ada, "openid email offline_access").await
    }

    /// What Ada's browser is answered; an empty value leaves the name out.
    async fn look(&self, changes: &[(&str, &str)]) -> Reply {
        let mut pairs = vec![
            ("client_id", self.app.id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", REDIRECT),
            ("scope", "openid"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        pairs.retain(|(name, _)| !changes.iter().any(|(other, _)| other == name));
        pairs.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
        browser(&self.ada).get(format!("/oauth2/authorize?{}", encoded(&pairs))).await
    }

    /// The token endpoint's answer to this client with an assertion that this key signs.
    async fn prove(&self, key: &SigningKey, jti: &str, fields: &[(&str, &str)]) -> Reply {
        let token = key.sign("JWT", &claims(&self.server, &self.app.id, ISSUER, jti)).unwrap();
        form(&self.server.anonymous(), "/oauth2/token", &[fields, &assertion(&token)[..]].concat()).await
    }
}

/// With a page of the client's own: what is registered, and what the person is shown at the door and when they are asked.
async fn is_shown(member: &str) {
    let server = open().await;
    let link = format!("https://app.example/{member}");
    let made = register(&server, &json!({ member: link })).await.expect(201);
    assert_eq!(made.json[member], link);
    let mut ada = known(&server, "ada@example.com").await;
    let id = text(&made.json, "client_id");
    let pairs = [
        ("client_id", id.as_str()),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("scope", "openid email"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    ada.open(&format!("/oauth2/authorize?{}", encoded(&pairs))).await;
    assert!(ada.at.starts_with("/sign-in"), "{}", ada.at);
    ada.shows(&format!("\"{link}\""));
    prove(&mut ada, "ada@example.com").await;
    assert!(ada.at.starts_with("/oauth2/consent"), "{}", ada.at);
    ada.shows(&format!("\"{link}\""));
    ada.submit("/oauth2/consent", &[("decision", "allow")]).await;
    assert!(ada.at.starts_with(&format!("{REDIRECT}?code=")), "{}", ada.at);
}

/// The client gets the algorithm that it registered, and its key was published before.
#[tokio::test]
async fn oidcc_idtoken_rs256() {
    let keys = open().await.anonymous().get("/.well-known/jwks.json").await.expect(200);
    assert!(keys.json["keys"].as_array().unwrap().iter().any(|key| key["alg"] == "RS256"), "{}", keys.json);
    let rp = Rp::start(json!({ "id_token_signed_response_alg": "RS256" })).await;
    let token = rp.tokens().await.id.unwrap();
    assert_eq!(header_of(&token)["alg"], "RS256");
    assert_eq!(verified(&rp.server, &token, "JWT").await["aud"], rp.app.id);
}

/// Nobody registers for ID tokens without a signature.
#[tokio::test]
async fn oidcc_idtoken_unsigned() {
    let changes = json!({ "id_token_signed_response_alg": "none" });
    register(&open().await, &changes).await.refused(400, "invalid_client_metadata");
}

/// The claims come signed where that was registered.
#[tokio::test]
async fn oidcc_userinfo_rs256() {
    let rp = Rp::start(json!({ "userinfo_signed_response_alg": "RS256" })).await;
    let tokens = rp.tokens().await;
    let reply = rp.server.anonymous().bearer(&tokens.access).get("/oauth2/userinfo").await.expect(200);
    assert_eq!(reply.header("content-type"), "application/jwt");
    let token = String::from_utf8_lossy(&reply.bytes);
    assert_eq!(header_of(&token)["alg"], "RS256");
    let told = verified(&rp.server, &token, "JWT").await;
    assert_eq!((&told["iss"], &told["aud"]), (&json!(ISSUER), &json!(rp.app.id)));
    assert_eq!(told["sub"], claims_of(tokens.id.as_ref().unwrap())["sub"]);
}

/// A request of OpenID Connect names its address, though only one is registered.
#[tokio::test]
async fn oidcc_ensure_redirect_uri_in_authorization_request() {
    stays_here(&Rp::start(json!({})).await.look(&[("redirect_uri", "")]).await);
}

/// A query that was registered stays, and the answer joins it.
#[tokio::test]
async fn oidcc_redirect_uri_query_ok() {
    let uri = format!("{REDIRECT}?foo=bar");
    let rp = Rp::start(json!({ "redirect_uris": [uri] })).await;
    let reply = rp.look(&[("redirect_uri", &uri)]).await.expect(303);
    assert!(reply.header("location").starts_with(&format!("{uri}&code=")), "{reply}");
}

/// Another query than was registered is another address.
#[tokio::test]
async fn oidcc_redirect_uri_query_mismatch() {
    let rp = Rp::start(json!({ "redirect_uris": [format!("{REDIRECT}?foo=bar")] })).await;
    stays_here(&rp.look(&[("redirect_uri", &format!("{REDIRECT}?foo=other"))]).await);
}

/// So is one with a query where none was registered.
#[tokio::test]
async fn oidcc_redirect_uri_query_added() {
    let rp = Rp::start(json!({})).await;
    stays_here(&rp.look(&[("redirect_uri", &format!("{REDIRECT}?foo=bar"))]).await);
}

/// An address with a fragment is not registered.
#[tokio::test]
async fn oidcc_redirect_uri_regfrag() {
    let changes = json!({ "redirect_uris": [format!("{REDIRECT}#foo")] });
    register(&open().await, &changes).await.refused(400, "invalid_redirect_uri");
}

/// Discovery names the endpoint at which clients register.
#[tokio::test]
async fn oidcc_discovery_endpoint_verification() {
    let document = metadata(&open().await).await;
    assert_eq!(document["issuer"], ISSUER);
    assert_eq!(document["registration_endpoint"], format!("{ISSUER}/oauth2/register"));
    for name in ["id_token_signing_alg_values_supported", "userinfo_signing_alg_values_supported"] {
        assert!(document[name].as_array().unwrap().contains(&json!("RS256")), "{name}");
    }
}

/// A client that has just registered goes through the usual flow.
#[tokio::test]
async fn oidcc_server() {
    let rp = Rp::start(json!({})).await;
    let tokens = rp.tokens().await;
    let claims = verified(&rp.server, tokens.id.as_ref().unwrap(), "JWT").await;
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(ISSUER), &json!(rp.app.id)));
    let told = rp.server.anonymous().bearer(&tokens.access).get("/oauth2/userinfo").await.expect(200);
    assert_eq!((&told.json["sub"], &told.json["email"]), (&claims["sub"], &json!("ada@example.com")));
}

/// The person sees the client's picture at the door and when they are asked.
#[tokio::test]
async fn oidcc_registration_logo_uri() {
    is_shown("logo_uri").await;
}

/// The person finds the client's privacy policy at the door and when they are asked.
#[tokio::test]
async fn oidcc_registration_policy_uri() {
    is_shown("policy_uri").await;
}

/// The person finds the client's terms at the door and when they are asked.
#[tokio::test]
async fn oidcc_registration_tos_uri() {
    is_shown("tos_uri").await;
}

/// A client proves itself by a key that it publishes, and by no other.
#[tokio::test]
async fn oidcc_registration_jwks_uri() {
    let own = key("one");
    let (uri, _page) = publish(key_set(&[&own]).to_string()).await;
    let rp = Rp::start(json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": uri })).await;
    let code = rp.app.code(&rp.ada, &[("scope", "openid")]).await;
    rp.prove(&key("one"), "1", &App::redemption(&code)).await.refused(401, "invalid_client");
    assert!(rp.prove(&own, "2", &App::redemption(&code)).await.expect(200).json["id_token"].is_string());
}

/// Clients of one sector know a person by the same name, and others by another.
#[tokio::test]
async fn oidcc_registration_sector_uri() {
    let (uri, _page) = publish(json!([REDIRECT, "https://elsewhere.example/cb"]).to_string()).await;
    let sector = json!({ "subject_type": "pairwise", "sector_identifier_uri": uri });
    let rp = Rp::start(sector.clone()).await;
    let of = async |app: &App| claims_of(&app.tokens(&rp.ada, "openid").await.id.unwrap())["sub"].clone();
    let (one, same) = (of(&rp.app).await, of(&Rp::another(&rp.server, &sector).await).await);
    let alone = of(&Rp::another(&rp.server, &json!({ "subject_type": "pairwise" })).await).await;
    assert_eq!(one, same);
    assert_ne!(one, alone);
}

/// Nobody joins a sector whose document does not list them.
#[tokio::test]
async fn oidcc_registration_sector_bad() {
    let (uri, _page) = publish(json!(["https://elsewhere.example/cb"]).to_string()).await;
    let changes = json!({ "subject_type": "pairwise", "sector_identifier_uri": uri });
    register(&open().await, &changes).await.refused(400, "invalid_client_metadata");
}

/// After the server changed its keys, new ID tokens have a new one, and those from before still verify.
#[tokio::test]
async fn oidcc_server_rotate_keys() {
    let rp = Rp::start(json!({})).await;
    let first = rp.tokens().await.id.unwrap();
    for days in [89, 1] {
        rp.server.turn_clock(Duration::from_hours(days * 24));
        rp.server.run_jobs().await;
    }
    let again = rp.server.sign_in_at(&rp.server.anonymous(), "ada@example.com").await;
    let second = rp.app.tokens(&again, "openid").await.id.unwrap();
    assert_ne!(header_of(&first)["kid"], header_of(&second)["kid"]);
    let (before, after) = (verified(&rp.server, &first, "JWT").await, verified(&rp.server, &second, "JWT").await);
    assert_eq!(before["sub"], after["sub"]);
}

/// A client that changed its published keys refreshes with the new one; the old one is nothing any more.
#[tokio::test]
async fn oidcc_refresh_token_rp_key_rotation() {
    let (old, new) = (key("old"), key("new"));
    let (uri, page) = publish(key_set(&[&old]).to_string()).await;
    let rp = Rp::start(json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": uri })).await;
    let code = rp.app.code(&rp.ada, &[("scope", "openid offline_access")]).await;
    let tokens = Tokens::of(&rp.prove(&old, "1", &App::redemption(&code)).await.expect(200));
    *page.lock() = key_set(&[&new]).to_string();
    rp.server.turn_clock(Duration::from_secs(2));
    let fields = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh())];
    let refreshed = Tokens::of(&rp.prove(&new, "2", &fields).await.expect(200));
    assert_ne!(refreshed.access, tokens.access);
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refreshed.refresh())];
    rp.prove(&old, "3", &fields).await.refused(401, "invalid_client");
}

/// The request stands at a registered address, without a signature.
#[tokio::test]
async fn oidcc_request_uri_unsigned() {
    let (uri, page) = publish(String::new()).await;
    let rp = Rp::start(json!({ "request_uris": [uri] })).await;
    let claims = json!({ "client_id": rp.app.id, "response_type": "code", "state": "inside" });
    let [header, claims] =
        [r#"{"alg":"none"}"#.to_owned(), claims.to_string()].map(|part| URL_SAFE_NO_PAD.encode(part));
    *page.lock() = format!("{header}.{claims}.");
    let reply = rp.look(&[("request_uri", &uri)]).await.expect(303);
    assert!(reply.header("location").contains("state=inside"), "{reply}");
}

/// The request stands at a registered address, and is held to the algorithm that was registered.
#[tokio::test]
async fn oidcc_request_uri_signed_rs256() {
    let own = SigningKey::generate(Algorithm::Rs256).unwrap();
    let (uri, page) = publish(String::new()).await;
    let rp = Rp::start(json!({
        "request_uris": [uri], "request_object_signing_alg": "RS256", "jwks": { "keys": [own.public_jwk()] },
    }))
    .await;
    let claims = json!({ "iss": rp.app.id, "aud": ISSUER, "client_id": rp.app.id, "state": "inside" });
    *page.lock() = own.sign("oauth-authz-req+jwt", &claims).unwrap();
    let reply = rp.look(&[("request_uri", &uri)]).await.expect(303);
    assert!(reply.header("location").contains("state=inside"), "{reply}");
    *page.lock() = key("other").sign("oauth-authz-req+jwt", &claims).unwrap();
    let reply = rp.look(&[("request_uri", &uri)]).await.expect(303);
    assert!(reply.header("location").contains("error=invalid_request_object"), "{reply}");
}

/// The address inside a request object goes before the one beside it.
#[tokio::test]
async fn oidcc_ensure_request_object_with_redirect_uri() {
    let own = key("one");
    let rp = Rp::start(json!({ "jwks": key_set(&[&own]) })).await;
    let object = |uri: &str| {
        let claims = json!({ "iss": rp.app.id, "aud": ISSUER, "client_id": rp.app.id, "redirect_uri": uri });
        own.sign("oauth-authz-req+jwt", &claims).unwrap()
    };
    let beside = ("redirect_uri", "https://app.example/beside");
    let reply = rp.look(&[("request", &object(REDIRECT)), beside]).await.expect(303);
    assert!(reply.header("location").starts_with(&format!("{REDIRECT}?code=")), "{reply}");
    stays_here(&rp.look(&[("request", &object("https://evil.example/"))]).await);
}

/// A refresh brings tokens for the same person, and for this client alone.
#[tokio::test]
async fn oidcc_refresh_token() {
    let rp = Rp::start(json!({})).await;
    let first = rp.tokens().await;
    let other = Rp::another(&rp.server, &json!({})).await;
    other.refresh(first.refresh()).await.refused(400, "invalid_grant");
    let second = Tokens::of(&rp.app.refresh(first.refresh()).await.expect(200));
    let [before, after] = [&first, &second].map(|tokens| claims_of(tokens.id.as_ref().unwrap()));
    assert_eq!((&before["sub"], &before["aud"]), (&after["sub"], &after["aud"]));
}

/// An assertion may be meant for the issuer instead of one endpoint.
#[tokio::test]
async fn oidcc_ensure_client_assertion_with_iss_aud_succeeds() {
    let own = key("one");
    let rp = Rp::start(json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": key_set(&[&own]) })).await;
    let code = rp.app.code(&rp.ada, &[("scope", "openid")]).await;
    rp.prove(&own, "1", &App::redemption(&code)).await.expect(200);
}

/// A page that begins the sign-in is told again at registration, and to the client that asks for what is known of it.
#[tokio::test]
async fn oidcc_3rd_party_init_login() {
    let server = open().await;
    let page = "https://app.example/begin";
    let made = register(&server, &json!({ "initiate_login_uri": page })).await.expect(201).json;
    assert_eq!(made["initiate_login_uri"], page);
    let own = server.anonymous().bearer(&text(&made, "registration_access_token"));
    let address = text(&made, "registration_client_uri");
    let known = own.get(address.strip_prefix(ISSUER).unwrap()).await.expect(200);
    assert_eq!(known.json["initiate_login_uri"], page);
}

/// A page that begins the sign-in is registered by https alone.
#[tokio::test]
async fn oidcc_3rd_party_init_login_nohttps() {
    let server = open().await;
    let changes = json!({ "initiate_login_uri": "http://app.example/begin" });
    register(&server, &changes).await.refused(400, "invalid_client_metadata");
}
