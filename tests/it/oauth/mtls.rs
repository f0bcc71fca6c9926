//! Certificates of an authority (RFC 8705, section 2.1), where they are shown (section 5), and what is said of both.

use base64::{Engine, engine::general_purpose::STANDARD};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, SanType,
    date_time_ymd,
};
use serde_json::{Value, json};

use super::{
    client::{App, form, key, probe, unproven},
    kit::Prover,
};
use crate::kit::{Call, Client, Options, Server};

const HEADER: &str = "client-cert";
const CHAIN: &str = "client-cert-chain";
const NAME: &str = "client.test";

pub(crate) type Authority = CertifiedIssuer<'static, KeyPair>;

fn pair() -> KeyPair {
    KeyPair::generate().unwrap()
}

fn issuer(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

pub(crate) fn authority() -> Authority {
    CertifiedIssuer::self_signed(issuer("authority"), pair()).unwrap()
}

/// A client's certificate with every kind of name.
pub(crate) fn client() -> CertificateParams {
    let mut params = CertificateParams::new(vec![NAME.to_owned(), "192.0.2.1".to_owned()]).unwrap();
    params.subject_alt_names.push(SanType::URI("https://client.test/a".try_into().unwrap()));
    params.subject_alt_names.push(SanType::Rfc822Name("ops@client.test".try_into().unwrap()));
    params.distinguished_name.push(DnType::CommonName, NAME);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params
}

fn signed(authority: &Authority, bend: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
    let mut params = client();
    bend(&mut params);
    params.signed_by(&pair(), authority).unwrap().der().to_vec()
}

fn item(der: &[u8]) -> String {
    format!(":{}:", STANDARD.encode(der))
}

/// A server behind a proxy, which believes these authorities.
struct Stage {
    server: Server,
    proxy: Client,
}

impl Stage {
    async fn open(authorities: &[&Authority]) -> Self {
        let options = Options {
            client_certificate_header: Some(HEADER),
            mtls_url: Some("https://mtls.localhost:8443"),
            trusted_proxies: &["127.0.0.0/8"],
            ..Options::default()
        };
        let server = Server::start_with(options).await;
        believe(&server, authorities).await;
        let proxy = server.anonymous().from("127.0.0.1").with("x-forwarded-for", "198.51.100.7");
        Self { server, proxy }
    }

    async fn app(&self, field: &str, value: &str) -> App {
        App::create(
            &self.server.root(),
            "web",
            json!({ "token_endpoint_auth_method": "tls_client_auth", field: value }),
        )
        .await
    }

    fn show(&self, app: &App, der: &[u8]) -> Call {
        probe(&self.proxy, &[("client_id", &app.id)]).header(HEADER, &item(der))
    }
}

async fn believe(server: &Server, authorities: &[&Authority]) {
    let texts: Vec<String> = authorities.iter().map(|authority| authority.pem()).collect();
    let set = server.root().put("/v1/settings/oauth", json!({ "client_certificate_authorities": texts })).await;
    assert_eq!(set.expect(200).data()["client_certificate_authorities"], json!(texts));
}

#[tokio::test]
async fn a_certificate_of_a_listed_authority_proves_the_client_whose_name_it_has() {
    let authority = authority();
    let stage = Stage::open(&[&authority]).await;
    let der = signed(&authority, |_| {});
    for (field, own, others) in [
        ("tls_client_auth_subject_dn", "CN=client.test", "CN=other.test"),
        ("tls_client_auth_san_dns", NAME, "other.test"),
        ("tls_client_auth_san_uri", "https://client.test/a", "https://client.test/b"),
        ("tls_client_auth_san_ip", "192.0.2.1", "192.0.2.2"),
        ("tls_client_auth_san_email", "ops@client.test", "ops@other.test"),
    ] {
        let (app, other) = (stage.app(field, own).await, stage.app(field, others).await);
        stage.show(&app, &der).await.expect(200);
        unproven(stage.show(&other, &der).await);
    }
}

#[tokio::test]
async fn a_certificate_that_is_wrong_in_one_thing_proves_nobody() {
    let (own, other) = (authority(), authority());
    let stage = Stage::open(&[&own]).await;
    let app = stage.app("tls_client_auth_san_dns", NAME).await;
    stage.show(&app, &signed(&own, |_| {})).await.expect(200);
    // Without a word on what it is for, it is for everything (RFC 5280, section 4.2.1.12).
    stage.show(&app, &signed(&own, |params| params.extended_key_usages.clear())).await.expect(200);
    let itself = client().self_signed(&pair()).unwrap().der().to_vec();
    for (what, der) in [
        ("another authority, of the same name", signed(&other, |_| {})),
        ("signed by itself, with the name", itself),
        ("expired", signed(&own, |params| params.not_after = date_time_ymd(2025, 1, 1))),
        ("not yet valid", signed(&own, |params| params.not_before = date_time_ymd(2040, 1, 1))),
        ("for servers", signed(&own, |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth])),
        ("an issuer", signed(&own, |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained))),
        ("the authority itself", own.der().to_vec()),
        ("no certificate", vec![0x30, 0]),
    ] {
        let refused = stage.show(&app, &der).await;
        assert_eq!(refused.status, 401, "{what}: {refused}");
        unproven(refused);
    }
    unproven(probe(&stage.proxy, &[("client_id", &app.id)]).await);
    // Whom nobody trusts to have seen it.
    let stranger = stage.server.anonymous().from("198.51.100.9");
    let sent = probe(&stranger, &[("client_id", &app.id)]).header(HEADER, &item(&signed(&own, |_| {})));
    unproven(sent.await);
}

