//! Clients that register themselves, and look after themselves.

use serde_json::{Value, json};

use super::client::{App, REDIRECT, basic, form, probe, unproven};
use crate::kit::{Client, Reply, Server};

async fn allow(server: &Server, mode: &str) {
    let scopes = json!([{ "name": "invoices:read", "description": "See your invoices" }]);
    server.root().put("/v1/settings/oauth", json!({ "registration": mode, "scopes": scopes })).await.expect(200);
}

fn request(mut over: Value) -> Value {
    let mut body = json!({ "redirect_uris": [REDIRECT], "client_name": "Shop" });
    for (name, value) in over.as_object_mut().unwrap() {
        body[name] = value.take();
    }
    body
}

async fn register(client: &Client, over: Value) -> Reply {
    client.post("/oauth2/register", request(over)).await
}

#[track_caller]
fn member(reply: &Reply, name: &str) -> String {
    reply.json[name].as_str().unwrap_or_else(|| panic!("no {name}: {reply}")).to_owned()
}

#[tokio::test]
async fn nobody_registers_a_client_unless_the_application_allows_it() {
    let server = Server::start().await;
    register(&server.anonymous(), json!({})).await.refused(400, "access_denied");
    register(&server.root(), json!({})).await.refused(400, "access_denied");
}

#[tokio::test]
async fn a_protected_registration_needs_a_token_that_administers_clients() {
    let server = Server::start().await;
    allow(&server, "protected").await;
    let refused = register(&server.anonymous(), json!({})).await.expect(401);
    assert!(refused.header("www-authenticate").starts_with("Bearer"), "{refused}");
    register(&server.anonymous().bearer("pc_sk_wrong"), json!({})).await.refused(401, "invalid_token");
    register(&server.anonymous().bearer("wrong"), json!({})).await.refused(401, "invalid_token");
    let body = json!({ "name": "reader", "scopes": ["applications:read"] });
    let reader = server.root().post("/v1/api-keys", body).await.expect(201);
    let reader = server.anonymous().bearer(&reader.text("/secret"));
    register(&reader, json!({})).await.refused(403, "insufficient_scope");
    register(&server.root(), json!({})).await.expect(201);
    // An access token of a client serves as well as a key.
    let over = json!({ "allowed_scopes": ["applications:write"] });
    let machine = App::create(&server.root(), "m2m", over).await;
    let grant = form(&server.anonymous(), "/oauth2/token", &[("grant_type", "client_credentials")]);
    let token = grant.header("authorization", &machine.basic()).await.expect(200);
    let token = member(&token, "access_token");
    register(&server.anonymous().bearer(&token), json!({})).await.expect(201);
    let other = server.other_tenant("Acme").await;
    let foreign = other.api_key.clone().at_application(server.application_id());
    register(&foreign, json!({})).await.refused(401, "invalid_token");
}

#[tokio::test]
async fn an_open_registration_makes_a_client_that_works_and_looks_after_itself() {
    let server = Server::start().await;
    allow(&server, "open").await;
    let anyone = server.anonymous();
    let made = register(&anyone, json!({ "scope": "openid email invoices:read users:write" })).await.expect(201);
    assert_eq!(made.header("cache-control"), "no-store");
    assert_eq!(made.json["client_secret_expires_at"], 0);
    assert_eq!(made.json["scope"], "openid email invoices:read");
    let (id, secret) = (member(&made, "client_id"), member(&made, "client_secret"));
    let token = member(&made, "registration_access_token");
    assert!(token.starts_with("pc_ra_"));
    let uri = member(&made, "registration_client_uri");
    let path = uri.split_once("/oauth2/").map(|(_, path)| format!("/oauth2/{path}")).unwrap();
    probe(&anyone, &[]).header("authorization", &basic(&id, &secret)).await.expect(200);

    let own = anyone.clone().bearer(&token);
    let read = own.get(&path).await.expect(200);
    assert_eq!((member(&read, "client_id"), member(&read, "registration_access_token")), (id.clone(), token));
    assert!(read.json.get("client_secret").is_none());
    let update = request(
        json!({ "client_id": id, "client_name": "Store", "client_secret": secret, "scope": "openid users:write" }),
    );
    let updated = own.put(&path, update).await.expect(200);
    assert_eq!((&updated.json["client_name"], &updated.json["scope"]), (&json!("Store"), &json!("openid")));
    probe(&anyone, &[]).header("authorization", &basic(&id, &secret)).await.expect(200);
    own.delete(&path).await.expect(204);
    own.get(&path).await.refused(401, "invalid_token");
    unproven(probe(&anyone, &[]).header("authorization", &basic(&id, &secret)).await);
}

