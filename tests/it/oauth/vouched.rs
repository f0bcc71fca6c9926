//! Tokens for people whom another issuer vouches for (RFC 7523, section 2.1).

use std::time::Duration;

use axum::{Router, http::header::CONTENT_TYPE, routing::get};
use jose::{Algorithm, SigningKey};
use serde_json::{Value, json};

use super::kit::{App, ISSUER, Prover, Tokens, once, verified};
use crate::kit::{Call, Person, Server};

const HR: &str = "https://hr.example.com";
const API: &str = "https://api.example.com";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// An application that trusts the issuer of its personnel department, a client, and Ada, who is number 7 there.
struct Stage {
    server: Server,
    hr: SigningKey,
    app: App,
    ada: Person,
}

impl Stage {
    async fn open() -> Self {
        Self::with(json!({})).await
    }

    /// With these members of what is said about the issuer over the usual ones.
    async fn with(changes: Value) -> Self {
        let server = Server::start().await;
        let hr = SigningKey::generate(Algorithm::Es256).unwrap().with_kid("hr-1");
        trust(&server, &hr, changes).await;
        let app = App::create(&server, client()).await;
        let ada = server.user("ada@example.com").await;
        server.root().patch(format!("/v1/users/{}", ada.id), json!({ "external_id": "7" })).await.expect(200);
        Self { server, hr, app, ada }
    }

    fn assertion(&self, changes: &Value) -> String {
        self.signed(&self.hr, "JWT", changes)
    }

    fn signed(&self, key: &SigningKey, typ: &str, changes: &Value) -> String {
        let now = self.server.now().as_seconds();
        let mut claims = json!({ "iss": HR, "sub": "7", "aud": ISSUER, "jti": once(), "iat": now, "exp": now + 60 });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        key.sign(typ, &claims).unwrap()
    }

    fn ask(&self, assertion: &str, more: &[(&str, &str)]) -> Call {
        self.app.token(&[&[("grant_type", GRANT), ("assertion", assertion)], more].concat())
    }

    async fn token(&self) -> Tokens {
        Tokens::of(&self.ask(&self.assertion(&json!({})), &[]).await.expect(200))
    }
}

fn client() -> Value {
    json!({
        "type": "m2m", "name": "Payroll", "grant_types": [GRANT], "allowed_scopes": ["payslips:read", "invoices:read", "users:read"],
        "allowed_resources": [API],
    })
}

async fn trust(server: &Server, hr: &SigningKey, changes: Value) {
    let mut issuer = json!({
        "issuer": HR, "jwks": { "keys": [hr.public_jwk()] }, "scopes": ["payslips:read", "payslips:write"], "resources": [API],
    });
    for (name, value) in changes.as_object().unwrap() {
        issuer[name] = value.clone();
    }
    let scopes = ["payslips:read", "payslips:write", "invoices:read"];
    let scopes: Vec<Value> = scopes.iter().map(|name| json!({ "name": name, "description": "See it" })).collect();
    let apis = [API, "https://other.example.com"].map(|api| json!({ "identifier": api, "name": "API" }));
    let settings = json!({ "scopes": scopes, "resources": apis, "trusted_issuers": [issuer] });
    server.root().put("/v1/settings/oauth", settings).await.expect(200);
}

#[tokio::test]
async fn a_trusted_issuer_gets_a_client_a_token_for_a_person() {
    let stage = Stage::open().await;
    let tokens = stage.token().await;
    assert!(tokens.refresh.is_none() && tokens.id.is_none(), "the issuer is asked again");
    assert_eq!((&tokens.json["scope"], &tokens.json["expires_in"]), (&json!("payslips:read"), &json!(600)));
    let claims = verified(&stage.server, &tokens.access, "at+jwt").await;
    assert!(claims["sub"].as_str().unwrap().starts_with("usr_"), "{claims}");
    assert_eq!((&claims["aud"], &claims["client_id"]), (&json!(API), &json!(stage.app.id)));
    for name in ["auth_time", "acr", "amr", "sid"] {
        assert!(claims.get(name).is_none(), "nobody signed in: {name}");
    }
    let said = stage.app.introspect(&tokens.access).await;
    assert_eq!((&said["active"], &said["sub"]), (&json!(true), &claims["sub"]));
    let trail = stage.server.root().get("/v1/audit/events?type=application.assertion_accepted").await.expect(200);
    assert!(trail.to_string().contains(HR), "{trail}");
}

