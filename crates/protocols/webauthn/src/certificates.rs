//! Attestation certificates (Web Authentication Level 3, section 8.2.1) and where they lead.

use kernel::Timestamp;
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm};
use webpki::{
    EndEntityCert,
    aws_lc_rs::{ECDSA_P256_SHA256, ECDSA_P384_SHA384, ED25519, RSA_PKCS1_2048_8192_SHA256},
};
use x509::Authorities;
use x509_cert::{
    Certificate, Version,
    der::{
        Decode, Tag, Tagged,
        asn1::{ObjectIdentifier, OctetStringRef},
        oid::AssociatedOid,
    },
    ext::pkix::BasicConstraints,
};

use crate::{WebauthnError, authenticator_data::Aaguid};

/// `id-fido-gen-ce-aaguid`: the model that the certificate is for.
const AAGUID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.45724.1.1.4");
const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const ORGANIZATIONAL_UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// The certificate that signed, and those above it.
pub(crate) struct Chain<'a> {
    leaf: CertificateDer<'a>,
    above: Vec<CertificateDer<'a>>,
}

impl<'a> Chain<'a> {
    pub(crate) fn new(certificates: &[&'a [u8]]) -> Result<Self, WebauthnError> {
        let (leaf, above) = certificates.split_first().ok_or(WebauthnError::Attestation)?;
        Ok(Self { leaf: (*leaf).into(), above: above.iter().map(|certificate| (*certificate).into()).collect() })
    }

    pub(crate) fn leaf(&self) -> &[u8] {
        &self.leaf
    }

    pub(crate) fn verify_signature(
        &self,
        algorithm: i64,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), WebauthnError> {
        let algorithm: &dyn SignatureVerificationAlgorithm = match algorithm {
            -7 => ECDSA_P256_SHA256,
            -8 => ED25519,
            -35 => ECDSA_P384_SHA384,
            -257 => RSA_PKCS1_2048_8192_SHA256,
            _ => return Err(WebauthnError::Attestation),
        };
        EndEntityCert::try_from(&self.leaf)
            .and_then(|leaf| leaf.verify_signature(algorithm, message, signature))
            .map_err(|_| WebauthnError::Attestation)
    }

    /// Is there a path of signatures to one of the roots that is good now? A leaf that is itself listed needs none.
    pub(crate) fn leads_to(&self, roots: &Authorities, now: Timestamp) -> bool {
        let above: Vec<&[u8]> = self.above.iter().map(AsRef::as_ref).collect();
        roots.contains(&self.leaf) || roots.vouch_for(&self.leaf, &above, now)
    }
}

/// Section 8.2.1: version 3, a subject that says what it is, no authority, and the same model as the authenticator data.
pub(crate) fn check_packed_leaf(leaf: &[u8], aaguid: Aaguid) -> Result<(), WebauthnError> {
    let certificate = Certificate::from_der(leaf).map_err(|_| WebauthnError::Attestation)?.tbs_certificate;
    let names: Vec<_> = certificate.subject.0.iter().flat_map(|name| name.0.iter()).collect();
    let has = |oid| names.iter().any(|name| name.oid == oid);
    let is_unit = |value: &[u8]| value == b"Authenticator Attestation";
    let is_named = has(COUNTRY)
        && has(ORGANIZATION)
        && has(COMMON_NAME)
        && names
            .iter()
            .any(|name| name.oid == ORGANIZATIONAL_UNIT && is_text(name.value.tag()) && is_unit(name.value.value()));
    if certificate.version != Version::V3 || !is_named {
        return Err(WebauthnError::Attestation);
    }
    let extensions = certificate.extensions.unwrap_or_default();
    let extension = |oid| extensions.iter().find(|extension| extension.extn_id == oid);
    let is_authority = extension(BasicConstraints::OID)
        .map(|extension| BasicConstraints::from_der(extension.extn_value.as_bytes()))
        .transpose()
        .map_err(|_| WebauthnError::Attestation)?
        .is_some_and(|constraints| constraints.ca);
    if is_authority {
        return Err(WebauthnError::Attestation);
    }
    let Some(model) = extension(AAGUID) else { return Ok(()) };
    let named = OctetStringRef::from_der(model.extn_value.as_bytes()).map_err(|_| WebauthnError::Attestation)?;
    if model.critical || named.as_bytes() != aaguid.0 { Err(WebauthnError::Attestation) } else { Ok(()) }
}

const fn is_text(tag: Tag) -> bool {
    matches!(tag, Tag::Utf8String | Tag::PrintableString)
}
