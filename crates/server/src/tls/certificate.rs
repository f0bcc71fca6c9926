//! The server's own certificate and its key, read from their files again whenever those change.

use std::{io, path::PathBuf, pin::pin, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use rustls::{
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tokio::signal::unix::Signal;

use crate::config::TlsFiles;

/// How often the files are looked at. They are small, so that they are read and compared: times of modification can't be relied on
/// where a file is a link that an orchestrator turns elsewhere.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Why the files make no certificate, in one line that names the setting.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    #[error("{name}: {} can't be read: {source}", path.display())]
    Unreadable { name: &'static str, path: PathBuf, source: io::Error },
    #[error("tls_certificate: {} holds no certificate in PEM", .0.display())]
    NoCertificate(PathBuf),
    #[error("tls_key: {} holds no private key in PEM; one with a passphrase is not read", .0.display())]
    NoKey(PathBuf),
    #[error("tls_certificate and tls_key do not fit: {0}")]
    Mismatch(rustls::Error),
    #[error("TLS can't be set up: {0}")]
    Rules(rustls::Error),
}

/// What is served. Connections that stand keep what they were opened with.
#[derive(Debug)]
pub(super) struct Current(ArcSwap<CertifiedKey>);

impl Current {
    pub(super) fn certified(&self) -> Arc<CertifiedKey> {
        self.0.load_full()
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.certified())
    }
}

/// Both files as they are at one time.
struct Pem {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Pem {
    fn read(files: &TlsFiles) -> Result<Self, TlsError> {
        let read = |name, path: &PathBuf| {
            std::fs::read(path).map_err(|source| TlsError::Unreadable { name, path: path.clone(), source })
        };
        Ok(Self { certificate: read("tls_certificate", &files.certificate)?, key: read("tls_key", &files.key)? })
    }

    /// To tell a change without keeping the key a second time.
    fn digest(&self) -> [[u8; 32]; 2] {
        [&self.certificate, &self.key].map(|pem| vault::digest(pem))
    }

    fn certified(&self, files: &TlsFiles, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&self.certificate)
            .collect::<Result<_, _>>()
            .map_err(|_| TlsError::NoCertificate(files.certificate.clone()))?;
        if chain.is_empty() {
            return Err(TlsError::NoCertificate(files.certificate.clone()));
        }
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|_| TlsError::NoKey(files.key.clone()))?;
        CertifiedKey::from_der(chain, key, provider).map_err(TlsError::Mismatch)
    }
}

/// What a look at the files came to.
#[derive(Debug)]
pub(super) enum Look {
    /// As at the last look, good or bad: what was said then is not said again.
    Unchanged,
    Replaced,
    /// What was served before still is.
    Refused(TlsError),
}

/// Keeps what is served as the files say.
pub(crate) struct Refresher {
    files: TlsFiles,
    provider: Arc<CryptoProvider>,
    current: Arc<Current>,
    /// The files at the last look; `None` if they could not be read then.
    seen: Option<[[u8; 32]; 2]>,
}

impl Refresher {
    pub(super) fn open(files: TlsFiles, provider: Arc<CryptoProvider>) -> Result<Self, TlsError> {
        let pem = Pem::read(&files)?;
        let current = Arc::new(Current(ArcSwap::from_pointee(pem.certified(&files, &provider)?)));
        Ok(Self { files, provider, current, seen: Some(pem.digest()) })
    }

    pub(super) fn provider(&self) -> Arc<CryptoProvider> {
        Arc::clone(&self.provider)
    }

    pub(super) fn current(&self) -> Arc<Current> {
        Arc::clone(&self.current)
    }

    /// Look at the files now and then, and at every hang-up, until `stop` is ready.
    pub(crate) async fn run(mut self, mut hang_ups: Signal, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        loop {
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                _ = hang_ups.recv() => {}
                () = &mut stop => return,
            }
            match self.look() {
                Look::Unchanged => {}
                Look::Replaced => tracing::info!("the TLS certificate was replaced"),
                Look::Refused(error) => {
                    tracing::error!(%error, "the new TLS certificate can't be used: the old one stays");
                }
            }
        }
    }

    /// Two small files of this machine: reading them is no longer than a page of the database.
    pub(super) fn look(&mut self) -> Look {
        let read = Pem::read(&self.files);
        let seen = read.as_ref().ok().map(Pem::digest);
        if seen == self.seen {
            return Look::Unchanged;
        }
        self.seen = seen;
        match read.and_then(|pem| pem.certified(&self.files, &self.provider)) {
            Ok(certified) => {
                self.current.0.store(Arc::new(certified));
                Look::Replaced
            }
            Err(error) => Look::Refused(error),
        }
    }
}
