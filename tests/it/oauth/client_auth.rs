//! How clients prove who they are: each way right, and wrong in each way.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use axum::{Json, Router, extract::State, routing::get};
use base64::{Engine, engine::general_purpose::STANDARD};
use jose::{Algorithm, SigningKey};
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::client::{
    ASSERTION_TYPE, App, REDIRECT, assertion, basic, claims, form, issuer, key, key_set, probe, unproven,
};
use crate::kit::{Options, Server};

#[tokio::test]
async fn a_secret_comes_in_the_way_that_was_registered() {
    let server = Server::start().await;
    let anyone = server.anonymous();
    let by_header = App::create(&server.root(), "web", json!({})).await;
    let over = json!({ "token_endpoint_auth_method": "client_secret_post" });
    let by_body = App::create(&server.root(), "web", over).await;
    let public = App::create(&server.root(), "spa", json!({})).await;
    let fields = |app: &App| [("client_id", app.id.clone()), ("client_secret", app.secret.clone().unwrap_or_default())];
    let posted = |app: &App| {
        let [id, secret] = fields(app);
        probe(&anyone, &[(id.0, &id.1), (secret.0, &secret.1)])
    };
    probe(&anyone, &[]).header("authorization", &by_header.basic()).await.expect(200);
    posted(&by_body).await.expect(200);
    probe(&anyone, &[("client_id", &public.id)]).await.expect(200);

    let refused = posted(&by_header).await;
    assert_eq!(refused.header("www-authenticate"), "", "{refused}");
    unproven(refused);
    unproven(probe(&anyone, &[("client_id", &by_header.id)]).await);
    let refused = probe(&anyone, &[]).header("authorization", &by_body.basic()).await;
    assert!(refused.header("www-authenticate").starts_with("Basic "), "{refused}");
    unproven(refused);
    // A public client that shows a secret is not who it says.
    unproven(probe(&anyone, &[("client_id", &public.id), ("client_secret", "x")]).await);
}

