//! What a passkey is, how far it goes, and when it may come and go. Pure.

use std::time::Duration;

use kernel::{Id, Timestamp};
use tenancy::settings::SettingsAttestation;
use uuid::Uuid;

use super::PasskeyError;
use crate::{flows::Method, users::UserId};

/// A person has at most so many: nobody has more devices and keychains, and every list stays short.
pub(super) const MAX_PASSKEYS: usize = 20;
const MAX_NAME: usize = 60;

/// A credential of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Passkey {
    pub(crate) id: Id<Self>,
    pub(crate) user_id: UserId,
    pub(crate) credential_id: Vec<u8>,
    /// The COSE key, as it was registered.
    pub(crate) public_key: Vec<u8>,
    pub(crate) sign_count: u32,
    /// The model, as it says; known where `attested`.
    pub(crate) aaguid: Uuid,
    /// Did a maker whose root is trusted vouch for it?
    pub(crate) attested: bool,
    /// May it be copied to other devices, for example by a synced keychain?
    pub(crate) backup_eligible: bool,
    pub(crate) backed_up: bool,
    /// Space-separated hints on how to reach the authenticator.
    pub(crate) transports: String,
    pub(crate) name: String,
    pub(crate) created_at: Timestamp,
    pub(crate) last_used_at: Option<Timestamp>,
}

impl Passkey {
    /// What it proves when it signs with the person verified. The highest level needs hardware that somebody vouches for and that
    /// the key can't leave (NIST SP 800-63B-4, section 2.3.2).
    pub(crate) fn method(&self, policy: &SettingsAttestation) -> Method {
        if self.attested && !self.backup_eligible && policy.accepts(self.aaguid) {
            Method::HardwarePasskey
        } else {
            Method::Passkey
        }
    }
}

/// A name of one line that a person gives; `None` where they give none.
pub(super) fn checked_name(name: Option<String>) -> Result<Option<String>, PasskeyError> {
    let Some(name) = name else { return Ok(None) };
    let name = name.trim();
    let length = name.chars().count();
    if length == 0 || length > MAX_NAME || name.chars().any(char::is_control) {
        return Err(PasskeyError::Name);
    }
    Ok(Some(name.to_owned()))
}

/// The hints that a browser gave, of those that the standard knows (Web Authentication Level 3, section 5.8.4).
pub(super) fn known_transports(given: &[String]) -> String {
    const KNOWN: [&str; 6] = ["ble", "hybrid", "internal", "nfc", "smart-card", "usb"];
    let known: Vec<&str> = KNOWN.into_iter().filter(|name| given.iter().any(|given| given == name)).collect();
    known.join(" ")
}

/// What a session has proven, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Strength {
    pub(super) aal: u8,
    pub(super) authenticated_at: Timestamp,
}

/// A session of long ago changes nothing: it may be stolen. Of a person who has a second factor it must have proven one as well, or
/// whoever knows a password could make themselves a key (`has_other_factor`: which factors count is the caller's to say).
pub(super) fn must_be_strong(
    strength: Strength,
    has_other_factor: bool,
    now: Timestamp,
    freshness: Duration,
) -> Result<(), PasskeyError> {
    let is_fresh = now.since(strength.authenticated_at) <= freshness;
    let is_enough = strength.aal >= 2 || !has_other_factor;
    if is_fresh && is_enough { Ok(()) } else { Err(PasskeyError::StepUpRequired) }
}

/// The ways in that a person has left without the passkey that is about to go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct OtherWays {
    pub(super) passkeys: u32,
    pub(super) has_password: bool,
    pub(super) has_proven_email: bool,
    pub(super) has_proven_phone: bool,
    pub(super) identities: u64,
}

/// Which of them the application takes.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a way of its own")]
pub(super) struct TakenWays {
    pub(super) password: bool,
    pub(super) email: bool,
    pub(super) phone: bool,
    pub(super) social: bool,
}

pub(super) fn must_not_be_last(others: OtherWays, taken: TakenWays) -> Result<(), PasskeyError> {
    let is_one_left = others.passkeys > 0
        || (others.has_password && taken.password)
        || (others.has_proven_email && taken.email)
        || (others.has_proven_phone && taken.phone)
        || (others.identities > 0 && taken.social);
    if is_one_left { Ok(()) } else { Err(PasskeyError::LastWayIn) }
}

