use serde_json::json;

use super::stage::{SLUG, Stage};
use crate::mfa::with_app;

#[tokio::test]
async fn an_administrator_links_by_word_and_the_person_signs_in_by_it() {
    let stage = Stage::open().await;
    let user = stage.server.root().create_user("grace@example.com").await.id();
    let path = format!("/v1/users/{user}/identities");
    let body = json!({
        "provider": SLUG, "subject": "upstream-1815",
        "profile": { "name": "Grace\u{202E}", "email": "grace@example.net", "picture": "javascript:alert(1)" },
    });
    let linked = stage.server.root().post(&path, body).await.expect(201);
    assert_eq!(linked.text("/identity/name"), "Grace");
    assert_eq!(linked.data()["identity"]["email_verified"], false);
    assert!(linked.data()["identity"]["picture"].is_null() && linked.data()["identity"]["last_used_at"].is_null());
    assert_eq!(stage.sign_in().await.expect(200).text("/user/id"), user);
    assert!(stage.identities(&user).await[0]["last_used_at"].is_string());
    for (body, status, reason) in [
        (json!({ "provider": SLUG }), 422, "subject_required"),
        (json!({ "provider": SLUG, "subject": "" }), 422, "subject_required"),
        (json!({ "provider": SLUG, "subject": "a b" }), 422, "subject_required"),
        (json!({ "provider": SLUG, "subject": "s".repeat(256) }), 422, "subject_required"),
        (json!({ "provider": "none", "subject": "1" }), 404, "provider_not_found"),
        (json!({ "provider": SLUG, "subject": "1", "user_id": user }), 400, "unknown_field"),
    ] {
        let reply = stage.server.root().post(&path, body.clone()).await;
        assert_eq!(reply.status, status, "{body}: {reply}");
        assert!(reply.reason() == reason || reason == "unknown_field", "{body}: {reply}");
    }
}

#[tokio::test]
async fn a_user_has_twenty_identities_at_most() {
    let stage = Stage::open().await;
    let user = stage.server.root().create_user("grace@example.com").await.id();
    let path = format!("/v1/users/{user}/identities");
    for number in 0..20 {
        let body = json!({ "provider": SLUG, "subject": format!("s{number}") });
        stage.server.root().post(&path, body).await.expect(201);
    }
    let body = json!({ "provider": SLUG, "subject": "one more" });
    stage.server.root().post(&path, body).await.refused(422, "subject_required");
    let body = json!({ "provider": SLUG, "subject": "one-more" });
    stage.server.root().post(&path, body).await.refused(409, "too_many_identities");
    assert_eq!(stage.server.root().walk(&path, 7).await.len(), 20);
}

#[tokio::test]
async fn one_user_shows_what_belongs_to_them() {
    let stage = Stage::open().await;
    let root = stage.server.root();
    let newcomer = root.create_user("grace@example.com").await;
    for list in ["identities", "factors", "roles", "groups"] {
        assert_eq!(root.get(format!("/v1/users/{}", newcomer.id())).await.expect(200).data()[list], json!([]));
    }

    let ada = with_app(&stage.server, &stage.server.anonymous(), "ada@example.com").await;
    let user = format!("/v1/users/{}", ada.person.id);
    let link = json!({ "provider": SLUG, "subject": "upstream-1815", "profile": { "email": "ada@example.net" } });
    let linked = root.post(format!("{user}/identities"), link).await.expect(201);
    root.post("/v1/roles", json!({ "name": "support", "permissions": ["tickets:read"] })).await.expect(201);
    root.put(format!("{user}/roles"), json!({ "roles": ["support"] })).await.expect(200);

    let shown = root.get(&user).await.expect(200);
    assert_eq!(shown.text("/primary_email"), "ada@example.com");
    assert_eq!(shown.data()["roles"], json!(["support"]));
    let identity = &shown.data()["identities"][0];
    assert_eq!(identity["id"], linked.data()["identity"]["id"]);
    assert_eq!((&identity["provider"], &identity["email"]), (&json!(SLUG), &json!("ada@example.net")));
    let factors = shown.data()["factors"].as_array().unwrap();
    assert_eq!(
        factors.iter().map(|factor| factor["kind"].as_str().unwrap()).collect::<Vec<_>>(),
        ["totp", "recovery_code"]
    );
    assert_eq!(factors[0]["id"], ada.factor_id.as_str());
    assert_eq!(factors[1]["remaining"], ada.recovery_codes.len());
    let text = shown.data().to_string();
    assert!(ada.recovery_codes.iter().all(|code| !text.contains(code)) && !text.contains("secret"), "{text}");
}