#[tokio::test]
async fn a_secret_that_is_wrong_anothers_or_from_nowhere_is_refused_alike() {
    let server = Server::start().await;
    let (one, two) =
        (App::create(&server.root(), "web", json!({})).await, App::create(&server.root(), "web", json!({})).await);
    let secret = two.secret.as_deref().unwrap();
    let mut answers = Vec::new();
    for (id, secret) in [
        (one.id.as_str(), secret),
        (&one.id, "wrong"),
        ("app_00000000000000000000000000", secret),
        ("nobody", secret),
        ("https://unknown.example/client", secret),
        (&"x".repeat(200), secret),
    ] {
        let refused = probe(&server.anonymous(), &[]).header("authorization", &basic(id, secret)).await;
        let refused = refused.refused(401, "invalid_client");
        answers.push(refused.json.clone());
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

#[tokio::test]
async fn a_client_proves_itself_in_one_way_at_a_time() {
    let server = Server::start().await;
    let client = App::create(&server.root(), "web", json!({})).await;
    let secret = client.secret.as_deref().unwrap();
    let twice = probe(&server.anonymous(), &[("client_id", &client.id), ("client_secret", secret)]);
    twice.header("authorization", &client.basic()).await.refused(400, "invalid_request");
    let other = probe(&server.anonymous(), &[("client_id", "app_00000000000000000000000000")]);
    other.header("authorization", &client.basic()).await.refused(400, "invalid_request");
    let repeated = probe(&server.anonymous(), &[("client_id", &client.id), ("client_id", &client.id)]);
    repeated.await.refused(400, "invalid_request");
    for header in ["Basic", "Basic !", "Basic Og==", "Bearer x", "Negotiate x"] {
        unproven(probe(&server.anonymous(), &[]).header("authorization", header).await);
    }
}

struct Signer {
    server: Server,
    issuer: String,
    app: App,
    key: SigningKey,
}

impl Signer {
    async fn open() -> Self {
        let server = Server::start().await;
        let key = key("one");
        let over = json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": key_set(&[&key]) });
        let app = App::create(&server.root(), "web", over).await;
        Self { issuer: issuer(&server).await, server, app, key }
    }

    /// An assertion with these claims over the honest ones; `null` takes one away.
    fn assert(&self, key: &SigningKey, jti: &str, over: &Value) -> String {
        let mut claims = claims(&self.server, &self.app.id, &self.issuer, jti);
        for (name, value) in over.as_object().unwrap() {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        key.sign("JWT", &claims).unwrap()
    }

    async fn try_with(&self, token: &str) -> u16 {
        probe(&self.server.anonymous(), &assertion(token)).await.status
    }
}

#[tokio::test]
async fn an_assertion_is_good_once() {
    let signer = Signer::open().await;
    let token = signer.assert(&signer.key, "1", &json!({}));
    probe(&signer.server.anonymous(), &assertion(&token)).await.expect(200);
    unproven(probe(&signer.server.anonymous(), &assertion(&token)).await);
    // Nor at another endpoint, nor with another `jti` forgotten.
    let fields = [&[("grant_type", "client_credentials")], &assertion(&token)[..]].concat();
    unproven(form(&signer.server.anonymous(), "/oauth2/token", &fields).await);
    assert_eq!(signer.try_with(&signer.assert(&signer.key, "2", &json!({}))).await, 200);
}

#[tokio::test]
async fn of_many_that_show_one_assertion_at_once_one_is_let_in() {
    let signer = Signer::open().await;
    let token = signer.assert(&signer.key, "1", &json!({}));
    let tries = (0..20).map(|_| signer.try_with(&token));
    let all = futures_util::future::join_all(tries).await;
    assert_eq!(all.iter().filter(|status| **status == 200).count(), 1, "{all:?}");
}

#[tokio::test]
async fn an_assertion_that_is_wrong_in_one_thing_is_refused() {
    let signer = Signer::open().await;
    let now = signer.server.now().as_seconds();
    let token_endpoint = format!("{}/oauth2/token", signer.issuer);
    for (number, (over, status)) in [
        (json!({}), 200),
        (json!({ "aud": [signer.issuer] }), 200),
        (json!({ "aud": token_endpoint }), 200),
        (json!({ "aud": "https://other.example" }), 401),
        (json!({ "aud": [signer.issuer, "https://other.example"] }), 401),
        (json!({ "aud": null }), 401),
        (json!({ "iss": "someone" }), 401),
        (json!({ "iss": null }), 401),
        (json!({ "sub": "someone" }), 401),
        (json!({ "jti": null }), 401),
        (json!({ "exp": now - 60 }), 401),
        (json!({ "exp": null }), 401),
        (json!({ "exp": now + 86_400 }), 401),
        (json!({ "nbf": now + 600 }), 401),
        (json!({ "iat": now + 600 }), 401),
    ]
    .into_iter()
    .enumerate()
    {
        let token = signer.assert(&signer.key, &number.to_string(), &over);
        assert_eq!(signer.try_with(&token).await, status, "{over}");
    }
}

#[tokio::test]
async fn the_key_and_the_algorithm_are_those_registered() {
    let signer = Signer::open().await;
    let claims = |jti| claims(&signer.server, &signer.app.id, &signer.issuer, jti);
    let foreign = SigningKey::generate(Algorithm::Es256).unwrap().with_kid("one");
    assert_eq!(signer.try_with(&foreign.sign("JWT", &claims("a")).unwrap()).await, 401);
    for typ in ["at+jwt", "logout+jwt", "dpop+jwt"] {
        assert_eq!(signer.try_with(&signer.key.sign(typ, &claims(typ)).unwrap()).await, 401, "{typ}");
    }
    // Without a signature, and with the public key for a shared one: the header does not decide.
    let honest = signer.key.sign("JWT", &claims("b")).unwrap();
    let payload = honest.split('.').nth(1).unwrap();
    for header in [json!({ "alg": "none" }), json!({ "alg": "HS256", "kid": "one" }), json!({ "alg": "None" })] {
        let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(header.to_string());
        assert_eq!(signer.try_with(&format!("{header}.{payload}.")).await, 401);
    }
    // One algorithm was registered, and no other counts.
    let path = format!("/api/v1/applications/{}", signer.app.id);
    signer.server.root().patch(&path, json!({ "token_endpoint_auth_signing_alg": "PS256" })).await.expect(200);
    assert_eq!(signer.try_with(&signer.key.sign("JWT", &claims("c")).unwrap()).await, 401);
}

#[tokio::test]
async fn an_assertion_is_no_way_in_for_a_client_of_another_way() {
    let signer = Signer::open().await;
    let over = json!({ "jwks": key_set(&[&signer.key]) });
    let by_secret = App::create(&signer.server.root(), "web", over).await;
    let token = signer.key.sign("JWT", &claims(&signer.server, &by_secret.id, &signer.issuer, "1")).unwrap();
    assert_eq!(signer.try_with(&token).await, 401);
    let secret = by_secret.secret.as_deref().unwrap();
    unproven(probe(&signer.server.anonymous(), &[]).header("authorization", &basic(&signer.app.id, secret)).await);
    unproven(probe(&signer.server.anonymous(), &[("client_id", &signer.app.id)]).await);
    let odd = [
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"),
        ("client_assertion", "x"),
    ];
    unproven(probe(&signer.server.anonymous(), &odd).await);
    probe(&signer.server.anonymous(), &[("client_assertion_type", ASSERTION_TYPE)])
        .await
        .refused(400, "invalid_request");
}

#[derive(Default)]
struct Published {
    keys: Mutex<Value>,
    asked: AtomicU32,
}

/// A page of keys on this machine.
#[expect(clippy::disallowed_methods, reason = "the page lives as long as the test's runtime")]
async fn publish(keys: Value) -> (Arc<Published>, SocketAddr) {
    let published = Arc::new(Published { keys: Mutex::new(keys), asked: AtomicU32::new(0) });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer = async |State(published): State<Arc<Published>>| {
        published.asked.fetch_add(1, Ordering::SeqCst);
        Json(published.keys.lock().clone())
    };
    let router = Router::new().route("/keys", get(answer)).with_state(published.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (published, address)
}

#[tokio::test]
async fn published_keys_are_fetched_kept_and_fetched_again_when_one_is_unknown() {
    let server = Server::start().await;
    let (one, two) = (key("one"), key("two"));
    let (page, address) = publish(key_set(&[&one])).await;
    let over = json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": format!("http://{address}/keys") });
    let app = App::create(&server.root(), "web", over).await;
    let issuer = issuer(&server).await;
    let attempt = async |key: &SigningKey, jti: &str| {
        let token = key.sign("JWT", &claims(&server, &app.id, &issuer, jti)).unwrap();
        probe(&server.anonymous(), &assertion(&token)).await.status
    };
    assert_eq!((attempt(&one, "1").await, attempt(&one, "2").await), (200, 200));
    assert_eq!(page.asked.load(Ordering::SeqCst), 1);
    // Made-up names make the server ask once a second, not once a request.
    for jti in ["3", "4", "5"] {
        assert_eq!(attempt(&key("made-up"), jti).await, 401);
    }
    assert_eq!(page.asked.load(Ordering::SeqCst), 1, "it was asked a moment ago");
    *page.keys.lock() = key_set(&[&two]);
    server.turn_clock(Duration::from_secs(2));
    assert_eq!((attempt(&two, "6").await, attempt(&one, "7").await), (200, 401));
    assert_eq!(page.asked.load(Ordering::SeqCst), 2);
    // What is published elsewhere counts from now on.
    let (other, address) = publish(key_set(&[&one])).await;
    let path = format!("/api/v1/applications/{}", app.id);
    server.root().patch(&path, json!({ "jwks_uri": format!("http://{address}/keys") })).await.expect(200);
    assert_eq!((attempt(&one, "8").await, attempt(&two, "9").await), (200, 401));
    assert_eq!(other.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_profile_that_became_stricter_holds_for_clients_that_were_there() {
    let server = Server::start().await;
    let client = App::create(&server.root(), "web", json!({})).await;
    let attempt = || probe(&server.anonymous(), &[]).header("authorization", &client.basic());
    attempt().await.expect(200);
    server.root().put("/v1/settings/oauth", json!({ "profile": "fapi2" })).await.expect(200);
    unproven(attempt().await);
    server.root().put("/v1/settings/oauth", json!({})).await.expect(200);
    attempt().await.expect(200);
}

#[tokio::test]
async fn a_certificate_proves_the_client_whose_key_it_holds() {
    let header = "client-cert";
    let server = Server::start_with(Options {
        client_certificate_header: Some(header),
        trusted_proxies: &["127.0.0.0/8"],
        ..Options::default()
    })
    .await;
    let keys: Value =
        serde_json::from_str(include_str!("../../../crates/protocols/oauth/testdata/client_keys.json")).unwrap();
    let der = include_bytes!("../../../crates/protocols/oauth/testdata/client_p256.der");
    let certificate = format!(":{}:", STANDARD.encode(der));
    let over = json!({ "token_endpoint_auth_method": "self_signed_tls_client_auth", "jwks": keys });
    let app = App::create(&server.root(), "web", over.clone()).await;
    // Past the beginning of the certificate's validity.
    let proxy = server.anonymous().from("127.0.0.1").with("x-forwarded-for", "198.51.100.7");
    let attempt = |id: &str| probe(&proxy, &[("client_id", id)]);
    let days = Duration::from_hours(24);
    server.turn_clock(days * 400);
    attempt(&app.id).header(header, &certificate).await.expect(200);
    unproven(attempt(&app.id).await);
    // Another's certificate, and one that some stranger wrote into the header.
    let mut only = keys.clone();
    only["keys"] = json!([keys["keys"][1]]);
    let other = App::create(
        &server.root(),
        "web",
        json!({ "token_endpoint_auth_method": "self_signed_tls_client_auth", "jwks": only }),
    )
    .await;
    unproven(attempt(&other.id).header(header, &certificate).await);
    let stranger = server.anonymous().from("198.51.100.9");
    unproven(probe(&stranger, &[("client_id", &app.id)]).header(header, &certificate).await);
    // A name in a certificate counts only where its authority does.
    let named = App::create(
        &server.root(),
        "web",
        json!({ "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_dns": "client.test" }),
    )
    .await;
    unproven(attempt(&named.id).header(header, &certificate).await);
    // A public client may bind its tokens to one that proves nothing else.
    let public = App::create(&server.root(), "native", json!({ "redirect_uris": [REDIRECT] })).await;
    attempt(&public.id).header(header, &certificate).await.expect(200);
}

#[tokio::test]
async fn an_address_is_no_client_unless_the_application_allows_it() {
    let server = Server::start().await;
    let attempt = || probe(&server.anonymous(), &[("client_id", "https://127.0.0.1/client.json")]);
    unproven(attempt().await);
    server.root().put("/v1/settings/oauth", json!({ "client_id_metadata_documents": true })).await.expect(200);
    unproven(attempt().await);
}