#[tokio::test]
async fn an_authority_counts_as_long_as_it_is_listed() {
    let (own, other) = (authority(), authority());
    let stage = Stage::open(&[]).await;
    let app = stage.app("tls_client_auth_san_dns", NAME).await;
    let der = signed(&own, |_| {});
    unproven(stage.show(&app, &der).await);
    for (listed, status) in [(&[&other, &own][..], 200), (&[&other], 401), (&[&own], 200), (&[], 401)] {
        believe(&stage.server, listed).await;
        assert_eq!(stage.show(&app, &der).await.status, status);
    }
}

#[tokio::test]
async fn a_proxy_passes_on_what_stands_between() {
    let root = authority();
    let between: Authority = CertifiedIssuer::signed_by(issuer("between"), pair(), &root).unwrap();
    let stage = Stage::open(&[&root]).await;
    let app = stage.app("tls_client_auth_san_dns", NAME).await;
    let leaf = signed(&between, |_| {});
    unproven(stage.show(&app, &leaf).await);
    let pem = |der: &[u8]| format!("-----BEGIN CERTIFICATE----- {} -----END CERTIFICATE-----", STANDARD.encode(der));
    for (name, value) in [
        (CHAIN, item(between.der())),
        (CHAIN, format!("{}, {}", item(root.der()), item(between.der()))),
        (CHAIN, pem(between.der())),
        (HEADER, format!("{} {}", pem(&leaf), pem(between.der()))),
    ] {
        stage.show(&app, &leaf).header(name, &value).await.expect(200);
    }
    // One that may not issue leads nowhere, whoever sends it along.
    let client: Authority = CertifiedIssuer::signed_by(client(), pair(), &root).unwrap();
    let forged = signed(&client, |_| {});
    unproven(stage.show(&app, &forged).header(CHAIN, &item(client.der())).await);
}

#[tokio::test]
async fn tokens_of_such_a_client_are_bound_to_its_certificate() {
    let authority = authority();
    let stage = Stage::open(&[&authority]).await;
    let over = json!({
        "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_dns": NAME,
        "tls_client_certificate_bound_access_tokens": true, "allowed_scopes": ["users:read"],
    });
    let app = App::create(&stage.server.root(), "m2m", over).await;
    let (own, renewed) = (signed(&authority, |_| {}), signed(&authority, |_| {}));
    let fields = [("grant_type", "client_credentials"), ("client_id", &*app.id)];
    let issued = form(&stage.proxy, "/oauth2/token", &fields).header(HEADER, &item(&own)).await.expect(200);
    let bearer = format!("Bearer {}", issued.json["access_token"].as_str().unwrap());
    let read = || stage.proxy.get("/api/v1/users").header("authorization", &bearer);
    read().header(HEADER, &item(&own)).await.expect(200);
    for certificate in [None, Some(&renewed)] {
        let call = certificate.into_iter().fold(read(), |call, der| call.header(HEADER, &item(der)));
        call.await.refused(401, "invalid_token");
    }
}

#[tokio::test]
async fn what_is_no_authority_is_not_listed() {
    let server = Server::start().await;
    let own = client().self_signed(&pair()).unwrap().pem();
    let pem = authority().pem();
    let twice = format!("{pem}{}", authority().pem());
    let long = format!("{}{pem}", "#\n".repeat(9_000));
    for flawed in ["", "x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", &own, &twice, &long] {
        let body = json!({ "client_certificate_authorities": [pem, flawed] });
        let refused = server.root().put("/v1/settings/oauth", body).await.expect(422);
        assert!(refused.to_string().contains("client_certificate_authorities.1"), "{refused}");
    }
    let many: Vec<String> = (0..21).map(|_| authority().pem()).collect();
    for texts in [many, vec![pem.clone(), pem]] {
        let body = json!({ "client_certificate_authorities": texts });
        server.root().put("/v1/settings/oauth", body).await.expect(422);
    }
}

async fn discovery(server: &Server) -> Value {
    server.anonymous().get("/.well-known/oauth-authorization-server").await.expect(200).json
}

