use serde_json::json;

use crate::kit::{PASSWORD, Server};

const PATH: &str = "/v1/settings/sessions";

#[tokio::test]
async fn a_patch_of_the_whole_and_a_put_of_the_part_are_one_setting() {
    let server = Server::start().await;
    let root = server.root();
    root.put(PATH, json!({ "idle_seconds": 3600, "cookies": { "same_site": "strict" } })).await.expect(200);
    let general = root.patch("/v1/settings", json!({ "sessions": { "max_per_user": 2 } })).await.expect(200);
    assert_eq!(general.data()["sessions"]["idle_seconds"], 3600);
    let sessions = root.get(PATH).await.expect(200);
    assert_eq!(sessions.data()["max_per_user"], 2);
    assert_eq!(sessions.data()["cookies"]["same_site"], "strict");
}

#[tokio::test]
async fn lifetimes_fit_into_each_other() {
    let server = Server::start().await;
    for (body, field) in [
        (json!({ "access_token_seconds": 1 }), "access_token_seconds out_of_range"),
        (json!({ "idle_seconds": 7200, "lifetime_seconds": 3600 }), "idle_seconds too_long"),
        (json!({ "max_per_user": 0 }), "max_per_user out_of_range"),
        (json!({ "cookies": { "same_site": "sometimes" } }), "cookies.same_site invalid"),
    ] {
        assert_eq!(server.root().put(PATH, body.clone()).await.expect(422).fields(), [field], "{body}");
    }
}

#[tokio::test]
async fn browsers_send_the_cookies_along_as_the_setting_says() {
    let server = Server::start().await;
    server.user("ada@example.com").await;
    // Without https there is no `None`: browsers would drop the cookie.
    for (same_site, attribute) in [("strict", "SameSite=Strict"), ("lax", "SameSite=Lax"), ("none", "SameSite=Lax")] {
        server.root().put(PATH, json!({ "cookies": { "same_site": same_site } })).await.expect(200);
        let body = json!({ "email": "ada@example.com", "password": PASSWORD, "transport": "cookie" });
        let reply = server.anonymous().post("/v1/auth/sign-in", body).await.expect(200);
        let cookies = reply.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
        // The browser's state is for frames within other sites, whatever is set here.
        let of_tokens = cookies.filter(|cookie| !cookie.starts_with("pc_bs_"));
        let at_site = of_tokens.filter(|cookie| cookie.contains(attribute)).count();
        assert_eq!(at_site, 3, "{reply}");
    }
}
