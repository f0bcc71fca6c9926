//! The token endpoint: who gets tokens for what, and what they hold.

use std::time::Duration;

use serde_json::{Value, json};

use super::kit::{App, ISSUER, REDIRECT, Tokens, header_of, once, verified};
use crate::kit::Server;

#[tokio::test]
async fn a_machine_gets_a_jwt_that_anybody_can_verify() {
    let server = Server::start().await;
    let app = App::machine(&server).await;
    let reply = app.token(&[("grant_type", "client_credentials"), ("scope", "users:read")]).await.expect(200);
    assert_eq!((reply.header("cache-control"), reply.header("pragma")), ("no-store", "no-cache"));
    let tokens = Tokens::of(&reply);
    assert_eq!(tokens.json["token_type"], "Bearer");
    assert_eq!(tokens.json["expires_in"], 3_600);
    assert_eq!(tokens.json["scope"], "users:read");
    assert!(tokens.refresh.is_none() && tokens.id.is_none());
    let claims = verified(&server, &tokens.access, "at+jwt").await;
    assert_eq!(claims["iss"], ISSUER);
    assert_eq!((&claims["sub"], &claims["client_id"]), (&json!(app.id), &json!(app.id)));
    assert_eq!((&claims["aud"], &claims["scope"]), (&json!(ISSUER), &json!("users:read")));
    assert!(claims.get("auth_time").is_none() && claims.get("sid").is_none());
    assert_eq!(header_of(&tokens.access)["alg"], "EdDSA");
}

#[tokio::test]
async fn a_machines_token_opens_the_data_plane_as_far_as_its_scope() {
    let server = Server::start().await;
    let app = App::machine(&server).await;
    let caller = server.anonymous().bearer(&app.own_token().await);
    caller.get("/api/v1/users").await.expect(200);
    caller.post("/api/v1/users", json!({ "primary_email": "a@example.com" })).await.refused(403, "insufficient_scope");
    caller.get("/v1/users").await.expect(401);
}

#[tokio::test]
async fn a_disabled_client_gets_nothing_and_its_tokens_are_dead() {
    let server = Server::start().await;
    let app = App::machine(&server).await;
    let token = app.own_token().await;
    let asker = App::web(&server).await;
    assert_eq!(asker.introspect(&token).await["active"], true);
    server.root().poke(format!("/api/v1/applications/{}/disable", app.id)).await.expect(200);
    app.token(&[("grant_type", "client_credentials")]).await.refused(401, "invalid_client");
    assert_eq!(asker.introspect(&token).await, json!({ "active": false }));
    server.anonymous().bearer(&token).get("/api/v1/users").await.expect(401);
}

#[tokio::test]
async fn a_code_is_exchanged_for_tokens_of_the_person() {
    let server = Server::start().await;
    let (app, ada) = (App::web(&server).await, server.user("ada@example.com").await);
    let code = app.code(&ada, &[("scope", "openid email offline_access"), ("nonce", "n-1")]).await;
    let tokens = Tokens::of(&app.redeem(&code).await.expect(200));
    let claims = verified(&server, &tokens.access, "at+jwt").await;
    assert!(claims["sub"].as_str().unwrap().starts_with("usr_"));
    assert_eq!(claims["aud"], ISSUER);
    assert_eq!(claims["acr"], "urn:portcullis:aal:1");
    assert!(claims["auth_time"].is_i64() && claims["sid"].is_string());
    let id_token = tokens.id.clone().unwrap();
    assert_eq!(header_of(&id_token)["alg"], "RS256");
    let claims_of_id = verified(&server, &id_token, "JWT").await;
    assert_eq!((&claims_of_id["aud"], &claims_of_id["nonce"]), (&json!(app.id), &json!("n-1")));
    assert_eq!(claims_of_id["sub"], claims["sub"]);
    assert_eq!(claims_of_id["at_hash"], jose::token_hash(jose::Algorithm::Rs256, &tokens.access));
    assert!(claims_of_id.get("email").is_none(), "scopes speak of the userinfo endpoint");
}

