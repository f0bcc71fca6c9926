//! Whose certificates are believed: the system's authorities, and those of the operator's own file.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use super::OutboundError;

/// The certificates in a PEM file.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, OutboundError> {
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|error| OutboundError::Tls(format!("the file of certificates can't be read: {error}")))?;
    if certificates.is_empty() {
        return Err(OutboundError::Tls("the file holds no certificate in PEM".to_owned()));
    }
    Ok(certificates)
}

pub(super) fn config(extra: Vec<CertificateDer<'static>>) -> Result<Arc<ClientConfig>, OutboundError> {
    let mut roots = RootCertStore::empty();
    let system = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(system.certs);
    for certificate in extra {
        roots.add(certificate).map_err(|error| OutboundError::Tls(error.to_string()))?;
    }
    if roots.is_empty() {
        tracing::warn!("no certificate authorities are known: calls over TLS will fail");
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| OutboundError::Tls(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
