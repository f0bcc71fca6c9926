//! Every kind of token at every door that takes another kind: none is taken, and none is used up by it.
//!
//! What a door does take is tried at the end, once all the others were refused there: so each kind was alive, and each door open.

use http::header::CONTENT_TYPE;
use jose::{Algorithm, SigningKey};
use serde_json::{Value, json};

use super::{
    client::{assertion, basic},
    kit::{App, CHALLENGE, ISSUER, Prover, REDIRECT, browser, encoded, once},
};
use crate::{
    kit::{Call, Client, Person, Server},
    races::patient,
};

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const ACCESS: &str = "urn:ietf:params:oauth:token-type:access_token";
const OUT: &str = "https://app.example/out";
const ADA: &str = "ada@example.com";
/// Both uses of an assertion have one form (RFC 7523, section 3): what keeps them apart is that each is good once over both.
const ASSERTED: [&str; 2] = ["client assertion", "bearer assertion"];
const PERSONS: [&str; 2] = ["access token", "opaque access token"];

/// A door, and the kinds that open it. In this order they are tried at the end: what ends a thing comes last.
const DOORS: [(&str, &[&str]); 29] = [
    ("userinfo", &PERSONS),
    ("userinfo by a form", &PERSONS),
    ("userinfo as DPoP", &[]),
    ("/api/v1 of a person", &["access token", "opaque access token", "session token"]),
    ("/api/v1 of an application", &["client's token", "API key", "dashboard token"]),
    ("/v1 of a person", &["session token"]),
    ("/v1 of an application", &["API key", "dashboard token"]),
    ("/v1 verification", &["session token"]),
    ("dashboard", &["dashboard token"]),
    ("cookie", &["session token"]),
    ("introspection", &["access token", "opaque access token", "client's token", "refresh token"]),
    ("asking for introspection", &["API key"]),
    ("client secret", &["client secret"]),
    ("client secret in a form", &[]),
    ("id_token_hint", &["ID token"]),
    ("request", &["request object"]),
    ("pushed request object", &["request object"]),
    ("continue", &["waiting request"]),
    ("registration", &["registration token"]),
    ("changing a registration", &["registration token"]),
    ("initial access token", &["API key"]),
    ("subject_token", &["access token", "opaque access token", "session token"]),
    ("device_code", &["device code"]),
    ("client_assertion", &["client assertion"]),
    ("assertion", &["bearer assertion"]),
    ("request_uri", &["pushed request"]),
    ("code", &["code"]),
    ("refresh_token", &["refresh token"]),
    ("/v1 refresh_token", &["session refresh token"]),
];

