use serde_json::{Value, json};

use crate::kit::{PASSWORD, Server};

#[tokio::test]
async fn the_data_plane_shows_the_same_person_in_its_own_words() {
    let server = Server::start().await;
    let root = server.root();
    let body =
        json!({ "email": "ada@example.com", "name": "Ada", "password": PASSWORD, "attributes": { "team": "blue" } });
    let created = root.post("/api/v1/users", body).await.expect(201);
    assert_eq!(created.header("location"), format!("/api/v1/users/{}", created.id()));
    assert!(created.json.get("success").is_none(), "{created}");
    let here = root.get(format!("/v1/users/{}", created.id())).await.expect(200);
    assert_eq!(here.text("/primary_email"), "ada@example.com");
    assert_eq!(here.data()["unsafe_metadata"], json!({ "team": "blue" }));
    let patched = root
        .patch(format!("/api/v1/users/{}", created.id()), json!({ "name": null, "given_name": "Ada" }))
        .await
        .expect(200);
    assert_eq!((&patched.data()["name"], patched.text("/given_name").as_str()), (&Value::Null, "Ada"));
    server
        .anonymous()
        .post("/api/v1/auth/login", json!({ "email": "ada@example.com", "password": PASSWORD }))
        .await
        .expect(200);
}

#[tokio::test]
async fn its_errors_have_its_own_envelope() {
    let server = Server::start().await;
    let root = server.root();
    let reply = root.get("/api/v1/users/018f3c4a-7b2e-7c1d-8000-000000000000").await.expect(404);
    assert_eq!(reply.json["error"], "not_found");
    assert_eq!(reply.json["request_id"], reply.header("x-request-id"));
    assert!(reply.json["message"].is_string() && reply.json["details"].is_object(), "{reply}");
    let reply = root.post("/api/v1/users", json!({ "email": "nobody" })).await.expect(422);
    assert_eq!(reply.fields(), ["email invalid"]);
}

#[tokio::test]
async fn its_list_searches_pages_and_filters() {
    let server = Server::start().await;
    let root = server.root();
    for name in ["ada", "adam", "eve"] {
        root.create_user(&format!("{name}@example.com")).await;
    }
    assert_eq!(root.walk("/api/v1/users", 2).await.len(), 3);
    assert_eq!(root.walk("/api/v1/users?q=ada", 1).await.len(), 2);
    assert_eq!(root.get("/api/v1/users?state=disabled").await.items().len(), 0);
    root.get("/api/v1/users?email=ada@example.com").await.refused(400, "invalid_query");
}

#[tokio::test]
async fn a_password_that_must_be_reset_lets_nobody_in() {
    let server = Server::start().await;
    let root = server.root();
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "password_must_be_reset": true });
    root.post("/api/v1/users", body).await.expect(201);
    let login = json!({ "email": "ada@example.com", "password": PASSWORD });
    let anyone = server.anonymous();
    let refused = anyone.post("/api/v1/auth/login", login).await.refused(403, "password_must_be_reset");
    let reset = json!({ "flow_id": refused.json["details"]["flow_id"], "new_password": "another battery staple" });
    let done = anyone.post("/api/v1/auth/password/reset", reset).await.expect(200);
    assert_eq!(done.data()["state"], "success");
}

#[tokio::test]
async fn disabling_enabling_and_sessions_of_a_user_are_served() {
    let server = Server::start().await;
    let (root, ada) = (server.root(), server.user("ada@example.com").await);
    let path = format!("/api/v1/users/{}", ada.id);
    let sessions = root.get(format!("{path}/sessions")).await.expect(200);
    assert_eq!(sessions.items().len(), 1);
    root.delete(format!("{path}/sessions")).await.expect(204);
    ada.get("/v1/auth/me").await.refused(401, "session_revoked");
    assert_eq!(root.get(format!("{path}/sessions")).await.items().len(), 0);
    assert_eq!(root.poke(format!("{path}/disable")).await.expect(200).text("/state"), "disabled");
    assert_eq!(root.poke(format!("{path}/enable")).await.expect(200).text("/state"), "active");
}
