//! JSON Web Keys, Signatures and Tokens (RFC 7515, 7517, 7518, 7519, 7638, 8037): bytes and time in, decision out.
//!
//! Owns the compact serialisation, three signature algorithms, public keys as JSON, and what makes a token acceptable
//! before anyone looks at its claims. Owns no key store, no clock, no network and no meaning of a claim: the caller
//! finds the key, says what time it is, and checks issuer, audience and purpose.
//!
//! Left out on purpose: the HMAC family (a verifier's key must not be able to sign), encryption, and the JSON
//! serialisations. `none` verifies nowhere; [`read_unsecured`] reads it for the one caller who asks for it by name.

mod algorithm;
mod base64url;
mod der;
mod error;
mod foreign;
mod jwk;
mod own_header;
mod roca;
mod signing;
pub mod strict;
#[cfg(test)]
mod tests;
mod times;
mod token;
mod token_hash;
mod verifying;

pub use self::{
    algorithm::Algorithm,
    error::JoseError,
    foreign::{Expected, has_private_member, read_unsecured, verify_possession, verify_with},
    jwk::{Jwk, JwkSet},
    own_header::OwnHeader,
    signing::SigningKey,
    strict::parse_strict,
    times::check_times,
    token::{MAX_TOKEN_BYTES, Unproven, Verified, peek_claims, peek_kid, verify, verify_id_token},
    token_hash::token_hash,
    verifying::VerifyingKey,
};