struct Stage {
    server: Server,
    ada: Person,
    web: App,
    signer: App,
    broker: App,
    television: App,
    registration: String,
    key: SigningKey,
    /// Of the browser whose request waits.
    cookies: String,
    kinds: Vec<(&'static str, String)>,
}

impl Stage {
    async fn open() -> Self {
        let server = patient().await;
        let root = server.root();
        root.put("/v1/settings/oauth", json!({ "registration": "protected" })).await.expect(200);
        let (ada, owner) = (server.user(ADA).await, server.account().await);
        let key = SigningKey::generate(Algorithm::Es256).unwrap();
        let with = |changes: Value| {
            let mut body = App::web_body();
            for (name, value) in changes.as_object().unwrap() {
                body[name] = value.clone();
            }
            body
        };
        let over = json!({ "post_logout_redirect_uris": [OUT], "authorization_signed_response_alg": "ES256" });
        let web = App::create(&server, with(over)).await;
        let opaque = App::create(&server, with(json!({ "access_token_format": "opaque" }))).await;
        let told = App::create(&server, with(json!({ "userinfo_signed_response_alg": "ES256" }))).await;
        let machine = App::machine(&server).await;
        let body = json!({
            "type": "m2m", "name": "Broker", "grant_types": [EXCHANGE], "allowed_scopes": ["openid", "me:read"],
        });
        let broker = App::create(&server, body).await;
        let body = json!({ "type": "native", "name": "TV", "grant_types": [DEVICE], "allowed_scopes": ["openid"] });
        let television = App::create(&server, body).await;
        let over = json!({
            "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [key.public_jwk()] },
            "grant_types": ["authorization_code", BEARER],
        });
        let signer = App::create(&server, with(over)).await;

        let now = server.now().as_seconds();
        let signed = |typ: &str, more: Value| {
            let mut claims = json!({ "iss": signer.id, "sub": signer.id, "aud": ISSUER, "jti": once(), "iat": now, "exp": now + 280 });
            for (name, value) in more.as_object().unwrap() {
                claims[name] = value.clone();
            }
            key.sign(typ, &claims).unwrap()
        };
        let request = json!({
            "client_id": signer.id, "response_type": "code", "redirect_uri": REDIRECT, "scope": "openid", "sub": null,
            "code_challenge": CHALLENGE, "code_challenge_method": "S256",
        });
        let tokens = web.tokens(&ada, "openid email offline_access me:read").await;
        let opaque = opaque.tokens(&ada, "openid email me:read").await;
        let of_told = told.tokens(&ada, "openid").await;
        let jwt = server.anonymous().bearer(&of_told.access).get("/oauth2/userinfo").await.expect(200);
        let said = machine.send("/oauth2/introspect", &[("token", &tokens.access)]);
        let said = said.header("accept", "application/token-introspection+jwt").await.expect(200);
        let body = json!({ "client_name": "Shop", "redirect_uris": [REDIRECT] });
        let registered = root.post("/oauth2/register", body).await.expect(201);
        let begun = television.send("/oauth2/device_authorization", &[("scope", "openid")]).await.expect(200);
        let pushed = web.send("/oauth2/par", &request_of(&web)).await.expect(201);
        let waits = server.anonymous().get(address(&web, &[])).await;
        let cookies: Vec<String> = waits.cookies().into_iter().map(|(pair, _)| pair).collect();
        let waits = waits.header("location").split("request%3D").nth(1).unwrap_or_default().to_owned();
        let answered = browser(&ada).get(address(&web, &[("response_mode", "jwt")])).await;
        let answered = answered.header("location").split("response=").nth(1).unwrap().to_owned();
        server.anonymous().post("/v1/auth/magic-links", json!({ "email": ADA })).await.expect(202);
        let text = |value: &Value, name: &str| value[name].as_str().unwrap().to_owned();
        let registration = text(&registered.json, "client_id");
        let kinds = vec![
            ("access token", tokens.access.clone()),
            ("opaque access token", opaque.access),
            ("client's token", machine.own_token().await),
            ("refresh token", tokens.refresh().to_owned()),
            ("ID token", tokens.id.clone().unwrap()),
            ("code", web.code(&ada, &[("scope", "openid")]).await),
            ("device code", text(&begun.json, "device_code")),
            ("user code", text(&begun.json, "user_code")),
            ("pushed request", text(&pushed.json, "request_uri")),
            ("waiting request", waits.split('&').next().unwrap().to_owned()),
            ("registration token", text(&registered.json, "registration_access_token")),
            ("client secret", web.secret.clone().unwrap()),
            ("client_id", web.id.clone()),
            ("API key", server.root_key().to_owned()),
            ("session token", ada.access_token.clone()),
            ("session refresh token", ada.refresh_token.clone()),
            ("dashboard token", owner.access_token.clone()),
            ("dashboard refresh token", owner.refresh_token.clone()),
            ("signed userinfo", String::from_utf8_lossy(&jwt.bytes).into_owned()),
            ("signed introspection", String::from_utf8_lossy(&said.bytes).into_owned()),
            ("signed answer", answered.split('&').next().unwrap().to_owned()),
            ("client assertion", signed("JWT", json!({}))),
            ("bearer assertion", signed("JWT", json!({}))),
            ("request object", signed("oauth-authz-req+jwt", request)),
            ("DPoP proof", Prover::new().proof(&server, "POST", "/oauth2/token", None)),
            ("magic link", server.mailed_token(ADA).await),
            ("verifier", super::kit::VERIFIER.to_owned()),
        ];
        Self { server, ada, web, signer, broker, television, registration, key, cookies: cookies.join("; "), kinds }
    }

