//! The binary speaks TLS by itself.

use std::{fs, path::Path, sync::Arc, time::Duration};

use rcgen::{CertifiedKey, KeyPair};
use rustix::process::Signal;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use super::process::{Running, binary, run};

pub(super) const FILES: [&str; 4] = ["--tls-certificate", "tls.pem", "--tls-key", "tls.key"];

/// A certificate for this machine, as its own authority.
pub(super) fn made() -> CertifiedKey<KeyPair> {
    rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap()
}

pub(super) fn put(folder: &Path, made: &CertifiedKey<KeyPair>) {
    fs::write(folder.join("tls.pem"), made.cert.pem()).unwrap();
    fs::write(folder.join("tls.key"), made.signing_key.serialize_pem()).unwrap();
}

/// What a client that believes `authorities` sees: the server's certificate, and its answer.
async fn get(
    server: &Running,
    authorities: &[&CertifiedKey<KeyPair>],
    own: Option<&CertifiedKey<KeyPair>>,
    path: &str,
) -> std::io::Result<(CertificateDer<'static>, String)> {
    let own = own.map(|own| Shown { chain: vec![own.cert.der().clone()], key: own.signing_key.serialize_der() });
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    exchange(server.url.trim_start_matches("http://"), authorities, own, &request).await
}

/// What a client shows of itself in the handshake.
pub(super) struct Shown {
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) key: Vec<u8>,
}

/// A request over a connection of its own: the server's certificate, and its answer.
pub(super) async fn exchange(
    address: &str,
    authorities: &[&CertifiedKey<KeyPair>],
    own: Option<Shown>,
    request: &str,
) -> std::io::Result<(CertificateDer<'static>, String)> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(authorities.iter().map(|authority| authority.cert.der().clone()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = match own {
        Some(own) => config.with_client_auth_cert(own.chain, PrivateKeyDer::try_from(own.key).unwrap()).unwrap(),
        None => config.with_no_client_auth(),
    };
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    let seen = stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned();
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok((seen, answer))
}

#[tokio::test]
async fn https_is_served_with_and_without_a_clients_certificate() {
    let Some(binary) = binary() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (own, client) = (made(), made());
    put(folder.path(), &own);
    let mut arguments = vec!["--dev", "--log-format", "json", "--tls-client-certificates", "optional"];
    arguments.extend(FILES);
    let server = Running::begin(&binary, folder.path(), &arguments);
    assert!(server.greeting.contains("https://localhost:"), "{}", server.greeting);
    for client in [None, Some(&client)] {
        let (seen, answer) = get(&server, &[&own], client, "/v1/system").await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("strict-transport-security"), "{answer}");
        assert_eq!(&seen, own.cert.der());
    }
    let stranger = made();
    assert!(get(&server, &[&stranger], None, "/v1/system").await.is_err());
    server.signal(Signal::TERM);
    assert_eq!(server.ended().await, Some(0));
}

#[tokio::test]
async fn replaced_files_are_served_without_a_restart_and_bad_ones_are_not() {
    let Some(binary) = binary() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (made(), made());
    put(folder.path(), &old);
    let server = Running::begin(&binary, folder.path(), &FILES);

    fs::write(folder.path().join("tls.pem"), new.cert.pem()).unwrap();
    server.signal(Signal::HUP);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let (seen, _) = get(&server, &[&old, &new], None, "/livez").await.unwrap();
    assert_eq!(&seen, old.cert.der(), "a certificate without its key");

    put(folder.path(), &new);
    server.signal(Signal::HUP);
    for _ in 0..100 {
        let (seen, answer) = get(&server, &[&old, &new], None, "/livez").await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        if &seen == new.cert.der() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the new certificate was never served");
}

#[test]
fn files_that_do_not_fit_stop_the_start_with_one_line() {
    let Some(binary) = binary() else { return };
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), &made());
    fs::write(folder.path().join("other.key"), made().signing_key.serialize_pem()).unwrap();
    for (arguments, code, words) in [
        (&FILES[..2], 2, "tls_certificate and tls_key need each other"),
        (&["--tls-client-certificates", "optional"], 2, "tls_client_certificates needs tls_certificate"),
        (&["--client-certificate-header", "client-cert"], 2, "client_certificate_header needs trusted_proxies"),
        (&["--mtls-listen", "127.0.0.1:0"], 2, "mtls_listen needs tls_certificate"),
        (&["--mtls-public-url", "https://mtls.example.com"], 2, "mtls_public_url needs a way for certificates"),
        (&["--tls-certificate", "tls.pem", "--tls-key", "other.key"], 1, "tls_certificate and tls_key do not fit"),
        (&["--tls-certificate", "tls.pem", "--tls-key", "absent.key"], 1, "tls_key: absent.key can't be read"),
        (&["--tls-certificate", "tls.key", "--tls-key", "tls.key"], 1, "tls.key holds no certificate"),
    ] {
        let output = run(&binary, folder.path(), &[&["serve"], arguments].concat());
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), text.trim_end().lines().count()), (Some(code), 1), "{arguments:?}: {text}");
        assert!(text.contains(words), "{arguments:?}: {text}");
    }
    assert!(!folder.path().join("data").exists(), "nothing was made");
}
