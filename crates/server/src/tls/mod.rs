//! TLS of the server's own: certificate and key from files that may be replaced while it runs, and certificates of clients where
//! they are asked for.
//!
//! Owns the rules of the handshake. Owns no judgement of a client's certificate: that is made for each client, far behind this.

mod certificate;
mod clients;
#[cfg(test)]
mod tests;

use std::{io, sync::Arc, time::Duration};

use edge::PeerCertificate;
use rustls::{
    CipherSuite, ServerConfig,
    crypto::{CryptoProvider, aws_lc_rs},
    server::{NoClientAuth, ServerSessionMemoryCache, danger::ClientCertVerifier},
};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, server::TlsStream};

pub(crate) use self::certificate::Refresher;
use self::{certificate::TlsError, clients::AnyCertificate};
use crate::config::{ClientCertificates, TlsFiles};

/// From the first byte to the end of the handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Sessions that can be resumed. Kept here and not in tickets, whose keys would undo the forward secrecy of TLS 1.2 (RFC 9325,
/// section 4.4.1).
const SESSIONS: usize = 4_096;
/// What may be spoken over TLS 1.2: the suites that RFC 9325, section 4.2 recommends, as FAPI 2.0 demands (section 5.2.1). Those of TLS
/// 1.3 are all good.
const SUITES_OF_TLS12: [CipherSuite; 4] = [
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
];

/// Shakes hands. Clones share certificate and sessions.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

/// Read the files; whoever serves runs this beside it.
pub(crate) fn open(files: TlsFiles) -> Result<Refresher, TlsError> {
    Refresher::open(files, Arc::new(provider()))
}

impl Tls {
    /// With the certificate that the files hold at any time.
    pub(crate) fn new(files: &Refresher, clients: ClientCertificates) -> Result<Self, TlsError> {
        let provider = files.provider();
        let verifier: Arc<dyn ClientCertVerifier> = match clients {
            ClientCertificates::None => Arc::new(NoClientAuth),
            ClientCertificates::Optional => {
                Arc::new(AnyCertificate { algorithms: provider.signature_verification_algorithms })
            }
        };
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Rules)?
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(files.current());
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        config.session_storage = ServerSessionMemoryCache::new(SESSIONS);
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    pub(crate) async fn shake_hands(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        tokio::time::timeout(HANDSHAKE_TIMEOUT, self.0.accept(stream)).await?
    }
}

/// The certificate that the other side has proven to hold the key of, and those that it sent along.
pub(crate) fn peer_certificate(stream: &TlsStream<TcpStream>) -> Option<PeerCertificate> {
    let (_, connection) = stream.get_ref();
    PeerCertificate::new(connection.peer_certificates()?.iter().map(AsRef::as_ref))
}

fn provider() -> CryptoProvider {
    let mut provider = aws_lc_rs::default_provider();
    provider.cipher_suites.retain(|suite| suite.tls13().is_some() || SUITES_OF_TLS12.contains(&suite.suite()));
    provider
}
