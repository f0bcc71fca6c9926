//! What a second factor is and when it counts. Pure.

use std::time::Duration;

use kernel::{Id, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenancy::settings::{MfaFactor, SettingsMfa};

use super::FactorError;
use crate::{
    flows::Method,
    identifiers::{EmailAddress, PhoneNumber, masked_email, masked_phone},
    users::User,
};

/// A person has at most so many, recovery codes aside: nobody needs more, and every list stays short.
pub(super) const MAX_FACTORS: usize = 10;
/// An enrolment is finished in one sitting.
pub(super) const ENROLMENT: Duration = Duration::from_mins(30);
const MAX_NAME: usize = 60;

/// What a second factor is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FactorKind {
    /// An authenticator app (RFC 6238).
    Totp,
    /// A code by text message.
    Sms,
    /// A code by mail.
    Email,
    /// A passkey or security key.
    Webauthn,
    /// One of ten codes on paper.
    RecoveryCode,
}

impl FactorKind {
    pub(crate) const ALL: [Self; 5] = [Self::Totp, Self::Sms, Self::Email, Self::Webauthn, Self::RecoveryCode];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Sms => "sms",
            Self::Email => "email",
            Self::Webauthn => "webauthn",
            Self::RecoveryCode => "recovery_code",
        }
    }

    /// For people.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Totp => "authenticator app",
            Self::Sms => "text message",
            Self::Email => "email",
            Self::Webauthn => "passkey",
            Self::RecoveryCode => "recovery codes",
        }
    }

    /// What the settings call it.
    pub(crate) const fn setting(self) -> MfaFactor {
        match self {
            Self::Totp => MfaFactor::Totp,
            Self::Sms => MfaFactor::Sms,
            Self::Email => MfaFactor::Email,
            Self::Webauthn => MfaFactor::Passkey,
            Self::RecoveryCode => MfaFactor::RecoveryCode,
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// What a code of such a factor proves; of a passkey the proof itself tells.
    pub(crate) const fn method(self) -> Method {
        match self {
            Self::Totp => Method::Totp,
            Self::Sms => Method::SmsCode,
            Self::Email => Method::EmailCode,
            Self::Webauthn => Method::Passkey,
            Self::RecoveryCode => Method::RecoveryCode,
        }
    }

    /// Recovery codes stand in for a factor and are none: alone they protect nothing.
    pub(crate) const fn is_full(self) -> bool {
        !matches!(self, Self::RecoveryCode)
    }
}

/// An enrolled factor, or one that waits for its first code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Factor {
    pub(crate) id: Id<Self>,
    pub(crate) user_id: Id<User>,
    pub(crate) kind: FactorKind,
    pub(crate) name: Option<String>,
    /// Sealed.
    pub(crate) secret: Option<Vec<u8>>,
    pub(crate) last_step: Option<i64>,
    pub(crate) address: Option<String>,
    pub(crate) challenge_id: Option<crate::challenges::ChallengeId>,
    pub(crate) activated_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
}

impl Factor {
    /// May a first code still activate it?
    pub(super) fn must_await_activation(&self, now: Timestamp) -> Result<(), FactorError> {
        if self.activated_at.is_some() {
            return Err(FactorError::AlreadyActive);
        }
        if now.since(self.created_at) > ENROLMENT { Err(FactorError::EnrolmentExpired) } else { Ok(()) }
    }

    pub(super) fn label(&self) -> String {
        label(self.kind, self.name.as_deref(), self.address.as_deref())
    }
}

/// What a person has enrolled, and whether they have to enrol.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// Active ones, oldest first; passkeys and recovery codes among them.
    pub(crate) factors: Vec<FactorFacts>,
    /// Has a reset demanded that the next sign-in enrols one?
    pub(crate) is_enrolment_demanded: bool,
}

/// An active factor as a sign-in, a list and a policy need it; passkeys among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FactorFacts {
    pub(crate) id: Id<Factor>,
    pub(crate) kind: FactorKind,
    /// For the person: their own name for it, or where codes go, most of it hidden.
    pub(crate) label: String,
    pub(crate) created_at: Timestamp,
    pub(crate) last_used_at: Option<Timestamp>,
    /// Recovery codes that are not used yet.
    pub(crate) remaining: Option<u32>,
}