    fn value(&self, kind: &str) -> &str {
        &self.kinds.iter().find(|(name, _)| *name == kind).unwrap_or_else(|| panic!("{kind}")).1
    }

    /// Does this door take it?
    async fn takes(&self, door: &str, token: &str) -> bool {
        let anyone = || self.server.anonymous();
        let bearer = |path: &str| anyone().bearer(token).get(path.to_owned());
        let cookie = browser(&self.ada);
        let call: Call = match door {
            "userinfo" => bearer("/oauth2/userinfo"),
            "userinfo by a form" => form(&anyone(), "/oauth2/userinfo", &[("access_token", token)]),
            "userinfo as DPoP" => {
                let proof = Prover::new().proof(&self.server, "GET", "/oauth2/userinfo", Some(token));
                let call = anyone().get("/oauth2/userinfo").header("authorization", &format!("DPoP {token}"));
                call.header("dpop", &proof)
            }
            "/api/v1 of a person" => bearer("/api/v1/me/profile"),
            "/api/v1 of an application" => bearer("/api/v1/users"),
            "/v1 of a person" => bearer("/v1/auth/me"),
            "/v1 of an application" => bearer("/v1/users"),
            "/v1 verification" => self.server.root().post("/v1/sessions/verify", json!({ "token": token })),
            "/v1 refresh_token" => anyone().post("/v1/sessions/tokens", json!({ "refresh_token": token })),
            "dashboard" => bearer("/v1/dashboard/applications"),
            "cookie" => {
                let tenant = self.server.application_id().replace('-', "");
                anyone()
                    .with("cookie", &format!("pc_at_{tenant}={token}"))
                    .get(address(&self.web, &[("prompt", "none")]))
            }
            "introspection" => self.web.send("/oauth2/introspect", &[("token", token)]),
            "asking for introspection" => {
                let about = self.value("access token");
                form(&anyone().bearer(token), "/oauth2/introspect", &[("token", about)])
            }
            "client secret" => {
                let call = form(&anyone(), "/oauth2/revoke", &[("token", "x")]);
                call.header("authorization", &basic(&self.web.id, token))
            }
            "client secret in a form" => {
                let pairs = [("token", "x"), ("client_id", &*self.web.id), ("client_secret", token)];
                form(&anyone(), "/oauth2/revoke", &pairs)
            }
            "client_assertion" => {
                form(&anyone(), "/oauth2/revoke", &[&[("token", "x")], &assertion(token)[..]].concat())
            }
            "assertion" => {
                let proof = self.fresh_proof();
                let pairs = [&[("grant_type", BEARER), ("assertion", token)], &assertion(&proof)[..]].concat();
                form(&anyone(), "/oauth2/token", &pairs)
            }
            "id_token_hint" => cookie.get(address(&self.web, &[("prompt", "none"), ("id_token_hint", token)])),
            "request" => cookie
                .get(format!("/oauth2/authorize?{}", encoded(&[("client_id", &self.signer.id), ("request", token)]))),
            "pushed request object" => {
                let proof = self.fresh_proof();
                form(&anyone(), "/oauth2/par", &[&[("request", token)], &assertion(&proof)[..]].concat())
            }
            "request_uri" => {
                let pairs = [("client_id", self.web.id.as_str()), ("request_uri", token)];
                cookie.get(format!("/oauth2/authorize?{}", encoded(&pairs)))
            }
            "continue" => {
                let path = format!("/oauth2/continue?{}", encoded(&[("request", token)]));
                anyone().with("cookie", &self.cookies).get(path)
            }
            "registration" => bearer(&format!("/oauth2/register/{}", self.registration)),
            "changing a registration" => {
                let body = json!({ "client_id": self.registration, "client_name": "S", "redirect_uris": [REDIRECT] });
                anyone().bearer(token).put(format!("/oauth2/register/{}", self.registration), body)
            }
            "initial access token" => {
                anyone().bearer(token).post("/oauth2/register", json!({ "redirect_uris": [REDIRECT] }))
            }
            "subject_token" => self.broker.token(&[
                ("grant_type", EXCHANGE),
                ("subject_token", token),
                ("subject_token_type", ACCESS),
                ("scope", "me:read"),
            ]),
            "device_code" => self.television.token(&[("grant_type", DEVICE), ("device_code", token)]),
            "code" => self.web.redeem(token),
            "refresh_token" => self.web.refresh(token),
            _ => panic!("{door}: say here how it is asked"),
        };
        let reply = call.await;
        assert!(reply.status < 500 && reply.status != 429, "{door}: {reply}");
        match door {
            "introspection" => reply.json["active"] == true,
            "/v1 verification" => reply.data()["active"] == true,
            "cookie" | "id_token_hint" | "request" | "request_uri" => reply.header("location").contains("code="),
            "continue" => reply.status == 303,
            "device_code" => reply.json["error"] == "authorization_pending",
            _ => reply.status < 300,
        }
    }

