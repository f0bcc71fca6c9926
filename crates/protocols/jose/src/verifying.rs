//! Keys that verify.

use std::fmt;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents,
};

use crate::{algorithm::Algorithm, base64url, error::JoseError, jwk::Jwk, roca::is_of_the_weak_generator};

/// A public key and the one algorithm it may be used with, which is the key's own and never the token's word: that ends
/// the confusion of algorithms (RFC 8725, section 2.1).
pub struct VerifyingKey {
    algorithm: Algorithm,
    key: ParsedPublicKey,
}

impl VerifyingKey {
    /// Refuses a key without `alg`, for another use, of a type or curve that doesn't fit its algorithm, off the curve,
    /// of small order, of a generator that is known to be weak, or too short.
    ///
    /// An Ed25519 `x` that belongs to no point is not found out here; nothing verifies under it.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, JoseError> {
        match &jwk.alg {
            Some(name) => Self::from_jwk_as(jwk, name.parse().map_err(|_| JoseError::Key("`alg` is not supported"))?),
            None => Err(JoseError::Key("`alg` is missing")),
        }
    }

    /// The same for a key whose `alg` may be absent, as it may be in a client's own set (RFC 7517, section 4.4): the algorithm comes
    /// from outside, from the list of those that the caller allows. An `alg` that says otherwise is refused.
    pub fn from_jwk_as(jwk: &Jwk, algorithm: Algorithm) -> Result<Self, JoseError> {
        if jwk.alg.as_deref().is_some_and(|name| name.parse() != Ok(algorithm)) {
            return Err(JoseError::Algorithm);
        }
        if jwk.use_.as_deref().is_some_and(|purpose| purpose != "sig") {
            return Err(JoseError::Key("`use` is not `sig`"));
        }
        if jwk.key_ops.as_ref().is_some_and(|operations| !operations.iter().any(|operation| operation == "verify")) {
            return Err(JoseError::Key("`key_ops` lacks `verify`"));
        }
        let key = match (algorithm, jwk.kty.as_str(), jwk.crv.as_deref()) {
            (Algorithm::EdDsa, "OKP", Some("Ed25519")) => ed25519(jwk)?,
            (Algorithm::Es256, "EC", Some("P-256")) => p256(jwk)?,
            (Algorithm::Rs256 | Algorithm::Ps256, "RSA", None) => rsa(jwk, algorithm)?,
            _ => return Err(JoseError::Key("`kty` or `crv` does not fit `alg`")),
        };
        Ok(Self { algorithm, key })
    }

    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Verifies the bare signature of RFC 7518, section 3, or RFC 8037, section 3.1.
    pub fn verify_signature(&self, message: &[u8], signature: &[u8]) -> Result<(), JoseError> {
        self.key.verify_sig(message, signature).map_err(|_| JoseError::Signature)
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

fn ed25519(jwk: &Jwk) -> Result<ParsedPublicKey, JoseError> {
    let x: [u8; 32] = member(jwk.x.as_ref())?.try_into().map_err(|_| JoseError::Key("`x` is not 32 bytes"))?;
    if is_weak_edwards_point(&x) {
        return Err(JoseError::Key("`x` is of small order or not canonical"));
    }
    ParsedPublicKey::new(&ED25519, x).map_err(|_| JoseError::Key("`x` is not a point"))
}

fn p256(jwk: &Jwk) -> Result<ParsedPublicKey, JoseError> {
    let (x, y) = (member(jwk.x.as_ref())?, member(jwk.y.as_ref())?);
    // Full length, leading zeros included (RFC 7518, section 6.2.1.2).
    if x.len() != 32 || y.len() != 32 {
        return Err(JoseError::Key("`x` or `y` is not 32 bytes"));
    }
    // The library refuses an uncompressed point that is not on the curve; the curve has no small subgroup.
    ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, [&[4], &x[..], &y[..]].concat())
        .map_err(|_| JoseError::Key("`x` and `y` are not a point of the curve"))
}

fn rsa(jwk: &Jwk, algorithm: Algorithm) -> Result<ParsedPublicKey, JoseError> {
    let (n, e) = (member(jwk.n.as_ref())?, member(jwk.e.as_ref())?);
    // The library checks the size when it verifies; a key set should be refused when it is read.
    if n.first().is_none_or(|byte| *byte == 0) || e.first().is_none_or(|byte| *byte == 0) {
        return Err(JoseError::Key("`n` or `e` is empty or has leading zeros"));
    }
    let bits = n.len() * 8 - n[0].leading_zeros() as usize;
    if !(2_048..=8_192).contains(&bits) {
        return Err(JoseError::Key("`n` does not have 2048 to 8192 bits"));
    }
    let is_odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
    // A larger exponent buys nothing and makes each verification dear.
    if !is_odd(&n) || !is_odd(&e) || e == [1] || e.len() > 4 {
        return Err(JoseError::Key("`n` or `e` is not that of an RSA key"));
    }
    if is_of_the_weak_generator(&n) {
        return Err(JoseError::Key("`n` is of a generator whose keys are known to be weak"));
    }
    let padding = if algorithm == Algorithm::Ps256 { &RSA_PSS_2048_8192_SHA256 } else { &RSA_PKCS1_2048_8192_SHA256 };
    RsaPublicKeyComponents { n, e }
        .to_parsed_public_key(padding)
        .map_err(|_| JoseError::Key("`n` and `e` are not an RSA key"))
}

fn member(text: Option<&String>) -> Result<Vec<u8>, JoseError> {
    text.and_then(|text| base64url::decode(text)).ok_or(JoseError::Key("a member is missing or not base64url"))
}

/// Is this a point whose order divides 8, or an encoding of y that is not below p? Under such a key one signature can
/// fit many messages (RFC 8032, section 8.4, leaves the check to the protocol).
fn is_weak_edwards_point(x: &[u8; 32]) -> bool {
    /// y of the points of order 8. Those of order 1, 2 and 4 have y = 1, -1 and 0.
    const ORDER_8: [[u8; 32]; 2] = [
        [
            0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
            0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
        ],
        [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
            0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
        ],
    ];
    let mut y = *x;
    // The top bit is the sign of the other coordinate.
    y[31] &= 0x7f;
    let near_p = y[1..31].iter().all(|byte| *byte == 0xff) && y[31] == 0x7f;
    let is_minus_one_or_beyond_p = near_p && y[0] >= 0xec;
    let is_zero_or_one = y[0] <= 1 && y[1..].iter().all(|byte| *byte == 0);
    is_minus_one_or_beyond_p || is_zero_or_one || ORDER_8.contains(&y)
}
