//! Tokens that others sign: clients' assertions, request objects, proofs of possession.

use serde_json::Value;

use crate::{
    algorithm::Algorithm,
    error::JoseError,
    jwk::{Jwk, JwkSet},
    token::{Unproven, Verified, is_same_type, text},
    verifying::VerifyingKey,
};

/// Members of a JWK that hold a secret (RFC 7518, section 6; RFC 8037, section 2).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// What a token of another party may look like.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The values that `typ` may have.
    pub types: &'a [&'a str],
    /// `typ` must be there; otherwise it may be absent (RFC 8725, section 3.11, came after many of the token kinds).
    pub is_typ_required: bool,
    /// The only algorithms that are looked at (RFC 8725, section 3.1).
    pub algorithms: &'a [Algorithm],
}

/// Verifies a compact JWS with one key of a set: the one that `kid` names or, where the header names none, the only one that the
/// algorithm fits (OpenID Connect Core 1.0, section 10.1).
///
/// The header's `alg` picks among the algorithms that the caller allows and the key permits; it can not widen either.
pub fn verify_with(token: &str, expected: &Expected<'_>, keys: &JwkSet) -> Result<Verified, JoseError> {
    let (unproven, algorithm) = read(token, expected)?;
    let kid = unproven.header.get("kid").is_some().then(|| text(&unproven.header, "kid")).transpose()?;
    let mut fitting = keys
        .keys
        .iter()
        .filter(|key| kid.is_none() || key.kid.as_deref() == kid)
        .filter_map(|key| VerifyingKey::from_jwk_as(key, algorithm).ok());
    let key = fitting.next().ok_or(JoseError::UnknownKey)?;
    if kid.is_none() && fitting.next().is_some() {
        return Err(JoseError::UnknownKey);
    }
    unproven.prove(&key)
}

/// Verifies a compact JWS with the key in its own header (RFC 9449, section 4.2): it proves that the sender holds the private half,
/// and nothing about who that is. A header that gives away a private member is refused.
pub fn verify_possession(token: &str, expected: &Expected<'_>) -> Result<(Jwk, Verified), JoseError> {
    let (unproven, algorithm) = read(token, expected)?;
    let key = unproven.header.get("jwk").filter(|key| key.is_object()).ok_or(JoseError::Missing("jwk"))?;
    if has_private_member(key) {
        return Err(JoseError::Key("a private member was sent"));
    }
    let jwk: Jwk = serde_json::from_value(key.clone()).map_err(|_| JoseError::Key("it can not be read"))?;
    let key = VerifyingKey::from_jwk_as(&jwk, algorithm)?;
    Ok((jwk, unproven.prove(&key)?))
}

/// Reads an unsecured JWS (RFC 7515, appendix A.5): `alg` is `none` and the signature empty. Nothing is proven; a caller who may
/// accept that says so by calling this, and no verification ever leads here.
pub fn read_unsecured(token: &str, types: &[&str]) -> Result<Verified, JoseError> {
    let unproven = Unproven::read(token)?;
    check_typ(&unproven.header, types, false)?;
    if text(&unproven.header, "alg")? != "none" {
        return Err(JoseError::Algorithm);
    }
    if !unproven.signature.is_empty() {
        return Err(JoseError::Signature);
    }
    Ok(Verified { payload: unproven.payload })
}

/// Does this JWK hold more than its public half?
pub fn has_private_member(jwk: &Value) -> bool {
    PRIVATE.iter().any(|member| jwk.get(member).is_some())
}

fn read<'t>(token: &'t str, expected: &Expected<'_>) -> Result<(Unproven<'t>, Algorithm), JoseError> {
    let unproven = Unproven::read(token)?;
    check_typ(&unproven.header, expected.types, expected.is_typ_required)?;
    let algorithm: Algorithm = text(&unproven.header, "alg")?.parse()?;
    if !expected.algorithms.contains(&algorithm) {
        return Err(JoseError::Algorithm);
    }
    Ok((unproven, algorithm))
}

fn check_typ(header: &Value, types: &[&str], is_required: bool) -> Result<(), JoseError> {
    if header.get("typ").is_none() && !is_required {
        return Ok(());
    }
    let typ = text(header, "typ")?;
    if types.iter().any(|expected| is_same_type(typ, expected)) { Ok(()) } else { Err(JoseError::Typ) }
}