/// Does the application take second factors of this kind?
pub(crate) fn is_allowed(mfa: &SettingsMfa, kind: FactorKind) -> bool {
    mfa.allows(kind.setting())
}

/// The kinds that a person may enrol who has proven `proven`, in the order in which the application offers them. One that goes to
/// the same place as an earlier proof adds nothing to it.
pub(super) fn enrollable_kinds(mfa: &SettingsMfa, proven: &[Method]) -> Vec<FactorKind> {
    let mut kinds: Vec<FactorKind> =
        FactorKind::ALL.into_iter().filter(|kind| kind.is_full() && is_allowed(mfa, *kind)).collect();
    kinds.retain(|kind| kind.method().adds_to(proven));
    kinds.sort_by_key(|kind| mfa.factors.iter().position(|factor| *factor == kind.setting()));
    kinds
}

/// What a list says of a factor to whoever has proven a first factor only: no whole address.
pub(super) fn label(kind: FactorKind, name: Option<&str>, address: Option<&str>) -> String {
    match (kind, address) {
        (FactorKind::Totp, _) => name.unwrap_or("Authenticator app").to_owned(),
        (FactorKind::Webauthn, _) => name.unwrap_or("Passkey").to_owned(),
        (FactorKind::Sms, Some(number)) => masked_phone(number),
        (FactorKind::Email, Some(address)) => masked_email(address),
        (FactorKind::RecoveryCode, _) => "Recovery codes".to_owned(),
        (FactorKind::Sms | FactorKind::Email, None) => name.unwrap_or_default().to_owned(),
    }
}

/// A name of one line that a person gives.
pub(super) fn checked_name(name: Option<String>) -> Result<Option<String>, FactorError> {
    let Some(name) = name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()) else { return Ok(None) };
    let is_good = name.chars().count() <= MAX_NAME && !name.chars().any(char::is_control);
    if is_good { Ok(Some(name)) } else { Err(FactorError::Name) }
}

/// Where codes go, in its canonical spelling; without one, the person's own address, if they have one.
pub(super) fn code_address(kind: FactorKind, given: Option<&str>, user: &User) -> Result<String, FactorError> {
    match kind {
        FactorKind::Sms => {
            let own = user.primary_phone.as_ref().map(|phone| phone.number.as_str());
            let number = given.or(own).ok_or_else(|| FactorError::Address("Send a phone number.".to_owned()))?;
            let parsed: PhoneNumber = number.parse().map_err(|error| FactorError::Address(format!("{error}")))?;
            Ok(parsed.as_str().to_owned())
        }
        FactorKind::Email => {
            let own = user.primary_email.as_ref().map(|email| email.address.as_str());
            let address = given.or(own).ok_or_else(|| FactorError::Address("Send an email address.".to_owned()))?;
            let parsed: EmailAddress = address.parse().map_err(|error| FactorError::Address(format!("{error}")))?;
            Ok(parsed.as_str().to_owned())
        }
        FactorKind::Totp | FactorKind::Webauthn | FactorKind::RecoveryCode => Err(FactorError::NotAllowed),
    }
}

/// Has the session proven a second factor lately? What must hold before factors change, once there are any: a stolen session of
/// one factor could otherwise add the thief's own.
pub(super) fn must_be_strong(
    aal: u8,
    authenticated_at: Timestamp,
    now: Timestamp,
    freshness: Duration,
) -> Result<(), FactorError> {
    if aal >= 2 && now.since(authenticated_at) <= freshness { Ok(()) } else { Err(FactorError::StepUpRequired) }
}

