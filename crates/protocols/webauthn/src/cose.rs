//! Credential public keys (RFC 9052, RFC 9053): ES256, EdDSA with Ed25519, RS256, and nothing else.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ParsedPublicKey};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jose::{Jwk, VerifyingKey};

use crate::{WebauthnError, cbor::Item};

/// The signature algorithms that are offered, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    EdDsa,
    Es256,
    Rs256,
}

impl Algorithm {
    pub const ALL: [Self; 3] = [Self::EdDsa, Self::Es256, Self::Rs256];

    /// The number in the registry of COSE algorithms.
    pub const fn number(self) -> i64 {
        match self {
            Self::EdDsa => -8,
            Self::Es256 => -7,
            Self::Rs256 => -257,
        }
    }

    pub(crate) fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.number() == number)
    }
}

/// A key and the one algorithm it says it is for.
pub(crate) struct PublicKey {
    pub(crate) algorithm: Algorithm,
    key: Key,
}

enum Key {
    /// WebAuthn writes ECDSA signatures in ASN.1 (its section 6.5.5), JOSE as two bare numbers.
    P256(ParsedPublicKey),
    Other(VerifyingKey),
}

const KTY: i64 = 1;
const ALG: i64 = 3;
const CRV: i64 = -1;
const X: i64 = -2;
const Y: i64 = -3;
const N: i64 = -1;
const E: i64 = -2;

impl PublicKey {
    /// From the bytes that were stored at registration.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, WebauthnError> {
        Self::from_item(&Item::read_whole(bytes)?)
    }

    pub(crate) fn from_item(key: &Item<'_>) -> Result<Self, WebauthnError> {
        let integer = |label| key.label(label).and_then(Item::integer).ok_or(WebauthnError::Key);
        let bytes = |label| key.label(label).and_then(Item::bytes).ok_or(WebauthnError::Key);
        let algorithm = Algorithm::from_number(integer(ALG)?).ok_or(WebauthnError::Key)?;
        let key = match (algorithm, integer(KTY)?) {
            (Algorithm::Es256, 2) if integer(CRV)? == 1 => p256(bytes(X)?, bytes(Y)?)?,
            (Algorithm::EdDsa, 1) if integer(CRV)? == 6 => other(&Jwk {
                kty: "OKP".to_owned(),
                alg: Some("EdDSA".to_owned()),
                crv: Some("Ed25519".to_owned()),
                x: Some(URL_SAFE_NO_PAD.encode(bytes(X)?)),
                ..Jwk::default()
            })?,
            (Algorithm::Rs256, 3) => other(&Jwk {
                kty: "RSA".to_owned(),
                alg: Some("RS256".to_owned()),
                n: Some(URL_SAFE_NO_PAD.encode(bytes(N)?)),
                e: Some(URL_SAFE_NO_PAD.encode(bytes(E)?)),
                ..Jwk::default()
            })?,
            _ => return Err(WebauthnError::Key),
        };
        Ok(Self { algorithm, key })
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), WebauthnError> {
        match &self.key {
            Key::P256(key) => key.verify_sig(message, signature).map_err(|_| WebauthnError::Signature),
            Key::Other(key) => key.verify_signature(message, signature).map_err(|_| WebauthnError::Signature),
        }
    }
}

/// The library refuses a point that is not on the curve; compressed points are refused by their length.
fn p256(x: &[u8], y: &[u8]) -> Result<Key, WebauthnError> {
    if x.len() != 32 || y.len() != 32 {
        return Err(WebauthnError::Key);
    }
    ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, [&[4], x, y].concat()).map(Key::P256).map_err(|_| WebauthnError::Key)
}

/// What makes such a key good or weak is decided where tokens are verified.
fn other(jwk: &Jwk) -> Result<Key, WebauthnError> {
    VerifyingKey::from_jwk(jwk).map(Key::Other).map_err(|_| WebauthnError::Key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::soft::{SoftPasskey, Writer};

    #[test]
    fn a_key_says_what_it_is_and_is_that() {
        for algorithm in Algorithm::ALL {
            let passkey = SoftPasskey::new(algorithm);
            let key = PublicKey::from_bytes(&passkey.public_key()).unwrap();
            assert_eq!(key.algorithm, algorithm);
            assert_eq!(key.verify(b"message", &passkey.sign(b"message")), Ok(()));
            assert_eq!(key.verify(b"another", &passkey.sign(b"message")), Err(WebauthnError::Signature));
        }
    }

    #[test]
    fn keys_of_other_kinds_and_weak_ones_are_refused() {
        let key = SoftPasskey::new(Algorithm::Es256).public_key();
        let point = |kty: i64, alg: i64, crv: i64, length: usize| {
            Writer::map(&[
                (Writer::integer(KTY), Writer::integer(kty)),
                (Writer::integer(ALG), Writer::integer(alg)),
                (Writer::integer(CRV), Writer::integer(crv)),
                (Writer::integer(X), Writer::bytes(&vec![1; length])),
                (Writer::integer(Y), Writer::bytes(&vec![2; length])),
            ])
        };
        for (name, bytes) in [
            ("not on the curve", point(2, -7, 1, 32)),
            ("too short", point(2, -7, 1, 31)),
            ("another curve", point(2, -7, 2, 32)),
            ("P-384 under its own algorithm", point(2, -35, 2, 48)),
            ("ES256K", point(2, -47, 8, 32)),
            ("a key type that does not fit", point(1, -7, 1, 32)),
            ("SHA-1", point(3, -65_535, 1, 32)),
            (
                "a weak point",
                Writer::map(&[
                    (Writer::integer(KTY), Writer::integer(1)),
                    (Writer::integer(ALG), Writer::integer(-8)),
                    (Writer::integer(CRV), Writer::integer(6)),
                    (Writer::integer(X), Writer::bytes(&[0; 32])),
                ]),
            ),
            (
                "RSA with 1024 bits",
                Writer::map(&[
                    (Writer::integer(KTY), Writer::integer(3)),
                    (Writer::integer(ALG), Writer::integer(-257)),
                    (Writer::integer(N), Writer::bytes(&[0xff; 128])),
                    (Writer::integer(E), Writer::bytes(&[1, 0, 1])),
                ]),
            ),
            ("nothing", Writer::map(&[])),
            ("more behind it", [&key[..], &[0]].concat()),
        ] {
            assert!(PublicKey::from_bytes(&bytes).is_err(), "{name}");
        }
    }
}
