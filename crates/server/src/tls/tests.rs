//! Handshakes with clients of all kinds, and files that are replaced.

use std::{fs, net::SocketAddr};

use axum::{Router, extract::Extension, routing::get};
use edge::Sender;
use rcgen::{CertifiedKey as Made, KeyPair};
use rustls::{
    ClientConfig, RootCertStore, SignatureScheme, SupportedProtocolVersion,
    client::ResolvesClientCert,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client};
use x509_cert::{
    Certificate, Version,
    der::{Decode, Encode},
};

use super::{certificate::Look, *};
use crate::http::{Bounds, Listener, bind, serve};

fn made() -> Made<KeyPair> {
    rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap()
}

/// The two files in a folder of their own.
struct Files(TempDir);

impl Files {
    fn of(made: &Made<KeyPair>) -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        files.put(&made.cert.pem(), &made.signing_key.serialize_pem());
        files
    }

    fn put(&self, certificate: &str, key: &str) {
        fs::write(self.paths().certificate, certificate).unwrap();
        fs::write(self.paths().key, key).unwrap();
    }

    fn paths(&self) -> TlsFiles {
        TlsFiles { certificate: self.0.path().join("tls.pem"), key: self.0.path().join("tls.key") }
    }

    fn refusal(&self) -> String {
        open(self.paths()).err().unwrap().to_string()
    }
}

#[test]
fn files_that_make_no_certificate_are_told_in_one_line() {
    let (one, other) = (made(), made());
    let files = Files::of(&one);
    files.put(&one.cert.pem(), &other.signing_key.serialize_pem());
    assert!(files.refusal().starts_with("tls_certificate and tls_key do not fit"), "{}", files.refusal());
    files.put("", &one.signing_key.serialize_pem());
    assert!(files.refusal().starts_with("tls_certificate: "), "{}", files.refusal());
    files.put("-----BEGIN CERTIFICATE-----\n?", &one.signing_key.serialize_pem());
    assert!(files.refusal().ends_with("tls.pem holds no certificate in PEM"), "{}", files.refusal());
    files.put(&one.cert.pem(), &one.cert.pem());
    assert!(files.refusal().contains("tls.key holds no private key in PEM"), "{}", files.refusal());
    fs::remove_file(files.paths().key).unwrap();
    assert!(files.refusal().contains("tls.key can't be read"), "{}", files.refusal());
}

#[test]
fn a_change_is_taken_once_and_a_bad_one_is_told_once() {
    let (old, new) = (made(), made());
    let files = Files::of(&old);
    let mut refresher = open(files.paths()).unwrap();
    let served = refresher.current();
    let is_served = |made: &Made<KeyPair>| served.certified().end_entity_cert().unwrap() == made.cert.der();
    assert!(matches!(refresher.look(), Look::Unchanged));

    // Whoever replaces two files replaces one of them first.
    fs::write(files.paths().certificate, new.cert.pem()).unwrap();
    assert!(matches!(refresher.look(), Look::Refused(_)));
    assert!(matches!(refresher.look(), Look::Unchanged) && is_served(&old));
    fs::write(files.paths().key, new.signing_key.serialize_pem()).unwrap();
    assert!(matches!(refresher.look(), Look::Replaced) && is_served(&new));

    fs::remove_file(files.paths().key).unwrap();
    assert!(matches!(refresher.look(), Look::Refused(_)));
    assert!(matches!(refresher.look(), Look::Unchanged) && is_served(&new));
    files.put(&old.cert.pem(), &old.signing_key.serialize_pem());
    assert!(matches!(refresher.look(), Look::Replaced) && is_served(&old));
}

#[test]
fn tls_1_2_has_the_suites_of_fapi_alone() {
    let suites = provider().cipher_suites;
    let older = suites.iter().filter(|suite| suite.tls13().is_none()).map(|suite| suite.suite().as_str().unwrap());
    assert!(older.clone().all(|suite| suite.starts_with("TLS_ECDHE_") && suite.contains("_GCM_")));
    assert_eq!((older.count(), suites.len()), (4, 7));
}

/// A server over TLS that answers with the certificate it was shown.
struct Running {
    address: SocketAddr,
    own: Made<KeyPair>,
    stop: oneshot::Sender<()>,
    served: JoinHandle<bool>,
    _files: Files,
}

#[expect(clippy::disallowed_methods, reason = "the server of the test runs beside it")]
fn start(clients: ClientCertificates) -> Running {
    let own = made();
    let files = Files::of(&own);
    let tls = Tls::new(&open(files.paths()).unwrap(), clients).unwrap();
    let shown = get(|Extension(sender): Extension<Sender>| async move {
        let Some(certificate) = sender.certificate else { return "none".to_owned() };
        [certificate.der()].into_iter().chain(certificate.above()).map(hex).collect::<Vec<_>>().join(" ")
    });
    let socket = bind(([127, 0, 0, 1], 0).into()).unwrap();
    let address = socket.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let bounds = Bounds { connections: 64, grace: Duration::from_secs(30) };
    let listener = Listener { socket, tls: Some(tls) };
    let served = tokio::spawn(serve(listener, Router::new().route("/", shown), bounds, async move {
        stopped.await.unwrap_or_default();
    }));
    Running { address, own, stop, served, _files: files }
}