#[tokio::test]
async fn a_registration_is_its_own_clients_alone() {
    let server = Server::start().await;
    allow(&server, "open").await;
    let anyone = server.anonymous();
    let (one, two) = (register(&anyone, json!({})).await, register(&anyone, json!({})).await);
    let path = format!("/oauth2/register/{}", member(&one, "client_id"));
    let theirs = anyone.clone().bearer(&member(&two, "registration_access_token"));
    let own = anyone.clone().bearer(&member(&one, "registration_access_token"));
    anyone.get(&path).await.expect(401);
    let named = request(json!({ "client_id": member(&one, "client_id") }));
    for stranger in [&theirs, &server.root()] {
        stranger.get(&path).await.refused(401, "invalid_token");
        stranger.put(&path, named.clone()).await.refused(401, "invalid_token");
        stranger.delete(&path).await.refused(401, "invalid_token");
    }
    // One that was made by hand has no such token.
    let managed = App::create(&server.root(), "web", json!({})).await;
    own.get(format!("/oauth2/register/{}", managed.id)).await.refused(401, "invalid_token");
    own.put(&path, request(json!({}))).await.refused(400, "invalid_request");
    own.put(&path, request(json!({ "client_id": member(&two, "client_id") }))).await.refused(400, "invalid_request");
    let wrong = request(json!({ "client_id": member(&one, "client_id"), "client_secret": "wrong" }));
    own.put(&path, wrong).await.refused(400, "invalid_request");
    // A client that was disabled does not help itself.
    server.root().poke(format!("/api/v1/applications/{}/disable", member(&one, "client_id"))).await.expect(200);
    own.put(&path, named).await.refused(401, "invalid_token");
}

#[tokio::test]
async fn what_is_the_applications_to_decide_is_not_the_clients_to_say() {
    let server = Server::start().await;
    allow(&server, "open").await;
    let made = register(
        &server.anonymous(),
        json!({
            "skip_consent": true, "require_pkce": false, "scope_mode": "permissive", "access_token_lifetime": 86_400,
            "allowed_scopes": ["users:write"], "access_token_format": "opaque", "profile": "standard", "state": "active",
            "origin": "managed", "created_by": "root", "type": "m2m", "client_id": "app_1", "client_secret": "mine",
        }),
    )
    .await
    .expect(201);
    assert_ne!(made.json["client_secret"], "mine");
    let path = format!("/api/v1/applications/{}", member(&made, "client_id"));
    let client = server.root().get(&path).await.expect(200);
    let client = client.data();
    for (name, value) in [
        ("skip_consent", json!(false)),
        ("require_pkce", json!(true)),
        ("scope_mode", json!("strict")),
        ("access_token_lifetime", Value::Null),
        ("access_token_format", json!("jwt")),
        ("type", json!("web")),
        ("origin", json!("registered")),
    ] {
        assert_eq!(client[name], value, "{name}");
    }
    assert!(!client["allowed_scopes"].as_array().unwrap().contains(&json!("users:write")));
    // What was decided since stays, whatever the client says of itself later.
    server.root().patch(&path, json!({ "skip_consent": true, "access_token_lifetime": 60 })).await.expect(200);
    let own = server.anonymous().bearer(&member(&made, "registration_access_token"));
    let id = member(&made, "client_id");
    let update = request(json!({ "client_id": id, "skip_consent": false, "access_token_lifetime": 9 }));
    own.put(format!("/oauth2/register/{id}"), update).await.expect(200);
    let client = server.root().get(&path).await;
    assert_eq!((&client.data()["skip_consent"], &client.data()["access_token_lifetime"]), (&json!(true), &json!(60)));
}