    /// The signing client proves itself anew.
    fn fresh_proof(&self) -> String {
        let now = self.server.now().as_seconds();
        let claims = json!({
            "iss": self.signer.id, "sub": self.signer.id, "aud": ISSUER, "jti": once(), "iat": now, "exp": now + 60,
        });
        self.key.sign("JWT", &claims).unwrap()
    }
}

fn request_of(app: &App) -> Vec<(&str, &str)> {
    vec![
        ("client_id", &app.id),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("scope", "openid"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
}

fn address(app: &App, more: &[(&str, &str)]) -> String {
    format!("/oauth2/authorize?{}", encoded(&[&request_of(app)[..], more].concat()))
}

fn form(client: &Client, path: &str, pairs: &[(&str, &str)]) -> Call {
    client.poke(path).header(CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded").raw(encoded(pairs))
}

#[tokio::test]
async fn no_kind_is_taken_where_another_is_wanted_and_each_is_where_it_belongs() {
    let stage = Box::pin(Stage::open()).await;
    for (door, wanted) in DOORS {
        for (kind, token) in stage.kinds.iter().filter(|(kind, _)| !wanted.contains(kind)) {
            if !(door.ends_with("assertion") && ASSERTED.contains(kind)) {
                assert!(!stage.takes(door, token).await, "{door} takes: {kind}");
            }
        }
    }
    // Whoever gives a token back that is not theirs, or none, ends nothing.
    for (kind, token) in stage.kinds.iter().filter(|(kind, _)| !matches!(*kind, "access token" | "refresh token")) {
        let reply = stage.web.send("/oauth2/revoke", &[("token", token)]).await;
        assert_eq!(reply.status, 200, "{kind}: {reply}");
    }
    for (door, wanted) in DOORS {
        for kind in wanted {
            assert!(stage.takes(door, stage.value(kind)).await, "{door} does not take: {kind}");
        }
    }
    for (door, kind) in [("assertion", "client assertion"), ("client_assertion", "bearer assertion")] {
        assert!(!stage.takes(door, stage.value(kind)).await, "{kind} was used, and is good at {door}");
    }
    // Nobody is signed out by anything but an ID token of the very session.
    let out = |hint: &str| {
        let pairs = [("id_token_hint", hint), ("post_logout_redirect_uri", OUT)];
        browser(&stage.ada).get(format!("/oauth2/logout?{}", encoded(&pairs)))
    };
    for (kind, token) in stage.kinds.iter().filter(|(kind, _)| *kind != "ID token") {
        assert_eq!(out(token).await.header("location"), "", "signed out by: {kind}");
    }
    assert_eq!(out(stage.value("ID token")).await.header("location"), OUT);
}
