//! Verifying an assertion (Web Authentication Level 3, section 7.2).

use aws_lc_rs::digest::{SHA256, digest};

use crate::{
    WebauthnError,
    authenticator_data::{AuthenticatorData, Flags},
    client_data::{Ceremony, RelyingParty, check},
    cose::PublicKey,
};

/// What came back from `navigator.credentials.get`.
#[derive(Clone, Copy, Debug)]
pub struct Assertion<'a> {
    pub client_data: &'a [u8],
    pub authenticator_data: &'a [u8],
    pub signature: &'a [u8],
}

/// What is known of the credential that is said to have signed.
#[derive(Clone, Copy, Debug)]
pub struct Credential<'a> {
    /// [`crate::Registered::public_key`].
    pub public_key: &'a [u8],
    pub sign_count: u32,
    pub backup_eligible: bool,
}

/// A credential that signed; what to keep of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authenticated {
    pub sign_count: u32,
    pub flags: Flags,
}

/// Steps 10 to 23; that the credential belongs to the person who is meant, and that the challenge is redeemed, is the caller's part.
pub fn verify_authentication(
    assertion: &Assertion<'_>,
    credential: &Credential<'_>,
    challenge: &[u8],
    party: &RelyingParty<'_>,
) -> Result<Authenticated, WebauthnError> {
    check(assertion.client_data, Ceremony::Get, challenge, party)?;
    let data = AuthenticatorData::parse(assertion.authenticator_data)?;
    data.check(party)?;
    if data.attested.is_some() {
        return Err(WebauthnError::AuthenticatorData);
    }
    if data.flags.backup_eligible != credential.backup_eligible {
        return Err(WebauthnError::BackupFlags);
    }
    let client_data_hash = digest(&SHA256, assertion.client_data);
    let signed = [assertion.authenticator_data, client_data_hash.as_ref()].concat();
    PublicKey::from_bytes(credential.public_key)?.verify(&signed, assertion.signature)?;
    if !is_later(credential.sign_count, data.sign_count) {
        return Err(WebauthnError::Counter);
    }
    Ok(Authenticated { sign_count: data.sign_count, flags: data.flags })
}

/// Authenticators that count nothing stay at zero; those that count must rise (section 6.1.1).
const fn is_later(before: u32, now: u32) -> bool {
    (before == 0 && now == 0) || now > before
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_that_counts_must_rise() {
        for (before, now, expected) in [
            (0, 0, true),
            (0, 1, true),
            (1, 2, true),
            (1, 1, false),
            (2, 1, false),
            (1, 0, false),
            (u32::MAX, 0, false),
        ] {
            assert_eq!(is_later(before, now), expected, "{before} to {now}");
        }
    }
}
