use crate::kit::{Options, Server};

#[tokio::test]
async fn the_bare_host_is_the_first_application() {
    let server = Server::start().await;
    let client = server.anonymous().without("x-application-id");
    for host in ["localhost:8080", "localhost", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST"] {
        let config = client.clone().with("host", host).get("/v1/auth/config").await.expect(200);
        assert_eq!(config.text("/application_id"), server.application_id(), "{host}");
    }
}

#[tokio::test]
async fn the_header_names_an_application_in_either_spelling() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    let config = server.anonymous().at_application(&other.id).get("/v1/auth/config").await.expect(200);
    assert_eq!((config.text("/application_id"), config.text("/name")), (other.id, "Acme".to_owned()));
}

#[tokio::test]
async fn a_slug_before_the_base_host_names_an_application() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    let client = server.anonymous().without("x-application-id");
    let at = async |host: &str| client.clone().with("host", host).get("/v1/auth/config").await;
    let config = at(&format!("{}.localhost:8080", other.slug)).await.expect(200);
    assert_eq!(config.text("/application_id"), other.id);
    assert_eq!(
        at(&format!("{}.LOCALHOST", other.slug.to_uppercase())).await.expect(200).text("/application_id"),
        other.id
    );
}

#[tokio::test]
async fn host_and_header_must_not_disagree() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    let host = format!("{}.localhost:8080", other.slug);
    server.anonymous().with("host", &host).get("/v1/auth/config").await.refused(400, "tenant_mismatch");
    server.anonymous().with("host", &host).at_application(&other.id).get("/v1/auth/config").await.expect(200);
}

#[tokio::test]
async fn what_names_no_application_is_refused() {
    let server = Server::start().await;
    let client = server.anonymous();
    client
        .clone()
        .at_application("018f3c4a-7b2e-7c1d-8000-000000000000")
        .get("/v1/auth/config")
        .await
        .refused(404, "tenant_not_found");
    client.clone().at_application("acme").get("/v1/auth/config").await.refused(400, "invalid_application_id");
    client.clone().with("host", "nobody.localhost").get("/v1/auth/config").await.refused(421, "unknown_host");
    client.clone().with("host", "evil.example").get("/v1/auth/config").await.refused(421, "unknown_host");
    for host in ["a b", "localhost/", "evil.example#.localhost", "", "[::1"] {
        client.clone().with("host", host).get("/v1/auth/config").await.refused(400, "invalid_host");
    }
    client.get("/v1/auth/config").another_header("host", "evil.example").await.refused(400, "invalid_host");
    // The console is no application.
    client
        .clone()
        .at_application("00000000-0000-7000-8000-000000000001")
        .get("/v1/auth/config")
        .await
        .refused(404, "tenant_not_found");
    client.with("host", "console.localhost").without("x-application-id").get("/v1/auth/config").await.expect(421);
}

#[tokio::test]
async fn a_forwarded_host_counts_from_a_trusted_proxy_alone() {
    let server = Server::start_with(Options { trusted_proxies: &["10.0.0.0/8"], ..Options::default() }).await;
    let other = server.other_tenant("Acme").await;
    let host = format!("{}.localhost", other.slug);
    let client = server.anonymous().without("x-application-id").with("x-forwarded-host", &host);
    let by_proxy = client.clone().from("10.1.2.3").get("/v1/auth/config").await.expect(200);
    assert_eq!(by_proxy.text("/application_id"), other.id);
    let by_stranger = client.get("/v1/auth/config").await.expect(200);
    assert_eq!(by_stranger.text("/application_id"), server.application_id());
}
