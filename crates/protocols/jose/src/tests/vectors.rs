//! The examples of the RFCs.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPairComponents, PublicKeyComponents},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RsaKeyPair},
};
use serde::Deserialize;
use serde_json::Value;

use crate::{Algorithm, JoseError, Jwk, SigningKey, VerifyingKey, base64url};

#[derive(Deserialize)]
struct Vector {
    source: String,
    alg: Algorithm,
    /// Does the algorithm yield the same signature each time?
    deterministic: bool,
    jwk: Jwk,
    private: Value,
    thumbprint: Option<String>,
    token: String,
}

impl Vector {
    fn all() -> Vec<Self> {
        serde_json::from_str(include_str!("../../testdata/signatures.json")).unwrap()
    }

    fn signed_and_signature(&self) -> (&[u8], Vec<u8>) {
        let (signed, signature) = self.token.rsplit_once('.').unwrap();
        (signed.as_bytes(), base64url::decode(signature).unwrap())
    }

    fn private(&self, member: &str) -> Vec<u8> {
        base64url::decode(self.private[member].as_str().unwrap()).unwrap()
    }

    fn pkcs8(&self) -> Vec<u8> {
        let public = |member: &Option<String>| base64url::decode(member.as_ref().unwrap()).unwrap();
        match self.alg {
            // RFC 8410, section 7: the seed behind a fixed prefix.
            Algorithm::EdDsa => {
                let prefix = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
                [&prefix[..], &self.private("d")].concat()
            }
            Algorithm::Es256 => {
                let point = [&[4], &public(&self.jwk.x)[..], &public(&self.jwk.y)].concat();
                let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
                let pair =
                    EcdsaKeyPair::from_private_key_and_public_key(algorithm, &self.private("d"), &point).unwrap();
                pair.to_pkcs8v1().unwrap().as_ref().to_vec()
            }
            Algorithm::Rs256 | Algorithm::Ps256 => {
                let components = KeyPairComponents {
                    public_key: PublicKeyComponents { n: public(&self.jwk.n), e: public(&self.jwk.e) },
                    d: self.private("d"),
                    p: self.private("p"),
                    q: self.private("q"),
                    dP: self.private("dp"),
                    dQ: self.private("dq"),
                    qInv: self.private("qi"),
                };
                let pair = RsaKeyPair::from_components(&components).unwrap();
                AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).unwrap().as_ref().to_vec()
            }
        }
    }
}

#[test]
fn their_signatures_verify_and_others_do_not() {
    for vector in Vector::all() {
        let key = VerifyingKey::from_jwk(&vector.jwk).unwrap();
        let (signed, mut signature) = vector.signed_and_signature();
        assert_eq!(key.verify_signature(signed, &signature), Ok(()), "{}", vector.source);
        assert_eq!(key.verify_signature(&signed[1..], &signature), Err(JoseError::Signature), "{}", vector.source);
        signature[10] ^= 1;
        assert_eq!(key.verify_signature(signed, &signature), Err(JoseError::Signature), "{}", vector.source);
    }
}

#[test]
fn their_private_keys_sign_the_same() {
    for vector in Vector::all() {
        let key = SigningKey::from_pkcs8(vector.alg, &vector.pkcs8()).unwrap();
        let (signed, expected) = vector.signed_and_signature();
        let signature = key.sign_bytes(signed).unwrap();
        assert_eq!(signature.len(), expected.len(), "{}", vector.source);
        assert_eq!(signature == expected, vector.deterministic, "{}", vector.source);
        assert_eq!(key.verifying_key().unwrap().verify_signature(signed, &signature), Ok(()), "{}", vector.source);
    }
}

#[test]
fn their_public_keys_come_out_the_same() {
    for vector in Vector::all() {
        let key = SigningKey::from_pkcs8(vector.alg, &vector.pkcs8()).unwrap();
        let expected = Jwk { kid: vector.jwk.thumbprint(), use_: Some("sig".into()), ..vector.jwk.clone() };
        assert_eq!(key.public_jwk(), expected, "{}", vector.source);
        if let Some(thumbprint) = &vector.thumbprint {
            assert_eq!(key.kid(), thumbprint, "{}", vector.source);
        }
    }
}
