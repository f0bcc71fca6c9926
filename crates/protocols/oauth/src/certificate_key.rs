//! The public key of a certificate, as a JWK has it (RFC 8705, section 2.2.2).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jose::Jwk;
use x509_cert::{
    Certificate,
    der::{
        Decode, Reader, SliceReader,
        asn1::{ObjectIdentifier, UintRef},
    },
};

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
/// The handshake verifies with these too, so they may stand in a client's set.
const CURVES: [(ObjectIdentifier, &str); 3] = [
    (ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"), "P-256"),
    (ObjectIdentifier::new_unwrap("1.3.132.0.34"), "P-384"),
    (ObjectIdentifier::new_unwrap("1.3.132.0.35"), "P-521"),
];

/// `None` for a kind of key that no JWK is compared with.
pub(crate) fn jwk_of(certificate: &Certificate) -> Option<Jwk> {
    let info = &certificate.tbs_certificate.subject_public_key_info;
    let key = info.subject_public_key.as_bytes()?;
    let text = |bytes: &[u8]| Some(URL_SAFE_NO_PAD.encode(bytes));
    match info.algorithm.oid {
        RSA => {
            let mut der = SliceReader::new(key).ok()?;
            let (n, e) = der.sequence(|fields| Ok((UintRef::decode(fields)?, UintRef::decode(fields)?))).ok()?;
            Some(Jwk { kty: "RSA".into(), n: text(n.as_bytes()), e: text(e.as_bytes()), ..Jwk::default() })
        }
        EC => {
            let curve: ObjectIdentifier = info.algorithm.parameters.as_ref()?.decode_as().ok()?;
            let (_, name) = CURVES.into_iter().find(|(oid, _)| *oid == curve)?;
            // 0x04, x, y: the uncompressed point of SEC 1, section 2.3.3.
            let point = key.strip_prefix(&[4])?;
            let (x, y) = point.split_at(point.len() / 2);
            Some(Jwk { kty: "EC".into(), crv: Some(name.into()), x: text(x), y: text(y), ..Jwk::default() })
        }
        ED25519 => Some(Jwk { kty: "OKP".into(), crv: Some("Ed25519".into()), x: text(key), ..Jwk::default() }),
        _ => None,
    }
}

/// Do both have the same public members? Names and uses are not compared: the certificate has none.
pub(crate) fn is_same_key(one: &Jwk, other: &Jwk) -> bool {
    one.thumbprint().is_some_and(|thumbprint| Some(thumbprint) == other.thumbprint())
}
