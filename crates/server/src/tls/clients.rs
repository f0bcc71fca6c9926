//! What is asked of a client's certificate in the handshake: that the client holds its key, and nothing else.
//!
//! Self-signed certificates are as good as any (RFC 8705, section 2.2), and those of an authority are judged by the client that
//! named it. rustls's own verifier wants a chain, and its helpers want version 3, which `openssl x509 -req` did not write for
//! decades: so the signature is verified with the bare key.

use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, PeerMisbehaved, SignatureScheme,
    client::danger::HandshakeSignatureValid,
    crypto::{WebPkiSupportedAlgorithms, verify_tls13_signature_with_raw_key},
    pki_types::{CertificateDer, SubjectPublicKeyInfoDer, UnixTime},
    server::danger::{ClientCertVerified, ClientCertVerifier},
};
use webpki::RawPublicKeyEntity;
use x509_cert::{
    Certificate,
    der::{Decode, Encode},
};

/// Takes any certificate whose key the client holds, and clients without one.
#[derive(Debug)]
pub(super) struct AnyCertificate {
    pub(super) algorithms: WebPkiSupportedAlgorithms,
}

impl ClientCertVerifier for AnyCertificate {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    /// None: a client with certificates of several authorities sends the one it was told to.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        key(end_entity).map(|_| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let key = key(certificate)?;
        let key = RawPublicKeyEntity::try_from(&key).map_err(|_| CertificateError::BadEncoding)?;
        let mut known = self.algorithms.mapping.iter().filter(|(scheme, _)| *scheme == signed.scheme);
        let (_, algorithms) = known.next().ok_or(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme)?;
        // Before TLS 1.3 a scheme does not name the curve (RFC 8446, section 4.2.3).
        let is_signed = |algorithm| key.verify_signature(algorithm, message, signed.signature()).is_ok();
        if algorithms.iter().any(|algorithm| is_signed(*algorithm)) {
            Ok(HandshakeSignatureValid::assertion())
        } else {
            Err(CertificateError::BadSignature.into())
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature_with_raw_key(message, &key(certificate)?, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

fn key(certificate: &CertificateDer<'_>) -> Result<SubjectPublicKeyInfoDer<'static>, Error> {
    let parsed = Certificate::from_der(certificate).map_err(|_| CertificateError::BadEncoding)?;
    let key = parsed.tbs_certificate.subject_public_key_info.to_der().map_err(|_| CertificateError::BadEncoding)?;
    Ok(key.into())
}