#[tokio::test]
async fn anybody_registers_for_grants_in_which_a_person_is_asked() {
    let server = Server::start().await;
    allow(&server, "open").await;
    let machine = json!({ "grant_types": ["client_credentials"], "redirect_uris": [] });
    register(&server.anonymous(), machine.clone()).await.refused(400, "invalid_client_metadata");
    let exchange = json!({ "grant_types": ["authorization_code", "urn:ietf:params:oauth:grant-type:token-exchange"] });
    register(&server.anonymous(), exchange.clone()).await.refused(400, "invalid_client_metadata");
    // Who holds a token may, and with what they hold themselves.
    let over =
        json!({ "grant_types": ["client_credentials"], "redirect_uris": [], "scope": "users:read nothing:known" });
    let made = register(&server.root(), over).await.expect(201);
    assert_eq!(made.json["scope"], "users:read");
    let plain = register(&server.root(), machine).await.expect(201);
    assert!(plain.json.get("scope").is_none());
    // Nor does a client come to it by itself later.
    let made = register(&server.anonymous(), json!({})).await.expect(201);
    let own = server.anonymous().bearer(&member(&made, "registration_access_token"));
    let id = member(&made, "client_id");
    let mut update = request(exchange);
    update["client_id"] = json!(id);
    own.put(format!("/oauth2/register/{id}"), update).await.refused(400, "invalid_client_metadata");
}

#[tokio::test]
async fn metadata_that_does_not_hold_together_is_refused_in_the_standards_words() {
    let server = Server::start().await;
    allow(&server, "open").await;
    for (over, reason) in [
        (json!({ "redirect_uris": [] }), "invalid_redirect_uri"),
        (json!({ "redirect_uris": ["https://app.example.com/cb#x"] }), "invalid_redirect_uri"),
        (json!({ "redirect_uris": ["javascript:alert(1)"] }), "invalid_redirect_uri"),
        (json!({ "redirect_uris": "https://app.example.com" }), "invalid_redirect_uri"),
        (json!({ "logo_uri": "javascript:alert(1)" }), "invalid_client_metadata"),
        (json!({ "policy_uri": "http://app.example.com" }), "invalid_client_metadata"),
        (json!({ "response_types": ["token"] }), "invalid_client_metadata"),
        (json!({ "token_endpoint_auth_method": "client_secret_jwt" }), "invalid_client_metadata"),
        (json!({ "token_endpoint_auth_method": "private_key_jwt" }), "invalid_client_metadata"),
        (json!({ "jwks_uri": "https://a.example/keys", "jwks": { "keys": [] } }), "invalid_client_metadata"),
        (json!({ "id_token_signed_response_alg": "none" }), "invalid_client_metadata"),
        (json!({ "client_name": "a\u{202e}b" }), "invalid_client_metadata"),
    ] {
        let refused = register(&server.anonymous(), over.clone()).await;
        assert_eq!((refused.status, refused.reason()), (400, reason), "{over}: {refused}");
    }
}

/// The addresses of `security.md` and many more, none of which may be registered by a page at https.
#[tokio::test]
async fn three_hundred_addresses_that_mislead_are_all_refused() {
    let server = Server::start().await;
    allow(&server, "open").await;
    let schemes = ["javascript", "JaVaScRiPt", "data", "vbscript", "file", "ftp", "HTTPS", "http", "ws", "about"];
    let hosts =
        ["app.example.com", "user@app.example.com", "*.example.com", "app.example.com\\evil", "127.0.0.1:x", ""];
    let tails = ["/cb#x", "/../cb", "/..;/cb", "/%2f..", "/%2e%2e/cb"];
    let mut addresses = Vec::new();
    for scheme in schemes {
        for host in hosts {
            for tail in tails {
                addresses.push(format!("{scheme}://{host}{tail}"));
            }
        }
    }
    assert_eq!(addresses.len(), 300);
    for (number, address) in addresses.iter().enumerate() {
        let somebody = server.anonymous().from(&format!("198.18.0.{}", number % 200));
        let over = json!({ "redirect_uris": [REDIRECT, address], "application_type": "web" });
        let refused = register(&somebody, over).await;
        assert_eq!((refused.status, refused.reason()), (400, "invalid_redirect_uri"), "{address}");
    }
    assert_eq!(server.root().get("/api/v1/applications").await.items().len(), 0);
}

#[tokio::test]
async fn a_client_that_begins_to_hold_a_secret_is_told_one() {
    let server = Server::start().await;
    allow(&server, "open").await;
    let made = register(&server.anonymous(), json!({ "token_endpoint_auth_method": "none" })).await.expect(201);
    assert!(made.json.get("client_secret").is_none());
    let id = member(&made, "client_id");
    let own = server.anonymous().bearer(&member(&made, "registration_access_token"));
    let update = request(json!({ "client_id": id, "token_endpoint_auth_method": "client_secret_basic" }));
    let updated = own.put(format!("/oauth2/register/{id}"), update).await.expect(200);
    let authorization = basic(&id, &member(&updated, "client_secret"));
    probe(&server.anonymous(), &[]).header("authorization", &authorization).await.expect(200);
}
