use serde_json::{Value, json};

use super::stage::{Stage, authorize_path, location, parameters};

async fn configure(stage: &Stage, slug: &str, body: Value) {
    stage.server.root().put(format!("/v1/settings/providers/{slug}"), body).await.expect(200);
}

#[tokio::test]
async fn the_known_providers_are_asked_in_their_own_way() {
    let stage = Stage::open().await;
    for (slug, host, scope, has_pkce, has_nonce) in [
        ("google", "accounts.google.com", "openid profile email", true, true),
        ("github", "github.com", "read:user user:email", true, false),
        ("facebook", "www.facebook.com", "public_profile email", true, false),
        ("discord", "discord.com", "identify email", true, false),
        ("linkedin", "www.linkedin.com", "openid profile email", false, false),
        ("x", "x.com", "users.read tweet.read users.email", true, false),
        ("slack", "slack.com", "openid profile email", true, true),
    ] {
        configure(&stage, slug, json!({ "client_id": "c", "client_secret": "s" })).await;
        let path = authorize_path(&[]).replace("/acme/", &format!("/{slug}/"));
        let url = location(&stage.browser().get(&path).await.expect(303));
        let asked = parameters(&url);
        assert_eq!((url.scheme(), url.host_str()), ("https", Some(host)), "{url}");
        assert_eq!(asked["scope"], scope);
        assert_eq!(asked["redirect_uri"], format!("http://localhost:8080/v1/auth/social/{slug}/callback"));
        assert_eq!(
            (asked.contains_key("code_challenge"), asked.contains_key("nonce")),
            (has_pkce, has_nonce),
            "{slug}"
        );
    }
}

#[tokio::test]
async fn scopes_of_the_application_are_asked_for_besides() {
    let stage = Stage::open().await;
    stage.configure(json!({ "scopes": ["calendar", "openid"] })).await;
    let request = stage.browser().authorize().await;
    assert_eq!(parameters(&request)["scope"], "openid profile email calendar");
}

#[tokio::test]
async fn an_issuer_that_is_not_there_is_told_as_such() {
    let stage = Stage::open().await;
    stage.configure(json!({ "issuer": "http://127.0.0.1:9" })).await;
    stage.browser().get(&authorize_path(&[])).await.refused(503, "provider_unavailable");
}

#[tokio::test]
async fn social_sign_in_can_be_off_as_a_whole() {
    let stage = Stage::open().await;
    stage.server.root().put("/v1/settings/sign-in", json!({ "methods": ["password"] })).await.expect(200);
    stage.browser().get(&authorize_path(&[])).await.refused(404, "provider_not_found");
}

#[tokio::test]
async fn the_enterprise_question_has_one_answer_for_all() {
    let stage = Stage::open().await;
    stage.server.root().create_user("ada@example.com").await;
    let ask = |email: &str| stage.browser().client.post("/v1/auth/sso/discover", json!({ "email": email }));
    let known = ask("ada@example.com").await.expect(200);
    let unknown = ask("nobody@nowhere.example").await.expect(200);
    assert_eq!(known.comparable(), unknown.comparable());
    assert_eq!(known.data(), &json!({ "connection": null }));
    assert_eq!(ask("not an address").await.status, 422);
}