#[tokio::test]
async fn only_its_own_word_to_this_server_now_counts() {
    let stage = Stage::open().await;
    let stranger = SigningKey::generate(Algorithm::Es256).unwrap().with_kid("hr-1");
    let now = stage.server.now().as_seconds();
    for (what, assertion) in [
        ("another issuer", stage.assertion(&json!({ "iss": "https://evil.example.com" }))),
        ("almost the issuer", stage.assertion(&json!({ "iss": format!("{HR}/") }))),
        ("this server's name", stage.assertion(&json!({ "iss": ISSUER }))),
        ("another key", stage.signed(&stranger, "JWT", &json!({}))),
        ("an access token of the issuer", stage.signed(&stage.hr, "at+jwt", &json!({}))),
        ("another audience", stage.assertion(&json!({ "aud": "https://evil.example.com" }))),
        ("two audiences", stage.assertion(&json!({ "aud": [ISSUER, "https://evil.example.com"] }))),
        ("an audience of the same server", stage.assertion(&json!({ "aud": format!("{ISSUER}/oauth2/authorize") }))),
        ("no audience", stage.assertion(&json!({ "aud": null }))),
        ("expired", stage.assertion(&json!({ "exp": now - 60 }))),
        ("no end", stage.assertion(&json!({ "exp": null }))),
        ("an hour", stage.assertion(&json!({ "exp": now + 3_600 }))),
        ("not yet", stage.assertion(&json!({ "nbf": now + 60 }))),
        ("no name of its own", stage.assertion(&json!({ "jti": null }))),
        ("an empty name", stage.assertion(&json!({ "jti": "" }))),
        ("no subject", stage.assertion(&json!({ "sub": null }))),
        ("an unknown subject", stage.assertion(&json!({ "sub": "8" }))),
        ("an address", stage.assertion(&json!({ "sub": "ada@example.com" }))),
        ("the id, where it is not asked for", stage.assertion(&json!({ "sub": stage.ada.id }))),
        ("no token", "nonsense".to_owned()),
    ] {
        let reply = stage.ask(&assertion, &[]).await;
        assert_eq!((reply.status, &reply.json["error"]), (400, &json!("invalid_grant")), "{what}: {reply}");
    }
    let over_endpoint = stage.assertion(&json!({ "aud": format!("{ISSUER}/oauth2/token") }));
    stage.ask(&over_endpoint, &[]).await.expect(200);
    stage.ask(&over_endpoint, &[]).await.refused(400, "invalid_grant");
    let other = App::create(&stage.server, client()).await;
    let good = stage.assertion(&json!({}));
    stage.ask(&good, &[]).await.expect(200);
    let again = other.token(&[("grant_type", GRANT), ("assertion", &good)]).await;
    again.refused(400, "invalid_grant");
}

#[tokio::test]
async fn no_more_comes_of_it_than_client_and_issuer_both_may_have() {
    let stage = Stage::open().await;
    for scope in [
        "payslips:write",
        "invoices:read",
        "users:read",
        "openid",
        "offline_access",
        "me:read",
        "payslips:read invoices:read",
    ] {
        let refused = stage.ask(&stage.assertion(&json!({})), &[("scope", scope)]).await;
        assert_eq!((refused.status, &refused.json["error"]), (400, &json!("invalid_scope")), "{scope}: {refused}");
    }
    for resource in ["https://other.example.com", ISSUER] {
        stage.ask(&stage.assertion(&json!({})), &[("resource", resource)]).await.refused(400, "invalid_target");
    }
    // Claims of the assertion widen nothing.
    let bold = stage.assertion(&json!({ "scope": "users:read", "resource": ISSUER, "act": { "sub": "admin" } }));
    let claims = verified(&stage.server, &Tokens::of(&stage.ask(&bold, &[]).await.expect(200)).access, "at+jwt").await;
    assert_eq!((&claims["scope"], &claims["aud"], claims.get("act")), (&json!("payslips:read"), &json!(API), None));
    // Without an API it is this server's, where nothing of the person's is behind it.
    let stage = Stage::with(json!({ "resources": [] })).await;
    let caller = stage.server.anonymous().bearer(&stage.token().await.access);
    caller.get("/api/v1/me/profile").await.expect(401);
    caller.get("/api/v1/users").await.expect(401);
    caller.get("/oauth2/userinfo").await.refused(403, "insufficient_scope");
}

