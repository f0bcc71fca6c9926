//! Whose certificates are believed on the way out, over HTTP and SMTP alike.

use std::{net::SocketAddr, sync::Arc};

use kernel::Timestamp;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::{
    Call, Courier, CourierOptions, DeliveryError, Mail, MailFrom, MailSender, Outbound, OutboundError, OutboundOptions,
    OutboundPolicy, SmtpSecurity, SmtpSender,
};

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// TLS as `localhost`, by a certificate of this authority.
    fn acceptor(&self) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

type Stream = BufReader<TlsStream<TcpStream>>;

/// Connections, one after another, as long as the test runs.
#[expect(clippy::disallowed_methods, reason = "the server of the test runs beside it")]
async fn serve<F: Future<Output = ()> + Send>(
    acceptor: TlsAcceptor,
    talk: impl Fn(Stream) -> F + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Whoever does not believe us goes away in the handshake.
            if let Ok(stream) = acceptor.accept(stream).await {
                talk(BufReader::new(stream)).await;
            }
        }
    });
    address
}

async fn say(stream: &mut Stream, text: &str) {
    stream.write_all(text.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
}

async fn http(mut stream: Stream) {
    let mut line = String::new();
    while stream.read_line(&mut line).await.unwrap() > 2 {
        line.clear();
    }
    say(&mut stream, "HTTP/1.1 204 No Content\r\n\r\n").await;
}

async fn smtp(mut stream: Stream) {
    say(&mut stream, "220 localhost\r\n").await;
    let mut is_data = false;
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|length| length > 0) {
        let is_end = is_data && line == ".\r\n";
        if line.starts_with("DATA") {
            is_data = true;
            say(&mut stream, "354 go on\r\n").await;
        } else if !is_data || is_end {
            is_data = false;
            say(&mut stream, "250 localhost\r\n").await;
        }
        line.clear();
    }
}

fn outbound(authorities: &[&Authority]) -> Outbound {
    let pem: String = authorities.iter().map(|authority| authority.0.pem()).collect();
    let extra_authorities = (!pem.is_empty()).then(|| pem.into_bytes());
    let policy = OutboundPolicy { allow_loopback: true };
    Outbound::new(OutboundOptions { policy, extra_authorities, ..OutboundOptions::default() }).unwrap()
}

async fn mailed(outbound: Outbound, address: SocketAddr) -> Result<(), DeliveryError> {
    let courier = Courier::new(CourierOptions { outbound, mail: None, mailbox: None });
    let sender = SmtpSender {
        host: "localhost".to_owned(),
        port: address.port(),
        security: SmtpSecurity::Tls,
        username: None,
        password: None,
        is_operators: true,
    };
    let from: MailFrom = "no-reply@example.com".parse().unwrap();
    let mail = Mail {
        id: "1".to_owned(),
        at: Timestamp::from_seconds(0),
        from,
        reply_to: None,
        to: "ada@example.com".to_owned(),
        subject: "Hello".to_owned(),
        text: "Hello".to_owned(),
        html: "<p>Hello</p>".to_owned(),
    };
    courier.mail(&MailSender::Smtp(sender), &mail).await
}

#[tokio::test]
async fn every_authority_of_the_file_is_believed_over_http_and_smtp() {
    let (one, other) = (Authority::new(), Authority::new());
    for authority in [&one, &other] {
        let at_http = serve(authority.acceptor(), http).await;
        let at_smtp = serve(authority.acceptor(), smtp).await;
        let call = || Call::get(format!("https://localhost:{}/", at_http.port()));

        let trusting = outbound(&[&one, &other]);
        assert_eq!(trusting.send(call()).await.unwrap().status, 204);
        assert_eq!(mailed(trusting, at_smtp).await, Ok(()));

        let refused = outbound(&[]).send(call()).await.unwrap_err();
        assert!(matches!(refused, OutboundError::Tls(_)), "{refused}");
        let refused = mailed(outbound(&[]), at_smtp).await.unwrap_err();
        assert!(matches!(refused, DeliveryError::Unreachable(_)), "{refused}");
    }
}

#[test]
fn a_file_without_authorities_is_refused() {
    for pem in ["", "no PEM", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"] {
        let options =
            OutboundOptions { extra_authorities: Some(pem.as_bytes().to_vec()), ..OutboundOptions::default() };
        assert!(matches!(Outbound::new(options), Err(OutboundError::Tls(_))), "{pem:?}");
    }
}
