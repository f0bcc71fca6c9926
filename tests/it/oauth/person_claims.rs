//! The standard claims about a person (OpenID Connect Core 1.0, section 5.1): where they come from, and who is told.

use serde_json::{Value, json};

use super::kit::{App, Tokens, verified};
use crate::kit::{Person, Server, claims_of};

const SCOPES: &str = "openid profile email phone address";

async fn start() -> (Server, App, Person) {
    let server = Server::start().await;
    let mut body = App::web_body();
    body["allowed_scopes"] = json!(["openid", "profile", "email", "phone", "address", "me:read", "me:write"]);
    let (app, ada) = (App::create(&server, body).await, server.user("ada@example.com").await);
    (server, app, ada)
}

/// What the application writes down of Ada.
fn stated() -> Value {
    json!({
        "middle_name": "King", "nickname": "Countess", "profile": "https://example.com/ada", "website": "https://ada.example/",
        "gender": "female", "birthdate": "1815-12-10", "zoneinfo": "Europe/London",
        "address": {
            "formatted": "12 St James's Square\nLondon", "street_address": "12 St James's Square", "locality": "London",
            "region": "England", "postal_code": "SW1Y 4JH", "country": "GB",
        },
    })
}

async fn write(server: &Server, ada: &Person, changes: Value) {
    server.root().patch(format!("/v1/users/{}", ada.id), changes).await.expect(200);
}

async fn told(server: &Server, app: &App, ada: &Person, pairs: &[(&str, &str)]) -> Value {
    let code = app.code(ada, pairs).await;
    let tokens = Tokens::of(&app.redeem(&code).await.expect(200));
    server.anonymous().bearer(&tokens.access).get("/oauth2/userinfo").await.expect(200).json
}