#[tokio::test]
async fn each_binding_of_a_code_is_checked() {
    let server = Server::start().await;
    let (app, other) = (App::web(&server).await, App::web(&server).await);
    let ada = server.user("ada@example.com").await;
    let wrong = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cMAAA";
    let long = format!("{REDIRECT}/");
    for (what, pairs) in [
        ("another redirect URI", vec![("redirect_uri", long.as_str())]),
        ("no redirect URI", vec![("redirect_uri", "")]),
        ("another verifier", vec![("code_verifier", wrong)]),
        ("no verifier", vec![("code_verifier", "")]),
        ("another code", vec![("code", "pc_ac_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]),
        ("no code of ours", vec![("code", "code")]),
    ] {
        let code = app.code(&ada, &[("scope", "openid")]).await;
        let mut all = App::redemption(&code).to_vec();
        all.retain(|(name, _)| !pairs.iter().any(|(other, _)| other == name));
        all.extend(pairs);
        let reply = app.token(&all).await;
        assert_eq!((reply.status, reply.json["error"].as_str().unwrap()), (400, "invalid_grant"), "{what}: {reply}");
        app.redeem(&code).await.expect(200);
    }
    let code = app.code(&ada, &[("scope", "openid")]).await;
    other.redeem(&code).await.refused(400, "invalid_grant");
    app.redeem(&code).await.expect(200);
    let code = app.code(&ada, &[("scope", "openid")]).await;
    server.turn_clock(Duration::from_mins(1));
    app.redeem(&code).await.refused(400, "invalid_grant");
}

#[tokio::test]
async fn a_verifier_without_a_challenge_is_refused() {
    let server = Server::start().await;
    let mut body = App::web_body();
    body["require_pkce"] = json!(false);
    let (app, ada) = (App::create(&server, body).await, server.user("ada@example.com").await);
    let without = [("code_challenge", ""), ("code_challenge_method", ""), ("scope", "openid")];
    let code = app.code(&ada, &without).await;
    app.redeem(&code).await.refused(400, "invalid_grant");
    let pairs = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", REDIRECT)];
    app.token(&pairs).await.expect(200);
}

#[tokio::test]
async fn a_code_that_comes_twice_ends_what_the_first_brought() {
    let server = Server::start().await;
    let (app, ada) = (App::web(&server).await, server.user("ada@example.com").await);
    let code = app.code(&ada, &[("scope", "openid offline_access")]).await;
    let tokens = Tokens::of(&app.redeem(&code).await.expect(200));
    assert_eq!(app.introspect(&tokens.access).await["active"], true);
    app.redeem(&code).await.refused(400, "invalid_grant");
    assert_eq!(app.introspect(&tokens.access).await, json!({ "active": false }));
    app.refresh(tokens.refresh()).await.refused(400, "invalid_grant");
    server.anonymous().bearer(&tokens.access).get("/oauth2/userinfo").await.refused(401, "invalid_token");
}

#[tokio::test]
async fn who_knows_the_grant_alone_has_no_code_and_ends_nothing() {
    let server = Server::start().await;
    let (app, ada) = (App::web(&server).await, server.user("ada@example.com").await);
    let code = app.code(&ada, &[("scope", "openid offline_access")]).await;
    let names_the_grant = |of: &str| format!("{}{}", &of[..of.len() - 42], "A".repeat(42));
    let (forged, tokens) = (names_the_grant(&code), Tokens::of(&app.redeem(&code).await.expect(200)));
    for wrong in [forged.as_str(), &code[..code.len() - 1], &format!("{code}A"), &format!("{code}=")] {
        let refused = app.redeem(wrong).await.refused(400, "invalid_grant");
        assert_eq!(refused.json["error_description"], "the code is not known", "{wrong}");
        assert_eq!(app.introspect(&tokens.access).await["active"], true, "{wrong}");
    }
}

#[tokio::test]
async fn an_authorization_whose_code_nobody_redeemed_comes_to_nothing() {
    let server = Server::start().await;
    let (kept, left) = (App::web(&server).await, App::web(&server).await);
    let ada = server.user("ada@example.com").await;
    let code = kept.code(&ada, &[("scope", "openid offline_access")]).await;
    let tokens = Tokens::of(&kept.redeem(&code).await.expect(200));
    let late = left.code(&ada, &[("scope", "openid")]).await;
    let said = |app: App, code: String| async move {
        let refused = app.redeem(&code).await.refused(400, "invalid_grant");
        refused.json["error_description"].as_str().unwrap().to_owned()
    };
    server.turn_clock(Duration::from_mins(10));
    server.run_jobs().await;
    assert_eq!(said(left.clone(), late.clone()).await, "the code has expired");
    server.turn_clock(Duration::from_hours(2));
    server.run_jobs().await;
    assert_eq!(said(left, late).await, "the code has expired");
    // What was redeemed stays, and so does the knowledge that it was.
    let tokens = Tokens::of(&kept.refresh(tokens.refresh()).await.expect(200));
    assert_eq!(said(kept.clone(), code).await, "the code was used before");
    kept.refresh(tokens.refresh()).await.refused(400, "invalid_grant");
}

#[tokio::test]
async fn nothing_comes_of_a_code_once_somebody_behind_it_is_gone() {
    let server = Server::start().await;
    let app = App::web(&server).await;
    let root = server.root();
    for (index, what) in ["session", "user", "deleted"].into_iter().enumerate() {
        let ada = server.user(&format!("ada{index}@example.com")).await;
        let code = app.code(&ada, &[("scope", "openid")]).await;
        match what {
            "session" => drop(ada.poke("/v1/auth/sign-out").await.expect(200)),
            "user" => drop(root.poke(format!("/v1/users/{}/disable", ada.id)).await.expect(200)),
            _ => drop(root.delete(format!("/v1/users/{}", ada.id)).await.expect(200)),
        }
        app.redeem(&code).await.refused(400, "invalid_grant");
    }
}

#[tokio::test]
async fn tokens_are_for_no_more_than_was_granted() {
    let server = Server::start().await;
    let mut body = App::web_body();
    body["allowed_resources"] = json!(["https://a.example", "https://b.example"]);
    let (app, ada) = (App::create(&server, body).await, server.user("ada@example.com").await);
    let asked = [("scope", "openid email offline_access"), ("resource", "https://a.example")];
    let code = app.code(&ada, &asked).await;
    let with = |more: &[(&'static str, &'static str)]| {
        let mut all = App::redemption(&code).to_vec();
        all.extend_from_slice(more);
        app.token(&all)
    };
    with(&[("scope", "openid phone")]).await.refused(400, "invalid_scope");
    with(&[("resource", "https://b.example")]).await.refused(400, "invalid_target");
    let tokens = Tokens::of(&with(&[]).await.expect(200));
    assert_eq!(verified(&server, &tokens.access, "at+jwt").await["aud"], "https://a.example");
    // For another resource: neither this server's API nor its userinfo endpoint.
    server.anonymous().bearer(&tokens.access).get("/api/v1/me/profile").await.expect(401);
    server.anonymous().bearer(&tokens.access).get("/oauth2/userinfo").await.refused(401, "invalid_token");
}

#[tokio::test]
async fn the_endpoint_says_what_it_does_not_do() {
    let server = Server::start().await;
    let (web, machine) = (App::web(&server).await, App::machine(&server).await);
    web.token(&[("grant_type", "password")]).await.refused(400, "unsupported_grant_type");
    web.token(&[("grant_type", "client_credentials")]).await.refused(400, "unauthorized_client");
    web.token(&[("scope", "openid")]).await.refused(400, "invalid_request");
    machine
        .token(&[("grant_type", "client_credentials"), ("scope", "users:write")])
        .await
        .refused(400, "invalid_scope");
    machine
        .token(&[("grant_type", "client_credentials"), ("scope", "a"), ("scope", "b")])
        .await
        .refused(400, "invalid_request");
    let stranger = App { secret: Some("pc_cs_no".to_owned()), ..machine.clone() };
    let refused = stranger.token(&[("grant_type", "client_credentials")]).await.refused(401, "invalid_client");
    assert!(refused.header("www-authenticate").starts_with("Basic"));
    assert!(refused.json["error_description"].is_string());
}

#[tokio::test]
async fn an_opaque_token_is_a_handle_of_the_same() {
    let server = Server::start().await;
    let mut body = App::web_body();
    body["access_token_format"] = json!("opaque");
    let (app, ada) = (App::create(&server, body).await, server.user("ada@example.com").await);
    let tokens = app.tokens(&ada, "openid email").await;
    assert!(tokens.access.starts_with("pc_at_"));
    let said = app.introspect(&tokens.access).await;
    assert_eq!(
        (&said["active"], &said["scope"], &said["client_id"]),
        (&json!(true), &json!("openid email"), &json!(app.id))
    );
    let told = server.anonymous().bearer(&tokens.access).get("/oauth2/userinfo").await.expect(200);
    assert_eq!(told.json["email"], "ada@example.com");
    let names_the_row = format!("{}{}", &tokens.access[..tokens.access.len() - 42], "A".repeat(42));
    assert_eq!(app.introspect(&names_the_row).await, json!({ "active": false }));
    app.send("/oauth2/revoke", &[("token", &names_the_row)]).await.expect(200);
    assert_eq!(app.introspect(&tokens.access).await["active"], true);
    server.turn_clock(Duration::from_hours(1));
    assert_eq!(app.introspect(&tokens.access).await, json!({ "active": false }));
}

#[tokio::test]
async fn what_a_person_gives_is_theirs_and_nothing_of_the_application() {
    let server = Server::start().await;
    let mut body = App::web_body();
    body["allowed_scopes"] = json!(["openid", "me:read", "users:read"]);
    let (app, ada) = (App::create(&server, body).await, server.user("ada@example.com").await);
    let tokens = app.tokens(&ada, "openid me:read").await;
    let caller = server.anonymous().bearer(&tokens.access);
    let me = caller.get("/api/v1/me/profile").await.expect(200);
    assert_eq!(me.data()["id"], verified(&server, &tokens.access, "at+jwt").await["sub"]);
    caller.patch("/api/v1/me/profile", json!({ "name": "Eve" })).await.refused(403, "insufficient_scope");
    let sessions = caller.get("/api/v1/me/sessions").await.expect(200);
    let session = format!("/api/v1/me/sessions/{}", sessions.items()[0]["id"].as_str().unwrap());
    caller.delete(session).await.refused(403, "insufficient_scope");
    let tokens = app.tokens(&ada, "openid users:read").await;
    let caller = server.anonymous().bearer(&tokens.access);
    caller.get("/api/v1/users").await.refused(403, "insufficient_scope");

    // Whoever may do it themselves may have it done; and the client no longer than they may.
    let root = server.root();
    root.post("/v1/roles", json!({ "name": "help-desk", "permissions": ["users:read", "users:write"] }))
        .await
        .expect(201);
    let roles = format!("/v1/users/{}/roles", ada.id);
    root.put(&roles, json!({ "roles": ["help-desk"] })).await.expect(200);
    caller.get("/api/v1/users").await.expect(200);
    caller.post("/api/v1/users", json!({ "email": "eve@example.com" })).await.refused(403, "insufficient_scope");
    root.put(&roles, json!({ "roles": [] })).await.expect(200);
    caller.get("/api/v1/users").await.refused(403, "insufficient_scope");
}

#[tokio::test]
async fn a_persons_token_names_their_roles_and_groups() {
    let server = Server::start().await;
    let (root, ada) = (server.root(), server.user("ada@example.com").await);
    let app = App::create(&server, App::web_body()).await;
    root.post("/v1/roles", json!({ "name": "support" })).await.expect(201);
    root.put(format!("/v1/users/{}/roles", ada.id), json!({ "roles": ["support"] })).await.expect(200);
    let crew = root.post("/api/v1/groups", json!({ "slug": "crew" })).await.expect(201).id();
    root.post(format!("/api/v1/groups/{crew}/members"), json!({ "user_id": ada.id })).await.expect(204);
    let tokens = app.tokens(&ada, "openid").await;
    let claims = crate::kit::claims_of(&tokens.access);
    assert_eq!((&claims["roles"], &claims["groups"]), (&json!(["support"]), &json!(["crew"])));
    let eve = app.tokens(&server.user("eve@example.com").await, "openid").await;
    assert!(crate::kit::claims_of(&eve.access).get("roles").is_none());
}

#[tokio::test]
async fn a_client_speaks_for_itself_with_an_assertion_of_its_own_keys() {
    let server = Server::start().await;
    let key = jose::SigningKey::generate(jose::Algorithm::Es256).unwrap();
    let body = json!({
        "type": "m2m", "name": "Signer", "allowed_scopes": ["users:read"],
        "grant_types": ["urn:ietf:params:oauth:grant-type:jwt-bearer"], "jwks": { "keys": [key.public_jwk()] },
    });
    let app = App::create(&server, body).await;
    let assertion = |changes: &Value| {
        let mut claims = json!({
            "iss": app.id, "sub": app.id, "aud": ISSUER, "jti": once(),
            "iat": server.now().as_seconds(), "exp": server.now().as_seconds() + 60,
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        key.sign("JWT", &claims).unwrap()
    };
    let ask = |assertion: &str| {
        app.token(&[("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion)])
    };
    let good = assertion(&json!({}));
    ask(&good).await.expect(200);
    ask(&good).await.refused(400, "invalid_grant");
    let ada = server.user("ada@example.com").await;
    for changes in [
        json!({ "sub": ada.id }),
        json!({ "iss": "https://other.example" }),
        json!({ "aud": "https://other.example" }),
        json!({ "exp": server.now().as_seconds() - 60 }),
        json!({ "jti": null }),
    ] {
        ask(&assertion(&changes)).await.refused(400, "invalid_grant");
    }
}

#[tokio::test]
async fn a_public_client_redeems_with_its_verifier_alone() {
    let server = Server::start().await;
    let (app, ada) = (App::spa(&server).await, server.user("ada@example.com").await);
    let code = app.code(&ada, &[("scope", "openid")]).await;
    let pairs = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", REDIRECT)];
    app.token(&pairs).await.refused(400, "invalid_grant");
    app.redeem(&code).await.expect(200);
}
