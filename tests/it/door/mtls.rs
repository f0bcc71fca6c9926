//! The binary listens for clients with a certificate at an address of their own (RFC 8705).

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CertifiedKey, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use rustix::process::Signal;
use serde_json::{Value, json};

use super::{
    process::{Running, binary, bootstrap},
    tls::{FILES, Shown, exchange, made, put},
};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn pair() -> KeyPair {
    KeyPair::generate().unwrap()
}

fn issuer(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

/// A client's certificate, and with it what leads up from it.
fn signed(authority: &Authority, above: &[&Authority]) -> Shown {
    let mut params = CertificateParams::new(vec!["client.test".to_owned()]).unwrap();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let key = pair();
    let mut chain = vec![params.signed_by(&key, authority).unwrap().der().clone()];
    chain.extend(above.iter().map(|authority| authority.der().clone()));
    Shown { chain, key: key.serialize_der() }
}

/// A server with both addresses, and a key that may do everything.
struct Stage {
    server: Running,
    own: CertifiedKey<KeyPair>,
    api_key: String,
}

impl Stage {
    fn plain(&self) -> &str {
        self.server.url.trim_start_matches("http://")
    }

    fn mtls(&self) -> &str {
        self.server.mtls_address.as_deref().unwrap()
    }

    /// Status and body of the answer.
    async fn ask(
        &self,
        address: &str,
        shown: Option<Shown>,
        head: &str,
        kind: &str,
        credentials: Option<&str>,
        body: &str,
    ) -> (u16, Value) {
        let credentials = credentials.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
        let length = body.len();
        let request = format!(
            "{head} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{credentials}content-type: {kind}\r\n\
             content-length: {length}\r\n\r\n{body}"
        );
        let (_, answer) = exchange(address, &[&self.own], shown, &request).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or_default())
    }

    async fn administer(&self, head: &str, body: &Value) -> Value {
        let (status, answer) =
            self.ask(self.plain(), None, head, "application/json", Some(&self.api_key), &body.to_string()).await;
        assert!(status < 300, "{head}: {status} {answer}");
        answer
    }

    async fn token(&self, address: &str, client_id: &str, shown: Option<Shown>) -> (u16, Value) {
        let body = format!("grant_type=client_credentials&client_id={client_id}");
        let kind = "application/x-www-form-urlencoded";
        self.ask(address, shown, "POST /oauth2/token", kind, None, &body).await
    }
}

#[tokio::test]
async fn clients_with_a_certificate_have_an_address_of_their_own() {
    let Some(binary) = binary() else { return };
    let folder = tempfile::tempdir().unwrap();
    let own = made();
    put(folder.path(), &own);
    let mut arguments = vec!["--mtls-listen", "127.0.0.1:0"];
    arguments.extend(FILES);
    let server = Running::begin(&binary, folder.path(), &arguments);
    let api_key = bootstrap(folder.path())["api_key"].as_str().unwrap().to_owned();
    let stage = Stage { server, own, api_key };

    let root: Authority = CertifiedIssuer::self_signed(issuer("root"), pair()).unwrap();
    let between: Authority = CertifiedIssuer::signed_by(issuer("between"), pair(), &root).unwrap();
    let other: Authority = CertifiedIssuer::self_signed(issuer("root"), pair()).unwrap();
    stage.administer("PUT /v1/settings/oauth", &json!({ "client_certificate_authorities": [root.pem()] })).await;
    let body = json!({
        "type": "m2m", "name": "Machine", "allowed_scopes": ["users:read"], "token_endpoint_auth_method": "tls_client_auth",
        "tls_client_auth_san_dns": "client.test", "tls_client_certificate_bound_access_tokens": true,
    });
    let created = stage.administer("POST /api/v1/applications", &body).await;
    let client_id = created["data"]["client_id"].as_str().unwrap().to_owned();

    let document = stage.administer("GET /.well-known/openid-configuration", &json!({})).await;
    let port = stage.mtls().rsplit(':').next().unwrap();
    let alias = format!("https://localhost:{port}/oauth2/token");
    assert_eq!(document["mtls_endpoint_aliases"]["token_endpoint"], alias);
    assert_eq!(document["tls_client_certificate_bound_access_tokens"], true);

    for (what, address, shown, status) in [
        ("right", stage.mtls(), Some(signed(&between, &[&between])), 200),
        ("right, and without a step between", stage.mtls(), Some(signed(&root, &[])), 200),
        ("where nobody asks", stage.plain(), Some(signed(&root, &[])), 401),
        ("nothing shown", stage.mtls(), None, 401),
        ("a step is missing", stage.mtls(), Some(signed(&between, &[])), 401),
        ("another authority of that name", stage.mtls(), Some(signed(&other, &[&root])), 401),
    ] {
        let (seen, answer) = stage.token(address, &client_id, shown).await;
        assert_eq!(seen, status, "{what}: {answer}");
    }

    // The token is for who holds the certificate, on every connection that shows it.
    let shown = signed(&root, &[]);
    let again = Shown { chain: shown.chain.clone(), key: shown.key.clone() };
    let (_, issued) = stage.token(stage.mtls(), &client_id, Some(shown)).await;
    let token = issued["access_token"].as_str().unwrap();
    for (shown, status) in [(Some(again), 200), (Some(signed(&root, &[])), 401), (None, 401)] {
        let (seen, answer) = stage.ask(stage.mtls(), shown, "GET /api/v1/users", "", Some(token), "").await;
        assert_eq!(seen, status, "{answer}");
    }
    stage.server.signal(Signal::TERM);
    assert_eq!(stage.server.ended().await, Some(0));
}