/// May this one go? Where a second factor is required, the last full one stays.
pub(super) fn must_not_be_last(
    factors: &[FactorFacts],
    leaving: Id<Factor>,
    is_required: bool,
) -> Result<(), FactorError> {
    let mut others = factors.iter().filter(|factor| factor.id != leaving && factor.kind.is_full());
    let is_full = factors.iter().any(|factor| factor.id == leaving && factor.kind.is_full());
    if is_required && is_full && others.next().is_none() { Err(FactorError::LastFactor) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(id: u128, kind: FactorKind) -> FactorFacts {
        FactorFacts {
            id: Id::from_u128(id),
            kind,
            label: String::new(),
            created_at: Timestamp::default(),
            last_used_at: None,
            remaining: None,
        }
    }

    #[test]
    fn labels_hide_most_of_an_address() {
        assert_eq!(label(FactorKind::Sms, None, Some("+4915123456789")), "•••• 89");
        assert_eq!(label(FactorKind::Email, Some("work"), Some("ada@example.com")), "a•••@example.com");
        assert_eq!(label(FactorKind::Email, None, Some("é@example.com")), "é•••@example.com");
        assert_eq!(label(FactorKind::Totp, Some("phone"), None), "phone");
        assert_eq!(label(FactorKind::Totp, None, None), "Authenticator app");
    }

    #[test]
    fn names_are_one_line() {
        assert_eq!(checked_name(Some("  my phone ".to_owned())).unwrap().as_deref(), Some("my phone"));
        assert_eq!(checked_name(Some("   ".to_owned())).unwrap(), None);
        for bad in ["a\nb", "a\u{7}", &"x".repeat(61)] {
            assert!(checked_name(Some(bad.to_owned())).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_session_is_strong_with_two_factors_and_for_a_while_only() {
        let (at, ten) = (Timestamp::from_seconds(1_000), Duration::from_mins(10));
        for (aal, now, is_strong) in
            [(1, 1_000, false), (2, 1_000, true), (2, 1_600, true), (2, 1_601, false), (3, 1_000, true)]
        {
            assert_eq!(must_be_strong(aal, at, Timestamp::from_seconds(now), ten).is_ok(), is_strong, "{aal} at {now}");
        }
    }

    #[test]
    fn the_last_full_factor_stays_where_one_is_required() {
        let (app, codes) = (facts(1, FactorKind::Totp), facts(2, FactorKind::RecoveryCode));
        let phone = facts(3, FactorKind::Sms);
        let alone = [app.clone(), codes.clone()];
        assert!(must_not_be_last(&alone, app.id, true).is_err());
        assert!(must_not_be_last(&alone, app.id, false).is_ok());
        assert!(must_not_be_last(&alone, codes.id, true).is_ok());
        assert!(must_not_be_last(&[app.clone(), codes, phone], app.id, true).is_ok());
    }

    #[test]
    fn what_may_be_enrolled_adds_to_what_was_proven() {
        use FactorKind::{Email, Sms, Totp, Webauthn};
        let mfa = SettingsMfa::default();
        assert_eq!(enrollable_kinds(&mfa, &[Method::Password]), [Totp, Webauthn, Email, Sms]);
        assert_eq!(enrollable_kinds(&mfa, &[Method::MagicLink]), [Totp, Webauthn, Sms]);
        assert_eq!(enrollable_kinds(&mfa, &[Method::SmsCode]), [Totp, Webauthn, Email]);
        let paper = SettingsMfa { factors: vec![MfaFactor::RecoveryCode, MfaFactor::Sms], ..SettingsMfa::default() };
        assert_eq!(enrollable_kinds(&paper, &[Method::Password]), [Sms]);
        let off = SettingsMfa { policy: tenancy::settings::MfaPolicy::Off, ..SettingsMfa::default() };
        assert_eq!(enrollable_kinds(&off, &[Method::Password]), []);
    }

    #[test]
    fn an_enrolment_ends_after_half_an_hour_and_happens_once() {
        let factor = Factor {
            id: Id::from_u128(1),
            user_id: Id::from_u128(2),
            kind: FactorKind::Totp,
            name: None,
            secret: None,
            last_step: None,
            address: None,
            challenge_id: None,
            activated_at: None,
            created_at: Timestamp::from_seconds(0),
        };
        assert!(factor.must_await_activation(Timestamp::from_seconds(1_800)).is_ok());
        assert!(matches!(
            factor.must_await_activation(Timestamp::from_seconds(1_801)),
            Err(FactorError::EnrolmentExpired)
        ));
        let active = Factor { activated_at: Some(Timestamp::from_seconds(5)), ..factor };
        assert!(matches!(active.must_await_activation(Timestamp::from_seconds(6)), Err(FactorError::AlreadyActive)));
    }
}
