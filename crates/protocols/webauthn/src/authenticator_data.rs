//! What the authenticator signs (Web Authentication Level 3, section 6.1).

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};

use crate::{WebauthnError, cbor::Item, client_data::RelyingParty};

/// The model of an authenticator; zeros where it does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Aaguid(pub [u8; 16]);

impl fmt::Display for Aaguid {
    /// As a UUID.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// What happened at the authenticator, and what its credential is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a bit of the standard's own")]
pub struct Flags {
    pub user_present: bool,
    pub user_verified: bool,
    /// May the credential leave its authenticator, for example into a synced keychain? Never changes.
    pub backup_eligible: bool,
    /// Has it done so?
    pub backed_up: bool,
}

pub(crate) struct AuthenticatorData<'a> {
    pub(crate) flags: Flags,
    pub(crate) sign_count: u32,
    /// At a registration.
    pub(crate) attested: Option<AttestedCredential<'a>>,
    rp_id_hash: &'a [u8; 32],
}

pub(crate) struct AttestedCredential<'a> {
    pub(crate) aaguid: Aaguid,
    pub(crate) id: &'a [u8],
    /// The COSE key as it was sent.
    pub(crate) key_bytes: &'a [u8],
    pub(crate) key: Item<'a>,
}

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;
const EXTENSIONS: u8 = 1 << 7;

impl<'a> AuthenticatorData<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, WebauthnError> {
        let (rp_id_hash, bytes) = bytes.split_first_chunk::<32>().ok_or(WebauthnError::AuthenticatorData)?;
        let ([bits], bytes) = bytes.split_first_chunk::<1>().ok_or(WebauthnError::AuthenticatorData)?;
        let (sign_count, bytes) = bytes.split_first_chunk::<4>().ok_or(WebauthnError::AuthenticatorData)?;
        let has = |flag: u8| bits & flag != 0;
        let (attested, bytes) = if has(ATTESTED) {
            let (credential, rest) = AttestedCredential::parse(bytes)?;
            (Some(credential), rest)
        } else {
            (None, bytes)
        };
        let rest = if has(EXTENSIONS) {
            let (extensions, rest) = Item::read(bytes)?;
            if !matches!(extensions, Item::Map(_)) {
                return Err(WebauthnError::AuthenticatorData);
            }
            rest
        } else {
            bytes
        };
        if !rest.is_empty() {
            return Err(WebauthnError::AuthenticatorData);
        }
        let flags = Flags {
            user_present: has(USER_PRESENT),
            user_verified: has(USER_VERIFIED),
            backup_eligible: has(BACKUP_ELIGIBLE),
            backed_up: has(BACKED_UP),
        };
        Ok(Self { flags, sign_count: u32::from_be_bytes(*sign_count), attested, rp_id_hash })
    }

    /// Steps 14 to 18 of section 7.1, and 15 to 19 of section 7.2.
    pub(crate) fn check(&self, party: &RelyingParty<'_>) -> Result<(), WebauthnError> {
        if self.rp_id_hash != digest(&SHA256, party.id.as_bytes()).as_ref() {
            return Err(WebauthnError::RpId);
        }
        if !self.flags.user_present {
            return Err(WebauthnError::UserPresence);
        }
        if party.requires_user_verification && !self.flags.user_verified {
            return Err(WebauthnError::UserVerification);
        }
        if self.flags.backed_up && !self.flags.backup_eligible {
            return Err(WebauthnError::BackupFlags);
        }
        Ok(())
    }
}

impl<'a> AttestedCredential<'a> {
    /// Section 6.5.1.
    fn parse(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), WebauthnError> {
        let (aaguid, bytes) = bytes.split_first_chunk::<16>().ok_or(WebauthnError::AuthenticatorData)?;
        let (length, bytes) = bytes.split_first_chunk::<2>().ok_or(WebauthnError::AuthenticatorData)?;
        let (id, bytes) =
            bytes.split_at_checked(u16::from_be_bytes(*length).into()).ok_or(WebauthnError::AuthenticatorData)?;
        let (key, rest) = Item::read(bytes)?;
        let key_bytes = &bytes[..bytes.len() - rest.len()];
        Ok((Self { aaguid: Aaguid(*aaguid), id, key_bytes, key }, rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(flags: u8, rest: &[u8]) -> Vec<u8> {
        let hash = digest(&SHA256, b"localhost");
        [hash.as_ref(), &[flags], &7_u32.to_be_bytes(), rest].concat()
    }

    #[test]
    fn nothing_may_stand_behind_what_the_flags_announce() {
        let whole = data(USER_PRESENT, &[]);
        assert!(AuthenticatorData::parse(&whole).is_ok_and(|data| data.sign_count == 7));
        for length in 0..whole.len() {
            assert!(AuthenticatorData::parse(&whole[..length]).is_err(), "{length}");
        }
        for (name, bytes) in [
            ("a byte too many", data(USER_PRESENT, &[0])),
            ("extensions that are announced only", data(EXTENSIONS, &[])),
            ("extensions that are no map", data(EXTENSIONS, &[0x80])),
            ("a credential that is announced only", data(ATTESTED, &[])),
            ("a credential id that is cut off", data(ATTESTED, &[&[0; 16][..], &[0, 9], &[1; 8]].concat())),
        ] {
            assert!(AuthenticatorData::parse(&bytes).is_err(), "{name}");
        }
        assert!(AuthenticatorData::parse(&data(EXTENSIONS, &[0xa0])).is_ok());
    }

    #[test]
    fn flags_decide() {
        let origins = [];
        let party = |requires_user_verification| RelyingParty {
            id: "localhost",
            origins: &origins,
            requires_user_verification,
        };
        let verdict =
            |flags, requires| AuthenticatorData::parse(&data(flags, &[])).and_then(|data| data.check(&party(requires)));
        assert_eq!(verdict(USER_PRESENT | USER_VERIFIED, true), Ok(()));
        assert_eq!(verdict(USER_PRESENT, false), Ok(()));
        assert_eq!(verdict(USER_PRESENT, true), Err(WebauthnError::UserVerification));
        assert_eq!(verdict(USER_VERIFIED, false), Err(WebauthnError::UserPresence));
        assert_eq!(verdict(USER_PRESENT | BACKED_UP, false), Err(WebauthnError::BackupFlags));
        assert_eq!(verdict(USER_PRESENT | BACKED_UP | BACKUP_ELIGIBLE, false), Ok(()));
        let elsewhere =
            RelyingParty { id: "localhost.evil.test", origins: &origins, requires_user_verification: false };
        assert_eq!(
            AuthenticatorData::parse(&data(USER_PRESENT, &[])).and_then(|data| data.check(&elsewhere)),
            Err(WebauthnError::RpId)
        );
    }

    #[test]
    fn an_aaguid_is_written_as_a_uuid() {
        let aaguid =
            Aaguid([0xea, 0x9b, 0x8d, 0x66, 0x4d, 0x01, 0x1d, 0x21, 0x3c, 0xe4, 0xb6, 0xb4, 0x8c, 0xb5, 0x75, 0xd4]);
        assert_eq!(aaguid.to_string(), "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4");
    }
}