#[tokio::test]
async fn the_last_way_in_stays() {
    let stage = Stage::open().await;
    stage.upstream.say(json!({ "email": "ada@example.org" }));
    let signed_in = stage.sign_in().await.expect(200);
    let user = signed_in.text("/user/id");
    let me = stage.browser().client.bearer(&signed_in.text("/access_token"));
    let identity = stage.identities(&user).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/users/{user}/identities/{identity}");
    me.delete(&path).await.refused(409, "last_way_in");
    stage.server.root().delete(&path).await.refused(409, "last_way_in");
    me.delete(format!("/api/v1/me/identities/{identity}")).await.refused(409, "last_way_in");
    // Another account of the same kind is another way in; one at a provider that is gone is none.
    let other = json!({ "provider": SLUG, "subject": "another" });
    stage.server.root().post(format!("/v1/users/{user}/identities"), other).await.expect(201);
    me.delete(&path).await.expect(200);
    let rest = stage.identities(&user).await[0]["id"].as_str().unwrap().to_owned();
    me.delete(format!("/v1/users/{user}/identities/{rest}")).await.refused(409, "last_way_in");
    // With a password it may go.
    let password = json!({ "password": "an entirely different phrase" });
    stage.server.root().post(format!("/v1/users/{user}/password"), password).await.expect(200);
    let me = stage.server.root();
    me.delete(format!("/v1/users/{user}/identities/{rest}")).await.expect(200);
    me.delete(format!("/v1/users/{user}/identities/{rest}")).await.refused(404, "not_found");
}

#[tokio::test]
async fn of_two_that_unlink_at_once_one_way_in_is_left() {
    let stage = Stage::open().await;
    for round in 0..5 {
        stage.without_address(&format!("first-{round}"), json!(null));
        let user = stage.sign_in().await.expect(200).text("/user/id");
        let body = json!({ "provider": SLUG, "subject": format!("second-{round}") });
        stage.server.root().post(format!("/v1/users/{user}/identities"), body).await.expect(201);
        let root = stage.server.root();
        let paths: Vec<String> = stage
            .identities(&user)
            .await
            .iter()
            .map(|identity| format!("/v1/users/{user}/identities/{}", identity["id"].as_str().unwrap()))
            .collect();
        let (one, two) = tokio::join!(root.delete(&paths[0]).into_future(), root.delete(&paths[1]).into_future());
        assert_eq!([one.status, two.status].iter().filter(|status| **status == 200).count(), 1, "{one} {two}");
        assert_eq!(stage.identities(&user).await.len(), 1);
    }
}

#[tokio::test]
async fn people_see_their_own_and_nobody_elses() {
    let stage = Stage::open().await;
    let user = stage.sign_in().await.expect(200).text("/user/id");
    let eve = stage.server.user("eve@example.com").await;
    eve.get(format!("/v1/users/{user}/identities")).await.refused(404, "not_found");
    let identity = stage.identities(&user).await[0]["id"].as_str().unwrap().to_owned();
    eve.delete(format!("/v1/users/{user}/identities/{identity}")).await.refused(404, "not_found");
    eve.delete(format!("/v1/users/{}/identities/{identity}", eve.id)).await.refused(404, "not_found");
    eve.delete(format!("/api/v1/me/identities/{identity}")).await.refused(404, "not_found");
    // Not even an administrator takes it by way of another user.
    let root = stage.server.root();
    root.delete(format!("/v1/users/{}/identities/{identity}", eve.id)).await.refused(404, "not_found");
    assert_eq!(stage.identities(&user).await.len(), 1);
}

#[tokio::test]
async fn erasing_a_user_erases_their_identities() {
    let stage = Stage::open().await;
    let user = stage.sign_in().await.expect(200).text("/user/id");
    stage.server.root().delete(format!("/v1/users/{user}")).await.expect(200);
    let next = stage.sign_in().await.expect(200).text("/user/id");
    assert_ne!(next, user, "the account at the provider is free again");
}
