//! The compact serialisation read back: everything that must hold before a claim is looked at.

use std::borrow::Borrow;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{base64url, error::JoseError, strict, verifying::VerifyingKey};

/// The longest token that is looked at, in bytes, measured before anything is decoded.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// Header and claims nest no deeper than this; ours need three levels.
const MAX_DEPTH: usize = 16;

/// A token whose signature, type and header held. Its claims are still to be judged: `iss`, `aud`, times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The bytes that were signed, and nothing else.
    pub payload: Vec<u8>,
}

impl Verified {
    /// The payload as a JWT claims set: one JSON object without repeated names (RFC 7519, section 4).
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, JoseError> {
        claims(&self.payload)
    }

    /// The same of a token of our own, for a structure whose members are all plain: what it names twice it refuses by itself, and what it
    /// does not name means nothing.
    pub fn own_claims<'p, T: Deserialize<'p>>(&'p self) -> Result<T, JoseError> {
        read(&self.payload)
    }
}

fn claims<T: DeserializeOwned>(payload: &[u8]) -> Result<T, JoseError> {
    kernel::check_json(payload, MAX_DEPTH).map_err(|_| JoseError::Claims)?;
    read(payload)
}

fn read<'p, T: Deserialize<'p>>(payload: &'p [u8]) -> Result<T, JoseError> {
    // A list could be read as a structure too, entry by entry.
    if !payload.trim_ascii_start().starts_with(b"{") {
        return Err(JoseError::Claims);
    }
    serde_json::from_slice(payload).map_err(|_| JoseError::Claims)
}

/// The `kid` that a token's header names, so that the key can be fetched before [`verify`] proves anything.
pub fn peek_kid(token: &str) -> Result<String, JoseError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(JoseError::TooLong);
    }
    let (header, _) = token.split_once('.').ok_or(JoseError::Malformed)?;
    let header = strict::parse_strict(&base64url::decode(header).ok_or(JoseError::Malformed)?, MAX_DEPTH)?;
    text(&header, "kid").map(str::to_owned)
}

/// What a token claims, of which nothing is known to be true: to find out whose keys may prove it, and for nothing else.
pub fn peek_claims<T: DeserializeOwned>(token: &str) -> Result<T, JoseError> {
    claims(&Unproven::read(token)?.payload)
}

/// Verifies a compact JWS of one type (RFC 7515, section 5.2).
///
/// `find` answers the header's `kid`; the algorithm is that of the key found, and a header that says otherwise is refused.
/// Key material in the header (`jwk`, `jku`, `x5u`, `x5c`) is never looked at; extensions (`crit`, `b64`, `zip`) are
/// refused. `typ` must be there and be the one expected, so that a token of one kind never passes as another
/// (RFC 8725, section 3.11).
pub fn verify<K: Borrow<VerifyingKey>>(
    token: &str,
    typ: &str,
    find: impl FnOnce(&str) -> Option<K>,
) -> Result<Verified, JoseError> {
    let unproven = Unproven::read(token)?;
    unproven.check_type(typ)?;
    text(&unproven.header, "alg")?;
    let key = find(unproven.kid()?).ok_or(JoseError::UnknownKey)?;
    unproven.prove(key.borrow())
}

/// Verifies another issuer's ID token (OpenID Connect Core 1.0, section 2) under the same rules, but that `typ` may be absent and
/// is `JWT` otherwise, and that `kid` may be absent, as it is where the issuer has one key only (section 10.1).
pub fn verify_id_token<K: Borrow<VerifyingKey>>(
    token: &str,
    find: impl FnOnce(Option<&str>) -> Option<K>,
) -> Result<Verified, JoseError> {
    let unproven = Unproven::read(token)?;
    if unproven.header.get("typ").is_some() && !is_same_type(text(&unproven.header, "typ")?, "JWT") {
        return Err(JoseError::Typ);
    }
    let kid = unproven.header.get("kid").is_some().then(|| text(&unproven.header, "kid")).transpose()?;
    let key = find(kid).ok_or(JoseError::UnknownKey)?;
    unproven.prove(key.borrow())
}

/// A token taken apart, of which nothing is known to be true: for who has to fetch the key before [`Unproven::verify`] proves anything.
pub struct Unproven<'t> {
    signed: &'t str,
    pub(crate) header: Value,
    pub(crate) payload: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

impl<'t> Unproven<'t> {
    pub fn read(token: &'t str) -> Result<Self, JoseError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(JoseError::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JoseError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(JoseError::Malformed)?;
        // A fourth segment's dot is outside the base64url alphabet and falls here too.
        let [header, payload, signature] = [header, payload, signature].map(base64url::decode);
        let (Some(header), Some(payload), Some(signature)) = (header, payload, signature) else {
            return Err(JoseError::Malformed);
        };
        let header = strict::parse_strict(&header, MAX_DEPTH)?;
        for extension in ["crit", "b64", "zip"] {
            if header.get(extension).is_some() {
                return Err(JoseError::Unsupported(extension));
            }
        }
        Ok(Self { signed, header, payload, signature })
    }

    /// The name of the key that is said to have signed it.
    pub fn kid(&self) -> Result<&str, JoseError> {
        text(&self.header, "kid")
    }

    /// As [`verify`] does, with the key at hand.
    pub fn verify(self, typ: &str, key: &VerifyingKey) -> Result<Verified, JoseError> {
        self.check_type(typ)?;
        self.prove(key)
    }

    fn check_type(&self, typ: &str) -> Result<(), JoseError> {
        if is_same_type(text(&self.header, "typ")?, typ) { Ok(()) } else { Err(JoseError::Typ) }
    }

    pub(crate) fn prove(self, key: &VerifyingKey) -> Result<Verified, JoseError> {
        if text(&self.header, "alg")?.parse() != Ok(key.algorithm()) {
            return Err(JoseError::Algorithm);
        }
        key.verify_signature(self.signed.as_bytes(), &self.signature)?;
        Ok(Verified { payload: self.payload })
    }
}

/// `Value::get` finds nothing in what is no object, so this refuses headers that are arrays or texts too.
pub(crate) fn text<'h>(header: &'h Value, name: &'static str) -> Result<&'h str, JoseError> {
    header.get(name).and_then(Value::as_str).ok_or(JoseError::Missing(name))
}

/// Media types are compared without case, and `application/` may be left away (RFC 7515, section 4.1.9).
pub(crate) fn is_same_type(found: &str, expected: &str) -> bool {
    subtype(found).eq_ignore_ascii_case(subtype(expected))
}

fn subtype(name: &str) -> &str {
    const PREFIX: &str = "application/";
    match name.split_at_checked(PREFIX.len()) {
        Some((prefix, subtype)) if prefix.eq_ignore_ascii_case(PREFIX) => subtype,
        _ => name,
    }
}
