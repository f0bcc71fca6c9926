//! Verifying a new credential (Web Authentication Level 3, section 7.1).

use aws_lc_rs::digest::{SHA256, digest};
use kernel::Timestamp;

use crate::{
    TrustRoots, WebauthnError,
    attestation::{Attestation, Statement},
    authenticator_data::{Aaguid, AuthenticatorData, Flags},
    cbor::Item,
    client_data::{Ceremony, RelyingParty, check},
    cose::PublicKey,
};

/// Section 7.1, step 26: longer ones need not be taken.
pub const MAX_CREDENTIAL_ID_BYTES: usize = 1_023;
/// Room for a chain of certificates.
const MAX_OBJECT_BYTES: usize = 32 * 1_024;

/// What came back from `navigator.credentials.create`.
#[derive(Clone, Copy, Debug)]
pub struct Registration<'a> {
    /// `rawId`: must be the id that the authenticator itself names.
    pub credential_id: &'a [u8],
    pub client_data: &'a [u8],
    pub attestation_object: &'a [u8],
}

/// A new credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    pub credential_id: Vec<u8>,
    /// The COSE key.
    pub public_key: Vec<u8>,
    /// The number of its algorithm.
    pub algorithm: i64,
    pub sign_count: u32,
    pub flags: Flags,
    pub aaguid: Aaguid,
    pub attestation: Attestation,
}

/// Steps 7 to 26; that nobody has the credential yet, and that the challenge is redeemed, is the caller's part.
pub fn verify_registration(
    registration: &Registration<'_>,
    challenge: &[u8],
    party: &RelyingParty<'_>,
    roots: &TrustRoots,
    now: Timestamp,
) -> Result<Registered, WebauthnError> {
    check(registration.client_data, Ceremony::Create, challenge, party)?;
    if registration.attestation_object.len() > MAX_OBJECT_BYTES {
        return Err(WebauthnError::Cbor);
    }
    let object = Item::read_whole(registration.attestation_object)?;
    let auth_data = object.member("authData").and_then(Item::bytes).ok_or(WebauthnError::Cbor)?;
    let data = AuthenticatorData::parse(auth_data)?;
    data.check(party)?;
    let credential = data.attested.as_ref().ok_or(WebauthnError::AuthenticatorData)?;
    let is_bounded = (1..=MAX_CREDENTIAL_ID_BYTES).contains(&credential.id.len());
    if !is_bounded || credential.id != registration.credential_id {
        return Err(WebauthnError::CredentialId);
    }
    let key = PublicKey::from_item(&credential.key)?;
    let client_data_hash = digest(&SHA256, registration.client_data);
    let statement = Statement {
        format: object.member("fmt").and_then(Item::text).ok_or(WebauthnError::Cbor)?,
        members: object.member("attStmt").ok_or(WebauthnError::Cbor)?,
        signed: &[auth_data, client_data_hash.as_ref()].concat(),
        key: &key,
        aaguid: credential.aaguid,
    };
    Ok(Registered {
        credential_id: credential.id.to_vec(),
        public_key: credential.key_bytes.to_vec(),
        algorithm: key.algorithm.number(),
        sign_count: data.sign_count,
        flags: data.flags,
        aaguid: credential.aaguid,
        attestation: statement.verify(roots, now)?,
    })
}
