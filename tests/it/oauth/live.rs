//! Every way to a token asks whether all behind it is still there: the client, the person, the application, the API it is for; and
//! gives no scope and no API that was not granted. One decision, looked at from each grant.

use std::time::Duration;

use jose::{Algorithm, SigningKey};
use serde_json::json;

use super::kit::{App, ISSUER, REDIRECT, Tokens, VERIFIER, encoded, once};
use crate::{
    hosted::Browser,
    kit::{Call, Client, Person, Server},
    oauth::stage::prove,
};

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const ACCESS: &str = "urn:ietf:params:oauth:token-type:access_token";
const API: &str = "https://api.example";
const ADA: &str = "ada@example.com";

/// Something of each grant that is ready to be turned into a token.
struct Ready {
    app: App,
    key: SigningKey,
    /// The grant's name, and what asks for its token.
    grants: Vec<(&'static str, Vec<(&'static str, String)>)>,
    /// Those that nobody but the client stands behind.
    of_nobody: [&'static str; 2],
    access: String,
}

impl Ready {
    /// At the application where `root` is the key and `ada` a person.
    async fn at(root: &Client, ada: &Person) -> Self {
        let key = SigningKey::generate(Algorithm::Es256).unwrap();
        let oauth = json!({ "resources": [{ "identifier": API, "name": "Invoices" }] });
        root.put("/v1/settings/oauth", oauth).await.expect(200);
        let body = json!({
            "type": "web", "name": "All", "redirect_uris": [REDIRECT], "skip_consent": true,
            "grant_types": ["authorization_code", "refresh_token", "client_credentials", DEVICE, EXCHANGE, BEARER],
            "allowed_scopes": ["openid", "email", "offline_access", "me:read"], "allowed_resources": [API],
            "jwks": { "keys": [key.public_jwk()] },
        });
        let app = App::create_at(root, body).await;
        let text = |text: &str| text.to_owned();
        let code = app.code(ada, &[("scope", "openid email offline_access"), ("resource", API)]).await;
        let tokens = app.tokens(ada, "openid email offline_access me:read").await;
        let device = let_in(&app, ada).await;
        let grants = vec![
            (
                "code",
                vec![
                    ("grant_type", text("authorization_code")),
                    ("code", code),
                    ("redirect_uri", text(REDIRECT)),
                    ("code_verifier", text(VERIFIER)),
                ],
            ),
            ("refresh", vec![("grant_type", text("refresh_token")), ("refresh_token", text(tokens.refresh()))]),
            ("device", vec![("grant_type", text(DEVICE)), ("device_code", device)]),
            (
                "exchange",
                vec![
                    ("grant_type", text(EXCHANGE)),
                    ("subject_token", tokens.access.clone()),
                    ("subject_token_type", text(ACCESS)),
                ],
            ),
            ("client", vec![("grant_type", text("client_credentials"))]),
            ("assertion", vec![("grant_type", text(BEARER)), ("assertion", String::new())]),
        ];
        Self { app, key, grants, of_nobody: ["client", "assertion"], access: tokens.access }
    }

