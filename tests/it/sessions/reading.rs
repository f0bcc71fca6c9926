use crate::kit::Server;

#[tokio::test]
async fn an_application_sees_all_sessions_and_a_person_their_own() {
    let server = Server::start().await;
    let (ada, eve) = (server.user("ada@example.com").await, server.user("eve@example.com").await);
    let elsewhere = server.sign_in_at(&server.anonymous(), "ada@example.com").await;
    let ids = async |path: &str, client: &crate::kit::Client| {
        let items = client.walk(path, 1).await;
        items.iter().map(|session| session["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let root = server.root();
    assert_eq!(ids("/v1/sessions", &root).await, [&elsewhere, &eve, &ada].map(|person| person.session_id.clone()));
    assert_eq!(ids(&format!("/v1/sessions?user_id={}", eve.id), &root).await, std::slice::from_ref(&eve.session_id));
    assert_eq!(ids("/v1/sessions", &ada).await, [elsewhere.session_id.clone(), ada.session_id.clone()]);
    assert_eq!(ids("/api/v1/me/sessions", &ada).await.len(), 2);
    ada.get(format!("/v1/sessions?user_id={}", eve.id)).await.refused(404, "not_found");
    ada.get(format!("/v1/sessions?user_id={}", ada.id)).await.expect(200);
}

#[tokio::test]
async fn a_session_tells_device_address_and_times() {
    let server = Server::start().await;
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    let client = server.anonymous().with("user-agent", firefox).from("2001:db8::7");
    let ada = server.user_at(&client, "ada@example.com").await;
    let session = server.root().get(format!("/v1/sessions/{}", ada.session_id)).await.expect(200);
    assert_eq!(session.text("/ip"), "2001:db8::7");
    assert_eq!((session.text("/device/browser").as_str(), session.text("/device/os").as_str()), ("Firefox", "Linux"));
    assert_eq!(session.data()["aal"], 1);
    assert_eq!(ada.get(format!("/v1/sessions/{}", ada.session_id)).await.expect(200).data(), session.data());
}

#[tokio::test]
async fn somebody_elses_session_and_a_missing_one_are_the_same_404() {
    let server = Server::start().await;
    let (ada, eve) = (server.user("ada@example.com").await, server.user("eve@example.com").await);
    let missing = "018f3c4a-7b2e-7c1d-8000-000000000000";
    for path in ["/v1/sessions", "/api/v1/me/sessions"] {
        let foreign = ada.delete(format!("{path}/{}", eve.session_id)).await.refused(404, "not_found");
        let absent = ada.delete(format!("{path}/{missing}")).await;
        assert_eq!(foreign.comparable(), absent.comparable());
    }
    ada.get(format!("/v1/sessions/{}", eve.session_id)).await.refused(404, "not_found");
    eve.get("/v1/auth/me").await.expect(200);
}