#[cfg(test)]
mod tests {
    use tenancy::settings::AttestationMode;

    use super::*;

    fn passkey(attested: bool, backup_eligible: bool) -> Passkey {
        Passkey {
            id: Id::from_u128(1),
            user_id: Id::from_u128(2),
            credential_id: vec![1],
            public_key: vec![2],
            sign_count: 0,
            aaguid: Uuid::from_u128(7),
            attested,
            backup_eligible,
            backed_up: false,
            transports: String::new(),
            name: "Passkey".to_owned(),
            created_at: Timestamp::default(),
            last_used_at: None,
        }
    }

    #[test]
    fn only_attested_hardware_of_an_accepted_model_reaches_the_highest_level() {
        let policy = |mode, model| SettingsAttestation { mode, aaguids: vec![Uuid::from_u128(model)] };
        let any = policy(AttestationMode::AnyAttested, 0);
        for (attested, backup_eligible, policy, expected) in [
            (true, false, &any, Method::HardwarePasskey),
            (true, true, &any, Method::Passkey),
            (false, false, &any, Method::Passkey),
            (true, false, &policy(AttestationMode::Off, 7), Method::Passkey),
            (true, false, &policy(AttestationMode::Listed, 7), Method::HardwarePasskey),
            (true, false, &policy(AttestationMode::Listed, 8), Method::Passkey),
        ] {
            assert_eq!(passkey(attested, backup_eligible).method(policy), expected, "{policy:?}");
        }
    }

    #[test]
    fn names_are_one_line() {
        assert_eq!(checked_name(None).unwrap(), None);
        assert_eq!(checked_name(Some("  my phone ".into())).unwrap().as_deref(), Some("my phone"));
        for bad in ["", "  ", "a\nb", "a\u{7}b", &"x".repeat(61)] {
            assert!(checked_name(Some(bad.to_owned())).is_err(), "{bad}");
        }
    }

    #[test]
    fn hints_are_those_of_the_standard_and_each_once() {
        let given = ["usb", "internal", "usb", "<script>", "cable"].map(str::to_owned);
        assert_eq!(known_transports(&given), "internal usb");
        assert_eq!(known_transports(&[]), "");
    }

    #[test]
    fn strength_is_freshness_and_a_second_factor_where_there_is_one() {
        let ten = Duration::from_mins(10);
        for (aal, has_other_factor, at, is_strong) in [
            (1, false, 1_000, true),
            (1, false, 1_600, true),
            (1, false, 1_601, false),
            (1, true, 1_000, false),
            (2, true, 1_000, true),
            (3, true, 1_601, false),
        ] {
            let strength = Strength { aal, authenticated_at: Timestamp::from_seconds(1_000) };
            let verdict = must_be_strong(strength, has_other_factor, Timestamp::from_seconds(at), ten);
            assert_eq!(verdict.is_ok(), is_strong, "{aal} {has_other_factor} at {at}");
        }
    }

    #[test]
    fn one_way_in_that_the_application_takes_must_be_left() {
        let none = OtherWays::default();
        let all = TakenWays { password: true, email: true, phone: true, social: true };
        assert!(must_not_be_last(none, all).is_err());
        for (others, without) in [
            (OtherWays { has_password: true, ..none }, TakenWays { password: false, ..all }),
            (OtherWays { has_proven_email: true, ..none }, TakenWays { email: false, ..all }),
            (OtherWays { has_proven_phone: true, ..none }, TakenWays { phone: false, ..all }),
            (OtherWays { identities: 1, ..none }, TakenWays { social: false, ..all }),
        ] {
            assert!(must_not_be_last(others, all).is_ok(), "{others:?}");
            assert!(must_not_be_last(others, without).is_err(), "{others:?}");
        }
        let nothing = TakenWays { password: false, email: false, phone: false, social: false };
        assert!(must_not_be_last(OtherWays { passkeys: 1, ..none }, nothing).is_ok());
    }
}