    fn ask(&self, pairs: &[(&'static str, String)], more: &[(&str, &str)]) -> Call {
        let now = self.app.caller.server.now().as_seconds();
        let claims = json!({
            "iss": self.app.id, "sub": self.app.id, "aud": ISSUER, "jti": once(), "iat": now, "exp": now + 60,
        });
        // Good once, whatever comes of it.
        let assertion = self.key.sign("JWT", &claims).unwrap();
        let value = |(name, value): &(&'static str, String)| match *name {
            "assertion" => ("assertion", assertion.clone()),
            _ => (*name, value.clone()),
        };
        let pairs: Vec<(&str, String)> = pairs.iter().map(value).collect();
        let mut all: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        all.extend(more);
        self.app.token(&all)
    }

    /// Nothing comes of any of them, but of those for which `still` says so.
    async fn is_over(&self, why: &str, still: impl Fn(&str) -> bool) {
        for (grant, pairs) in &self.grants {
            let reply = self.ask(pairs, &[]).await;
            assert!(reply.status < 500, "{why}, {grant}: {reply}");
            assert_eq!(reply.status == 200, still(grant), "{why}, {grant}: {reply}");
            assert!(reply.status == 200 || reply.json.get("access_token").is_none(), "{why}, {grant}: {reply}");
        }
    }

    /// The token that was given before is dead at every door.
    async fn token_is_dead(&self, why: &str) {
        for path in ["/oauth2/userinfo", "/api/v1/me/profile"] {
            let reply = self.app.caller.clone().bearer(&self.access).get(path).await;
            assert!(matches!(reply.status, 401 | 403), "{why}: {reply}");
        }
    }
}

/// The code of a device that this person has let in.
async fn let_in(app: &App, ada: &Person) -> String {
    let begun = app.send("/oauth2/device_authorization", &[("scope", "openid email")]).await.expect(200);
    let text = |name: &str| begun.json[name].as_str().unwrap().to_owned();
    let mut browser = Browser::new(&ada.server);
    browser.open("/sign-in?return_to=/activate").await;
    prove(&mut browser, &ada.email).await;
    browser.submit("/activate", &[("user_code", &text("user_code"))]).await;
    browser.submit("/activate", &[("decision", "allow")]).await;
    text("device_code")
}

#[tokio::test]
async fn as_long_as_all_is_there_each_grant_brings_a_token() {
    let server = Server::start().await;
    let ada = server.user(ADA).await;
    let ready = Ready::at(&server.root(), &ada).await;
    ready.is_over("nothing happened", |_| true).await;
    server.anonymous().bearer(&ready.access).get("/oauth2/userinfo").await.expect(200);
}

#[tokio::test]
async fn a_client_that_is_disabled_or_deleted_gets_nothing_by_any_grant() {
    for deed in ["disable", "delete"] {
        let server = Server::start().await;
        let ada = server.user(ADA).await;
        let ready = Ready::at(&server.root(), &ada).await;
        let path = format!("/api/v1/applications/{}", ready.app.id);
        match deed {
            "disable" => drop(server.root().poke(format!("{path}/disable")).await.expect(200)),
            _ => assert!(server.root().delete(path).await.status < 300),
        }
        ready.is_over(deed, |_| false).await;
        ready.token_is_dead(deed).await;
    }
}

#[tokio::test]
async fn nothing_comes_of_a_grant_whose_person_is_disabled_or_erased() {
    for deed in ["disable", "delete"] {
        let server = Server::start().await;
        let ada = server.user(ADA).await;
        let ready = Ready::at(&server.root(), &ada).await;
        let path = format!("/v1/users/{}", ada.id);
        match deed {
            "disable" => drop(server.root().poke(format!("{path}/disable")).await.expect(200)),
            _ => drop(server.root().delete(path).await.expect(200)),
        }
        ready.is_over(deed, |grant| ready.of_nobody.contains(&grant)).await;
        ready.token_is_dead(deed).await;
    }
}

#[tokio::test]
async fn nothing_comes_of_any_grant_while_the_application_is_suspended() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    let there = other.api_key.clone();
    let ada = server.user_at(&server.anonymous().at_application(&other.id), ADA).await;
    let body = json!({ "type": "m2m", "name": "M", "allowed_scopes": ["users:read"] });
    let app = App::create_at(&there, body).await;
    let token = app.own_token().await;
    there.clone().bearer(&token).get("/api/v1/users").await.expect(200);
    let path = format!("/v1/dashboard/applications/{}", other.id);
    let account = server.account().await;
    account.patch(&path, json!({ "state": "suspended" })).await.expect(200);
    app.token(&[("grant_type", "client_credentials")]).await.refused(403, "tenant_suspended");
    app.send("/oauth2/introspect", &[("token", &token)]).await.refused(403, "tenant_suspended");
    there.clone().bearer(&token).get("/api/v1/users").await.refused(403, "tenant_suspended");
    ada.get("/oauth2/authorize").await.expect(403);
    account.patch(&path, json!({ "state": "active" })).await.expect(200);
    app.own_token().await;
}

#[tokio::test]
async fn no_grant_gives_a_scope_or_an_api_that_was_not_granted() {
    let server = Server::start().await;
    let ada = server.user(ADA).await;
    let ready = Ready::at(&server.root(), &ada).await;
    for (grant, pairs) in &ready.grants {
        for scope in ["users:write", "openid users:write", "phone", "nonsense", "OPENID"] {
            let reply = ready.ask(pairs, &[("scope", scope)]).await;
            // The device said at its beginning what it wants, and nothing here adds to it (RFC 8628, section 3.4).
            let is_narrow = reply.status == 200 && *grant == "device";
            assert!(!is_narrow, "{grant} {scope}: {reply}");
            assert_eq!((reply.status, reply.reason()), (400, "invalid_scope"), "{grant} {scope}: {reply}");
        }
        for resource in
            ["https://other.example", "https://api.example/", "https://API.example", "https://api.example#x"]
        {
            let reply = ready.ask(pairs, &[("resource", resource)]).await;
            assert_eq!((reply.status, reply.reason()), (400, "invalid_target"), "{grant} {resource}: {reply}");
        }
    }
    ready.is_over("nothing was used up by asking for too much", |_| true).await;
}

#[tokio::test]
async fn an_api_that_is_taken_away_gets_no_more_tokens() {
    let server = Server::start().await;
    let ada = server.user(ADA).await;
    let ready = Ready::at(&server.root(), &ada).await;
    let code = &ready.grants[0].1;
    let first = Tokens::of(&ready.ask(code, &[]).await.expect(200));
    let path = format!("/api/v1/applications/{}", ready.app.id);
    server.root().patch(path, json!({ "allowed_resources": [] })).await.expect(200);
    server.turn_clock(Duration::from_secs(5));
    ready.app.refresh(first.refresh()).await.refused(400, "invalid_target");
    ready.ask(&ready.grants[4].1, &[("resource", API)]).await.refused(400, "invalid_target");
}

#[tokio::test]
async fn a_code_and_a_refresh_token_are_of_one_application() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    let there = other.api_key.clone().with("host", &format!("{}.localhost:8080", other.slug));
    let (ours, theirs) = (App::web(&server).await, App::create_at(&there, App::web_body()).await);
    let ada = server.user(ADA).await;
    let tokens = ours.tokens(&ada, "openid offline_access").await;
    let code = ours.code(&ada, &[("scope", "openid")]).await;
    theirs.redeem(&code).await.refused(400, "invalid_grant");
    theirs.refresh(tokens.refresh()).await.refused(400, "invalid_grant");
    // Not even by our client, at their address.
    let astray = App { caller: theirs.caller.clone(), ..ours.clone() };
    astray.redeem(&code).await.refused(401, "invalid_client");
    let form = encoded(&[("token", &tokens.access)]);
    let call = theirs.caller.poke("/oauth2/userinfo").header("authorization", &format!("Bearer {}", tokens.access));
    call.header("content-type", "application/x-www-form-urlencoded").raw(form).await.expect(401);
    ours.redeem(&code).await.expect(200);
    ours.refresh(tokens.refresh()).await.expect(200);
}