fn names(told: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = told.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn everything_that_is_known_is_told_by_its_scope() {
    let (server, app, ada) = start().await;
    write(&server, &ada, json!({
        "name": "Ada Lovelace", "given_name": "Ada", "family_name": "Lovelace", "username": "ada", "locale": "en-GB",
        "picture": "https://example.com/ada.png", "primary_phone": "+4915123456789", "phone_verified": true,
        "public_metadata": { "openid": stated(), "plan": "gold" },
    }))
    .await;
    let profile = [
        "birthdate",
        "family_name",
        "gender",
        "given_name",
        "locale",
        "middle_name",
        "name",
        "nickname",
        "picture",
        "preferred_username",
        "profile",
        "sub",
        "updated_at",
        "website",
        "zoneinfo",
    ];
    for (scope, expected) in [
        ("openid", &["sub"][..]),
        ("openid profile", &profile),
        ("openid address", &["address", "sub"]),
        ("openid phone", &["phone_number", "phone_number_verified", "sub"]),
        ("openid email", &["email", "email_verified", "sub"]),
    ] {
        let told = told(&server, &app, &ada, &[("scope", scope)]).await;
        assert_eq!(names(&told), expected, "{scope}");
    }
    let all = told(&server, &app, &ada, &[("scope", SCOPES)]).await;
    for (name, value) in stated().as_object().unwrap() {
        assert_eq!(&all[name], value, "{name}");
    }
    assert!(all["updated_at"].is_i64() && all.get("plan").is_none() && all.get("openid").is_none());
    let supported = server.anonymous().get("/.well-known/openid-configuration").await.expect(200).json;
    for name in names(&all) {
        assert!(
            supported["claims_supported"].as_array().unwrap().contains(&json!(name)),
            "{name} is told and not named"
        );
    }
    assert!(supported["scopes_supported"].as_array().unwrap().contains(&json!("address")));
}

#[tokio::test]
async fn single_ones_are_told_where_they_were_asked_for() {
    let (server, app, ada) = start().await;
    write(&server, &ada, json!({ "public_metadata": { "openid": stated() } })).await;
    let claims = json!({
        "userinfo": { "nickname": null, "address": { "essential": true }, "gender": { "value": "male" } },
        "id_token": { "birthdate": null, "zoneinfo": { "values": ["Europe/Paris", "Europe/London"] } },
    });
    let code = app.code(&ada, &[("scope", "openid"), ("claims", &claims.to_string())]).await;
    let tokens = Tokens::of(&app.redeem(&code).await.expect(200));
    let id = claims_of(tokens.id.as_ref().unwrap());
    assert_eq!((&id["birthdate"], &id["zoneinfo"]), (&json!("1815-12-10"), &json!("Europe/London")));
    assert!(id.get("nickname").is_none() && id.get("address").is_none(), "{id}");
    let told = server.anonymous().bearer(&tokens.access).get("/oauth2/userinfo").await.expect(200).json;
    assert_eq!(names(&told), ["address", "nickname", "sub"]);
}

#[tokio::test]
async fn a_client_gets_no_claim_whose_scope_it_may_not_have() {
    let server = Server::start().await;
    let (app, ada) = (App::web(&server).await, server.user("ada@example.com").await);
    write(&server, &ada, json!({ "public_metadata": { "openid": stated() } })).await;
    let claims = json!({ "userinfo": { "address": null }, "id_token": { "address": null } }).to_string();
    let code = app.code(&ada, &[("scope", "openid"), ("claims", &claims)]).await;
    let tokens = Tokens::of(&app.redeem(&code).await.expect(200));
    assert!(claims_of(tokens.id.as_ref().unwrap()).get("address").is_none());
    let told = server.anonymous().bearer(&tokens.access).get("/oauth2/userinfo").await.expect(200).json;
    assert_eq!(names(&told), ["sub"]);
}

#[tokio::test]
async fn what_people_write_of_themselves_is_no_claim() {
    let (server, app, ada) = start().await;
    write(&server, &ada, json!({ "primary_phone": "+4915123456789" })).await;
    let lies = json!({
        "openid": {
            "nickname": "Root", "birthdate": "1900-01-01", "email": "root@example.com", "email_verified": true,
            "phone_number_verified": true, "sub": "root", "iss": "https://evil.example",
        },
        "email_verified": true, "phone_number_verified": true,
    });
    ada.patch("/api/v1/me/profile", json!({ "attributes": lies })).await.expect(200);
    let known = told(&server, &app, &ada, &[("scope", SCOPES)]).await;
    assert_eq!((&known["email"], &known["phone_number_verified"]), (&json!("ada@example.com"), &json!(false)));
    assert!(known.get("nickname").is_none() && known.get("birthdate").is_none(), "{known}");
    // Nor can the application state what a proof alone makes true, or who somebody is.
    write(&server, &ada, json!({ "public_metadata": lies })).await;
    let known = told(&server, &app, &ada, &[("scope", SCOPES)]).await;
    assert_eq!((&known["email"], &known["phone_number_verified"]), (&json!("ada@example.com"), &json!(false)));
    assert_eq!((&known["nickname"], known.get("iss")), (&json!("Root"), None));
    assert!(known["sub"].as_str().unwrap().starts_with("usr_"));
    let metadata = json!({ "public_metadata": { "openid": { "nickname": "Root" } } });
    ada.patch("/api/v1/me/profile", metadata).await.expect(400);
}

#[tokio::test]
async fn what_has_not_the_form_of_its_claim_is_left_out() {
    let (server, app, ada) = start().await;
    let odd = json!({ "website": "javascript:alert(1)", "birthdate": "10.12.1815", "nickname": { "a": 1 }, "address": "London" });
    for odd in [json!({ "openid": odd }), json!({ "openid": "nobody" }), json!({ "openid": [odd] })] {
        write(&server, &ada, json!({ "public_metadata": odd })).await;
        let told = told(&server, &app, &ada, &[("scope", "openid profile address")]).await;
        assert_eq!(names(&told), ["sub", "updated_at"], "{odd}");
    }
}

#[tokio::test]
async fn a_signed_answer_says_the_same() {
    let (server, _, ada) = start().await;
    let mut body = App::web_body();
    body["allowed_scopes"] = json!(["openid", "address"]);
    body["userinfo_signed_response_alg"] = json!("ES256");
    let app = App::create(&server, body).await;
    write(&server, &ada, json!({ "public_metadata": { "openid": stated() } })).await;
    let tokens = app.tokens(&ada, "openid address").await;
    let reply = server.anonymous().bearer(&tokens.access).get("/oauth2/userinfo").await.expect(200);
    let told = verified(&server, &String::from_utf8_lossy(&reply.bytes), "JWT").await;
    assert_eq!(told["address"], stated()["address"]);
}