#[tokio::test]
async fn it_takes_a_client_that_proves_itself_and_is_registered_for_it() {
    let stage = Stage::open().await;
    let good = stage.assertion(&json!({}));
    App::machine(&stage.server)
        .await
        .token(&[("grant_type", GRANT), ("assertion", &good)])
        .await
        .refused(400, "unauthorized_client");
    let forged = App { secret: Some("pc_cs_no".to_owned()), ..stage.app.clone() };
    forged.token(&[("grant_type", GRANT), ("assertion", &good)]).await.refused(401, "invalid_client");
    let public = json!({
        "type": "native", "name": "Phone", "redirect_uris": ["com.example.app:/cb"], "allowed_scopes": ["payslips:read"],
        "grant_types": ["authorization_code", GRANT],
    });
    let public = stage.server.root().post("/api/v1/applications", public).await;
    if public.status == 201 {
        let public = App { caller: stage.app.caller.clone(), id: public.text("/client_id"), secret: None };
        public.token(&[("grant_type", GRANT), ("assertion", &good)]).await.refused(400, "unauthorized_client");
    }
    stage.ask(&good, &[]).await.expect(200);
}

#[tokio::test]
async fn it_ends_with_whoever_stands_behind_it() {
    for what in ["disabled", "deleted", "withdrawn", "client"] {
        let stage = Stage::open().await;
        let (root, token) = (stage.server.root(), stage.token().await);
        let asker = App::machine(&stage.server).await;
        assert_eq!(asker.introspect(&token.access).await["active"], true);
        match what {
            "disabled" => drop(root.poke(format!("/v1/users/{}/disable", stage.ada.id)).await.expect(200)),
            "deleted" => drop(root.delete(format!("/v1/users/{}", stage.ada.id)).await.expect(200)),
            "withdrawn" => {
                let listed = stage.ada.get("/api/v1/me/grants").await.expect(200);
                assert_eq!(listed.data()[0]["scopes"], json!(["payslips:read"]), "{listed}");
                drop(stage.ada.delete(format!("/api/v1/me/grants/{}", stage.app.id)).await.expect(204));
            }
            _ => drop(root.poke(format!("/api/v1/applications/{}/disable", stage.app.id)).await.expect(200)),
        }
        assert_eq!(asker.introspect(&token.access).await, json!({ "active": false }), "{what}");
        if ["disabled", "deleted"].contains(&what) {
            stage.ask(&stage.assertion(&json!({})), &[]).await.refused(400, "invalid_grant");
        }
    }
    let stage = Stage::open().await;
    let (token, asker) = (stage.token().await, App::machine(&stage.server).await);
    // A session that ends is none of it; time is.
    stage.ada.poke("/v1/auth/sign-out").await.expect(200);
    assert_eq!(asker.introspect(&token.access).await["active"], true);
    stage.server.turn_clock(Duration::from_mins(10));
    assert_eq!(asker.introspect(&token.access).await, json!({ "active": false }));
}

#[tokio::test]
async fn an_issuer_that_is_trusted_no_more_is_a_stranger() {
    let stage = Stage::open().await;
    stage.token().await;
    stage.server.root().put("/v1/settings/oauth", json!({})).await.expect(200);
    stage.ask(&stage.assertion(&json!({})), &[]).await.refused(400, "invalid_grant");
}

#[tokio::test]
async fn people_may_be_named_by_their_id_here_and_tokens_be_bound_to_a_key() {
    let stage = Stage::with(json!({ "subject": "user_id" })).await;
    stage.ask(&stage.assertion(&json!({})), &[]).await.refused(400, "invalid_grant");
    let claims = json!({ "sub": stage.ada.id });
    let prover = Prover::new();
    let proof = prover.proof(&stage.server, "POST", "/oauth2/token", None);
    let reply = stage.ask(&stage.assertion(&claims), &[]).header("dpop", &proof).await.expect(200);
    assert_eq!(reply.json["token_type"], "DPoP");
    let claims = verified(&stage.server, &Tokens::of(&reply).access, "at+jwt").await;
    assert_eq!(claims["cnf"]["jkt"], prover.thumbprint());
    // The id of somebody of another application is the id of nobody.
    let other = stage.server.other_tenant("Acme").await;
    let bob = other.api_key.post("/v1/users", json!({ "primary_email": "bob@example.com" })).await.expect(201);
    stage.ask(&stage.assertion(&json!({ "sub": bob.text("/id") })), &[]).await.refused(400, "invalid_grant");
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the page lives as long as the test's runtime")]
async fn its_keys_may_stand_at_an_address() {
    let stage = Stage::open().await;
    let keys = json!({ "keys": [stage.hr.public_jwk()] }).to_string();
    let page = get(async move || ([(CONTENT_TYPE, "application/json")], keys.clone()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/keys", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/keys", page)).await });
    trust(&stage.server, &stage.hr, json!({ "jwks": null, "jwks_uri": address })).await;
    stage.token().await;
    // Nobody is there: the word of nobody is not taken.
    trust(&stage.server, &stage.hr, json!({ "jwks": null, "jwks_uri": "http://127.0.0.1:9/keys" })).await;
    stage.ask(&stage.assertion(&json!({})), &[]).await.refused(400, "invalid_grant");
}