#[tokio::test]
async fn discovery_names_what_works_here() {
    const BOUND: &str = "tls_client_certificate_bound_access_tokens";
    let methods = |document: &Value| -> Vec<String> {
        let all = document["token_endpoint_auth_methods_supported"].as_array().unwrap();
        all.iter().filter_map(Value::as_str).filter(|method| method.contains("tls")).map(str::to_owned).collect()
    };
    let resource = async |server: &Server| {
        server.anonymous().get("/.well-known/oauth-protected-resource").await.expect(200).json[BOUND].clone()
    };
    let blind = Server::start().await;
    believe(&blind, &[&authority()]).await;
    let document = discovery(&blind).await;
    assert_eq!((methods(&document), &document[BOUND]), (vec![], &json!(false)));
    assert!(document.get("mtls_endpoint_aliases").is_none());
    // What is false is left out (RFC 9728, section 2).
    assert_eq!(resource(&blind).await, Value::Null);

    let stage = Stage::open(&[]).await;
    let document = discovery(&stage.server).await;
    assert_eq!((methods(&document), &document[BOUND]), (vec!["self_signed_tls_client_auth".to_owned()], &json!(true)));
    assert_eq!(resource(&stage.server).await, json!(true));
    believe(&stage.server, &[&authority()]).await;
    let document = discovery(&stage.server).await;
    assert_eq!(methods(&document), ["tls_client_auth", "self_signed_tls_client_auth"]);
    let aliases = document["mtls_endpoint_aliases"].as_object().unwrap();
    assert_eq!(aliases["token_endpoint"], "https://mtls.localhost:8443/oauth2/token");
    for name in ["revocation_endpoint", "introspection_endpoint", "pushed_authorization_request_endpoint"] {
        assert!(aliases.contains_key(name), "{name}");
    }
    assert!(!aliases.contains_key("authorization_endpoint"));
}

#[tokio::test]
async fn proofs_and_assertions_may_name_either_address() {
    let stage = Stage::open(&[]).await;
    let server = &stage.server;
    let own = key("one");
    let over = json!({
        "token_endpoint_auth_method": "private_key_jwt", "jwks": super::client::key_set(&[&own]),
        "dpop_bound_access_tokens": true, "allowed_scopes": ["users:read"],
    });
    let app = App::create(&server.root(), "m2m", over).await;
    let prover = Prover::new();
    for (number, (origin, status)) in
        [("http://localhost:8080", 200), ("https://mtls.localhost:8443", 200), ("https://other.localhost:8443", 401)]
            .into_iter()
            .enumerate()
    {
        let mut claims = super::client::claims(server, &app.id, &format!("{origin}/oauth2/token"), &number.to_string());
        claims["iat"] = json!(server.now().as_seconds());
        let assertion = own.sign("JWT", &claims).unwrap();
        let htu = json!({ "htu": format!("{origin}/oauth2/token") });
        let fields = [&[("grant_type", "client_credentials")], &super::client::assertion(&assertion)[..]].concat();
        let proof = prover.proof_with(server, "POST", "/oauth2/token", None, &htu);
        let reply = form(&server.anonymous(), "/oauth2/token", &fields).header("dpop", &proof).await;
        assert_eq!(reply.status, status, "{origin}: {reply}");
        if status != 200 {
            continue;
        }
        let token = reply.json["access_token"].as_str().unwrap();
        for (htu, status) in [(origin, 200), ("https://other.localhost", 401)] {
            let htu = json!({ "htu": format!("{htu}/api/v1/users") });
            let proof = prover.proof_with(server, "GET", "/api/v1/users", Some(token), &htu);
            let call = server.anonymous().get("/api/v1/users").header("authorization", &format!("DPoP {token}"));
            assert_eq!(call.header("dpop", &proof).await.status, status, "{htu}");
        }
    }
}

/// RFC 7523, section 3: "the token endpoint URL of the authorization server MAY be used as a value for the aud".
#[tokio::test]
async fn a_grant_assertion_may_name_either_address() {
    const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    let stage = Stage::open(&[]).await;
    let server = &stage.server;
    let own = key("one");
    let over =
        json!({ "grant_types": [GRANT], "jwks": super::client::key_set(&[&own]), "allowed_scopes": ["users:read"] });
    let app = App::create(&server.root(), "m2m", over).await;
    let origins =
        [("http://localhost:8080", 200), ("https://mtls.localhost:8443", 200), ("https://other.localhost:8443", 400)];
    for (number, (origin, status)) in origins.into_iter().enumerate() {
        let mut claims = super::client::claims(server, &app.id, &format!("{origin}/oauth2/token"), &number.to_string());
        claims["iat"] = json!(server.now().as_seconds());
        let assertion = own.sign("JWT", &claims).unwrap();
        let call = form(&server.anonymous(), "/oauth2/token", &[("grant_type", GRANT), ("assertion", &assertion)]);
        let reply = call.header("authorization", &app.basic()).await;
        assert_eq!(reply.status, status, "{origin}: {reply}");
    }
}
