use serde_json::{Value, json};

use super::stage::Stage;
use crate::kit::PASSWORD;

async fn user_by_email(stage: &Stage, email: &str) -> Value {
    let found = stage.server.root().get(format!("/v1/users?email={email}")).await.expect(200);
    found.items()[0].clone()
}

#[tokio::test]
async fn an_account_is_found_by_an_address_that_is_proven_and_trusted() {
    let stage = Stage::open().await;
    let body = json!({ "primary_email": "ada@example.com", "email_verified": true });
    let user = stage.server.root().post("/v1/users", body).await.expect(201).id();
    assert_eq!(stage.sign_in().await.expect(200).text("/user/id"), user);
    assert_eq!(stage.identities(&user).await.len(), 1);
}

#[tokio::test]
async fn an_address_that_is_not_proven_or_not_trusted_finds_no_account() {
    let stage = Stage::open().await;
    for email in ["ada@example.com", "ada@example.org"] {
        let body = json!({ "primary_email": email, "email_verified": true });
        stage.server.root().post("/v1/users", body).await.expect(201);
    }
    let lies = [
        json!({ "email_verified": false }),
        json!({ "email_verified": "true" }),
        json!({ "email_verified": 1 }),
        json!({ "email_verified": null }),
        json!({ "email": "ada@example.org" }),
        json!({ "email": "ADA@EXAMPLE.COM", "email_verified": [true] }),
    ];
    for claims in lies {
        stage.upstream.say(claims.clone());
        assert_eq!(stage.arrive().await["error"], "account_link_required", "{claims}");
    }
    stage.upstream.say(json!({}));
    stage.configure(json!({ "trusts_email": false, "trusted_domains": [] })).await;
    assert_eq!(stage.arrive().await["error"], "account_link_required");
    let user = user_by_email(&stage, "ada@example.com").await;
    assert!(stage.identities(user["id"].as_str().unwrap()).await.is_empty());
}

#[tokio::test]
async fn a_squatter_loses_what_they_planted_once_the_mailbox_is_proven() {
    let stage = Stage::open().await;
    // Somebody signs up with an address that is not theirs, and stays signed in.
    let squatter = stage.server.user("ada@example.com").await;
    let session = squatter.get("/v1/auth/me").await.expect(200);
    assert_eq!(session.data()["user"]["email_verified"], false, "{session}");
    // They also link an account of their own at another provider.
    let github = json!({ "client_id": "c", "client_secret": "s" });
    stage.server.root().put("/v1/settings/providers/github", github).await.expect(200);
    let planted = json!({ "provider": "github", "subject": "666" });
    stage.server.root().post(format!("/v1/users/{}/identities", squatter.id), planted).await.expect(201);

    let owner = stage.sign_in().await.expect(200);
    assert_eq!(owner.text("/user/id"), squatter.id);
    assert_eq!(owner.data()["user"]["email_verified"], true, "{owner}");
    squatter.get("/v1/auth/me").await.refused(401, "session_revoked");
    stage.browser().client.sign_in("ada@example.com", PASSWORD).await.refused(401, "invalid_credentials");
    let identities = stage.identities(&squatter.id).await;
    assert_eq!(identities.len(), 1, "{identities:?}");
    assert_eq!(identities[0]["provider"], "acme");
}

#[tokio::test]
async fn an_untrusted_address_is_written_down_unproven() {
    let stage = Stage::open().await;
    stage.upstream.say(json!({ "email": "ada@example.org" }));
    let user = stage.sign_in().await.expect(200).data()["user"].clone();
    assert_eq!((&user["primary_email"], &user["email_verified"]), (&json!("ada@example.org"), &json!(false)));
}

#[tokio::test]
async fn addresses_are_one_in_all_their_spellings() {
    let stage = Stage::open().await;
    let body = json!({ "primary_email": "ada@example.com", "email_verified": true });
    let user = stage.server.root().post("/v1/users", body).await.expect(201).id();
    stage.upstream.say(json!({ "email": " Ada@EXAMPLE.com " }));
    assert_eq!(stage.sign_in().await.expect(200).text("/user/id"), user);
}

#[tokio::test]
async fn somebody_without_an_address_is_somebody_too() {
    let stage = Stage::open().await;
    for (subject, email) in [("one", json!(null)), ("two", json!(["ada@example.com"])), ("three", json!("a@b, c@d"))] {
        stage.without_address(subject, email);
        let user = stage.sign_in().await.expect(200);
        assert_eq!(user.data()["user"]["primary_email"], Value::Null, "{user}");
        let me = stage.browser().client.bearer(&user.text("/access_token"));
        me.get("/v1/auth/me").await.expect(200);
        let path = format!("/v1/users/{}", user.text("/user/id"));
        stage.server.root().patch(path, json!({ "given_name": "Ada" })).await.expect(200);
    }
    assert_eq!(stage.count_users().await, 3);
}

#[tokio::test]
async fn sign_up_rules_hold_at_this_door() {
    let stage = Stage::open().await;
    let close = |body: Value| stage.server.root().patch("/v1/settings", body);
    for sign_up in [
        json!({ "mode": "invite_only" }),
        json!({ "mode": "waitlist" }),
        json!({ "mode": "restricted", "allowed_domains": ["other.example"] }),
        json!({ "mode": "open", "blocked_domains": ["example.com"] }),
    ] {
        close(json!({ "sign_up": sign_up })).await.expect(200);
        assert_eq!(stage.arrive().await["error"], "sign_up_closed", "{sign_up}");
    }
    assert_eq!(stage.count_users().await, 0);
    // Who has an account comes in all the same.
    let body = json!({ "primary_email": "ada@example.com", "email_verified": true });
    stage.server.root().post("/v1/users", body).await.expect(201);
    stage.sign_in().await.expect(200);
}

#[tokio::test]
async fn what_happened_is_in_the_trail() {
    let stage = Stage::open().await;
    let user = stage.sign_in().await.expect(200).text("/user/id");
    stage.upstream.say(json!({ "iss": "https://evil.example" }));
    stage.arrive().await;
    stage.server.run_jobs().await;
    let events = stage.server.root().get("/v1/audit/events?limit=200").await.expect(200).json.to_string();
    for name in ["user.signed_up", "identity.linked", "identity.presented", "user.signed_in", "identity.refused"] {
        assert!(events.contains(&format!("\"{name}\"")), "{name}");
    }
    assert!(events.contains(&user));
}
