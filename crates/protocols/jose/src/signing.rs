//! Keys that sign.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
        RsaKeyPair,
    },
};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::{
    algorithm::Algorithm, base64url, der, error::JoseError, jwk::Jwk, own_header::OwnHeader, verifying::VerifyingKey,
};

/// A private key bound to one algorithm. Cloning shares it.
#[derive(Clone)]
pub struct SigningKey {
    algorithm: Algorithm,
    pair: Arc<KeyPair>,
    /// Kept beside the parsed key, so that writing it out can't fail; the process holds the secret either way.
    pkcs8: Arc<Zeroizing<Vec<u8>>>,
    public: Jwk,
    kid: String,
    header: OwnHeader,
}

enum KeyPair {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl SigningKey {
    /// A new key from the library's own generator. RSA keys have 2048 bits and take up to a second to find.
    pub fn generate(algorithm: Algorithm) -> Result<Self, JoseError> {
        let pair = match algorithm {
            Algorithm::EdDsa => Ed25519KeyPair::generate().map(KeyPair::Ed25519),
            Algorithm::Es256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(KeyPair::P256),
            Algorithm::Rs256 | Algorithm::Ps256 => RsaKeyPair::generate(KeySize::Rsa2048).map(KeyPair::Rsa),
        };
        Self::new(algorithm, pair.map_err(|_| JoseError::Cryptography)?)
    }

    /// Reads an unencrypted PKCS #8 document (RFC 5208, RFC 5958). Refuses a key of another type than the algorithm's,
    /// another curve, RSA below 2048 bits, and halves that don't belong together.
    pub fn from_pkcs8(algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self, JoseError> {
        let pair = match algorithm {
            Algorithm::EdDsa => Ed25519KeyPair::from_pkcs8(pkcs8).map(KeyPair::Ed25519),
            Algorithm::Es256 => EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map(KeyPair::P256),
            Algorithm::Rs256 | Algorithm::Ps256 => RsaKeyPair::from_pkcs8(pkcs8).map(KeyPair::Rsa),
        };
        Self::new(algorithm, pair.map_err(|_| JoseError::Key("not a PKCS #8 key of this algorithm"))?)
    }

    fn new(algorithm: Algorithm, pair: KeyPair) -> Result<Self, JoseError> {
        let pkcs8 = pair.to_pkcs8()?;
        let public = pair.public_jwk(algorithm)?;
        let kid = public.thumbprint().ok_or(JoseError::Cryptography)?;
        let key = Self {
            algorithm,
            pair: Arc::new(pair),
            pkcs8: Arc::new(pkcs8),
            public,
            kid: String::new(),
            header: OwnHeader::new(algorithm, ""),
        };
        Ok(key.with_kid(kid))
    }

    /// Names the key otherwise than by its thumbprint.
    #[must_use]
    pub fn with_kid(mut self, kid: impl Into<String>) -> Self {
        self.kid = kid.into();
        self.public.kid = Some(self.kid.clone());
        self.header = OwnHeader::new(self.algorithm, &self.kid);
        self
    }

    /// The private key as an unencrypted PKCS #8 document: to be sealed, never to be stored or sent as it is.
    pub fn to_pkcs8(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::clone(&self.pkcs8)
    }

    /// The RFC 7638 thumbprint, unless the key was named otherwise.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The public half, as it is published.
    pub fn public_jwk(&self) -> Jwk {
        self.public.clone()
    }

    /// The public half, ready to verify with.
    pub fn verifying_key(&self) -> Result<VerifyingKey, JoseError> {
        VerifyingKey::from_jwk(&self.public)
    }

    /// A compact JWS over the claims (RFC 7515, section 3.1). `typ` is a media subtype such as `at+jwt`.
    pub fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String, JoseError> {
        if typ.is_empty() || !typ.bytes().all(is_media_type_character) {
            return Err(JoseError::Typ);
        }
        let payload = serde_json::to_vec(claims).map_err(|_| JoseError::Claims)?;
        let behind = base64url::encoded_len(payload.len()) + base64url::encoded_len(self.pair.signature_len());
        let mut token = String::with_capacity(self.header.len(typ) + behind + 2);
        self.header.append(typ, &mut token);
        token.push('.');
        base64url::append(&payload, &mut token);
        let signature = self.sign_bytes(token.as_bytes())?;
        token.push('.');
        base64url::append(&signature, &mut token);
        Ok(token)
    }

    /// The bare signature as RFC 7518, section 3, and RFC 8037, section 3.1, write it.
    pub fn sign_bytes(&self, message: &[u8]) -> Result<Vec<u8>, JoseError> {
        let random = SystemRandom::new();
        match &*self.pair {
            KeyPair::Ed25519(pair) => pair.try_sign(message).map(|signature| signature.as_ref().to_vec()),
            KeyPair::P256(pair) => pair.sign(&random, message).map(|signature| signature.as_ref().to_vec()),
            KeyPair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let is_pss = self.algorithm == Algorithm::Ps256;
                let padding = if is_pss { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                pair.sign(padding, &random, message, &mut signature).map(|()| signature)
            }
        }
        .map_err(|_| JoseError::Cryptography)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("algorithm", &self.algorithm).field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl KeyPair {
    fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, JoseError> {
        match self {
            Self::Ed25519(pair) => pair.to_pkcs8().map(|document| document.as_ref().to_vec()),
            Self::P256(pair) => pair.to_pkcs8v1().map(|document| document.as_ref().to_vec()),
            Self::Rsa(pair) => AsDer::<Pkcs8V1Der<'_>>::as_der(pair).map(|document| document.as_ref().to_vec()),
        }
        .map(Zeroizing::new)
        .map_err(|_| JoseError::Cryptography)
    }

    fn public_jwk(&self, algorithm: Algorithm) -> Result<Jwk, JoseError> {
        match self {
            Self::Ed25519(pair) => Some(Jwk::ed25519(pair.public_key().as_ref())),
            Self::P256(pair) => {
                // 0x04, x, y: the uncompressed point of SEC 1, section 2.3.3.
                let coordinates = pair.public_key().as_ref().strip_prefix(&[4]);
                coordinates.and_then(|bytes| bytes.split_at_checked(32)).map(|(x, y)| Jwk::p256(x, y))
            }
            Self::Rsa(pair) => der::rsa_public_key(pair.public_key().as_ref()).map(|(n, e)| Jwk::rsa(algorithm, n, e)),
        }
        .ok_or(JoseError::Cryptography)
    }

    fn signature_len(&self) -> usize {
        match self {
            Self::Ed25519(_) | Self::P256(_) => 64,
            Self::Rsa(pair) => pair.public_modulus_len(),
        }
    }
}

/// The characters of a media type's names (RFC 6838, section 4.2), none of which JSON escapes, and the slash.
const fn is_media_type_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'!' | b'#' | b'$' | b'&' | b'-' | b'^' | b'_' | b'.' | b'+' | b'/')
}
