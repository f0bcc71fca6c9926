//! A maker of authenticators, with a root and one certificate for a model.

use std::borrow::Cow;

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    PKCS_ECDSA_P256_SHA256,
};

use super::Vouching;

/// A maker's root, and a certificate of its making.
pub struct Maker {
    pub root_pem: String,
    pub certificate: Vec<u8>,
    pub key: Vec<u8>,
}

impl Maker {
    /// One that vouches for this model.
    ///
    /// # Panics
    ///
    /// Where the library can't make certificates.
    pub fn of(model: [u8; 16]) -> Self {
        Self::bent(model, |_| {})
    }

    /// The same with another certificate than a maker would issue.
    ///
    /// # Panics
    ///
    /// Where the library can't make certificates.
    pub fn bent(model: [u8; 16], bend: impl FnOnce(&mut CertificateParams)) -> Self {
        let root_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).expect("a key");
        let mut root = CertificateParams::default();
        root.distinguished_name = name("Root");
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root_pem = root.self_signed(&root_key).expect("a certificate").pem();
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).expect("a key");
        let mut leaf = CertificateParams::default();
        leaf.distinguished_name = name("Authenticator Attestation");
        leaf.is_ca = IsCa::ExplicitNoCa;
        leaf.custom_extensions = vec![extension(model)];
        bend(&mut leaf);
        let certificate = leaf.signed_by(&key, &Issuer::new(root, root_key)).expect("a certificate");
        Self { root_pem, certificate: certificate.der().to_vec(), key: key.serialize_der() }
    }

    pub fn vouching(&self) -> Vouching<'_> {
        Vouching::Maker { key: &self.key, chain: vec![Cow::Borrowed(&self.certificate)] }
    }
}

fn name(unit: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    for (kind, value) in [
        (DnType::CountryName, "SE"),
        (DnType::OrganizationName, "Maker"),
        (DnType::OrganizationalUnitName, unit),
        (DnType::CommonName, "Maker's key"),
    ] {
        name.push(kind, value);
    }
    name
}

/// `id-fido-gen-ce-aaguid`.
fn extension(model: [u8; 16]) -> CustomExtension {
    let value = [&[0x04, 0x10][..], &model].concat();
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 45_724, 1, 1, 4], value)
}