fn hex(bytes: &[u8]) -> String {
    format!("{bytes:02x?}")
}

/// Sends what it was given, whether it fits or not.
#[derive(Debug)]
struct Sent(Option<Arc<CertifiedKey>>);

impl ResolvesClientCert for Sent {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.clone()
    }

    fn has_certs(&self) -> bool {
        self.0.is_some()
    }
}

fn sent(certificate: CertificateDer<'static>, key: &KeyPair) -> Sent {
    sent_with(vec![certificate], key)
}

fn sent_with(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> Sent {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let key = aws_lc_rs::default_provider().key_provider.load_private_key(key).unwrap();
    Sent(Some(Arc::new(CertifiedKey::new(chain, key))))
}

impl Running {
    async fn connect(
        &self,
        version: &'static SupportedProtocolVersion,
        sent: Sent,
    ) -> io::Result<client::TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.own.cert.der().clone()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_client_cert_resolver(Arc::new(sent));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let stream = TcpStream::connect(self.address).await?;
        TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), stream).await
    }

    /// What the server saw.
    async fn answer(&self, version: &'static SupportedProtocolVersion, sent: Sent) -> io::Result<String> {
        let mut stream = self.connect(version, sent).await?;
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await?;
        Ok(text.split_once("\r\n\r\n").unwrap_or_default().1.to_owned())
    }
}

/// As `openssl x509 -req` made them for long. Its own signature is then wrong, which nobody asks.
fn in_version_1(made: &Made<KeyPair>) -> CertificateDer<'static> {
    let mut certificate = Certificate::from_der(made.cert.der()).unwrap();
    certificate.tbs_certificate.version = Version::V1;
    certificate.tbs_certificate.extensions = None;
    certificate.to_der().unwrap().into()
}

#[tokio::test]
async fn any_certificate_is_taken_whose_key_the_client_holds() {
    let running = start(ClientCertificates::Optional);
    for version in [&TLS12, &TLS13] {
        let client = made();
        for certificate in [client.cert.der().clone(), in_version_1(&client)] {
            let seen = running.answer(version, sent(certificate.clone(), &client.signing_key)).await.unwrap();
            assert_eq!(seen, hex(&certificate), "{version:?}");
        }
        for algorithm in [&rcgen::PKCS_ED25519, &rcgen::PKCS_ECDSA_P384_SHA384, &rcgen::PKCS_RSA_SHA256] {
            let key = KeyPair::generate_for(algorithm).unwrap();
            let certificate = rcgen::CertificateParams::default().self_signed(&key).unwrap();
            let seen = running.answer(version, sent(certificate.der().clone(), &key)).await.unwrap();
            assert_eq!(seen, hex(certificate.der()), "{version:?} {algorithm:?}");
        }
        assert_eq!(running.answer(version, Sent(None)).await.unwrap(), "none", "{version:?}");
    }
}

#[tokio::test]
async fn what_is_sent_along_is_handed_on_unjudged() {
    let running = start(ClientCertificates::Optional);
    let (client, above) = (made(), made());
    for version in [&TLS12, &TLS13] {
        let chain = vec![client.cert.der().clone(), above.cert.der().clone()];
        let seen = running.answer(version, sent_with(chain, &client.signing_key)).await.unwrap();
        assert_eq!(seen, format!("{} {}", hex(client.cert.der()), hex(above.cert.der())), "{version:?}");
    }
}

#[tokio::test]
async fn somebody_elses_certificate_ends_the_handshake() {
    let running = start(ClientCertificates::Optional);
    let (victim, thief) = (made(), made());
    for version in [&TLS12, &TLS13] {
        for certificate in [victim.cert.der().clone(), in_version_1(&victim), vec![0x30, 0].into()] {
            let stolen = sent(certificate, &thief.signing_key);
            // In TLS 1.3 the client learns of it with its first read.
            assert!(running.answer(version, stolen).await.is_err(), "{version:?}");
        }
    }
}

#[tokio::test]
async fn nobody_is_asked_unless_the_operator_says_so() {
    let running = start(ClientCertificates::None);
    let client = made();
    let seen = running.answer(&TLS13, sent(client.cert.der().clone(), &client.signing_key)).await.unwrap();
    assert_eq!(seen, "none");
}

#[tokio::test]
async fn who_is_slow_to_shake_hands_holds_nobody_up_and_no_stop() {
    let running = start(ClientCertificates::None);
    let mut silent = TcpStream::connect(running.address).await.unwrap();
    let mut halfway = TcpStream::connect(running.address).await.unwrap();
    halfway.write_all(&[0x16, 0x03, 0x01]).await.unwrap();
    assert_eq!(running.answer(&TLS13, Sent(None)).await.unwrap(), "none");
    running.stop.send(()).unwrap();
    assert!(timeout(Duration::from_secs(5), running.served).await.unwrap().unwrap());
    assert!(matches!(silent.read(&mut [0; 8]).await, Ok(0) | Err(_)));
}

#[tokio::test]
async fn what_is_no_tls_is_no_request() {
    let running = start(ClientCertificates::None);
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"));
}
