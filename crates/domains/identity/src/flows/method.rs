//! The ways in which a person proves something, and how far each one goes. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a person has done to prove who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    Password,
    /// A link that was sent to an email address.
    MagicLink,
    /// A code that was sent to an email address.
    EmailCode,
    /// A code that was sent to a phone.
    SmsCode,
    /// A passkey, with user verification: something one has and something one knows or is.
    Passkey,
    /// The same, kept in attested hardware that can't be copied.
    HardwarePasskey,
    /// An account at an upstream provider.
    Social,
    /// A time-based code of an authenticator app (RFC 6238).
    Totp,
    /// One of the codes that were handed out for the day when everything else is lost.
    RecoveryCode,
    /// A device on which a second factor was given before.
    TrustedDevice,
    /// Nothing: a guest.
    Anonymous,
}

/// What somebody else must take away to give a proof in the person's place. Two proofs of one class are one factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Knowledge,
    Mailbox,
    Phone,
    Upstream,
    App,
    Paper,
    Key,
    None,
}

impl Method {
    pub(crate) const ALL: [Self; 11] = [
        Self::Password,
        Self::MagicLink,
        Self::EmailCode,
        Self::SmsCode,
        Self::Passkey,
        Self::HardwarePasskey,
        Self::Social,
        Self::Totp,
        Self::RecoveryCode,
        Self::TrustedDevice,
        Self::Anonymous,
    ];

    /// As it is kept with a session.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::MagicLink => "magic_link",
            Self::EmailCode => "email_code",
            Self::SmsCode => "sms_code",
            Self::Passkey => "passkey",
            Self::HardwarePasskey => "hardware_passkey",
            Self::Social => "social",
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery_code",
            Self::TrustedDevice => "trusted_device",
            Self::Anonymous => "anonymous",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// The authentication method reference (RFC 8176, section 2, and its registry). `fed` and `anon` are ours, in the same
    /// spelling: the registry has no name for them.
    pub const fn amr(self) -> &'static str {
        match self {
            Self::Password => "pwd",
            Self::MagicLink | Self::EmailCode | Self::Totp | Self::RecoveryCode => "otp",
            Self::SmsCode => "sms",
            Self::Passkey => "swk",
            Self::HardwarePasskey => "hwk",
            Self::Social => "fed",
            Self::TrustedDevice => "rba",
            Self::Anonymous => "anon",
        }
    }

    const fn class(self) -> Class {
        match self {
            Self::Password => Class::Knowledge,
            Self::MagicLink | Self::EmailCode => Class::Mailbox,
            Self::SmsCode => Class::Phone,
            Self::Passkey | Self::HardwarePasskey => Class::Key,
            Self::Social => Class::Upstream,
            Self::Totp => Class::App,
            Self::RecoveryCode => Class::Paper,
            Self::TrustedDevice | Self::Anonymous => Class::None,
        }
    }

    /// May it stand second?
    const fn is_second(self) -> bool {
        matches!(
            self,
            Self::EmailCode | Self::SmsCode | Self::Passkey | Self::HardwarePasskey | Self::Totp | Self::RecoveryCode
        )
    }

    /// Does it add something to what was proven before?
    pub fn adds_to(self, proven: &[Self]) -> bool {
        self.is_second() && proven.iter().all(|before| before.class() != self.class())
    }
}

/// The authentication assurance level of what was proven: 1 signed in, 2 two factors, 3 phishing-resistant and bound to hardware.
/// Computed from the proofs each time, never kept beside them.
pub fn assurance(proven: &[Method]) -> u8 {
    if proven.contains(&Method::HardwarePasskey) {
        3
    } else if proven.contains(&Method::Passkey) || has_two_classes(proven) {
        2
    } else {
        1
    }
}

fn has_two_classes(proven: &[Method]) -> bool {
    let proven: Vec<Method> = proven.iter().copied().filter(|method| method.class() != Class::None).collect();
    proven.iter().any(|second| second.is_second() && proven.iter().any(|first| first.class() != second.class()))
}

/// Space-separated, each once, with `mfa` where several factors were used (RFC 8176, section 2).
pub fn amr(proven: &[Method]) -> String {
    let mut values: Vec<&str> = Vec::new();
    for method in proven {
        if !values.contains(&method.amr()) {
            values.push(method.amr());
        }
    }
    if assurance(proven) > 1 {
        values.push("mfa");
    }
    values.join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Method::*, *};

    #[test]
    fn assurance_needs_two_classes_or_a_passkey() {
        for (proven, expected) in [
            (&[Password][..], 1),
            (&[MagicLink], 1),
            (&[Anonymous], 1),
            (&[Password, TrustedDevice], 1),
            (&[MagicLink, EmailCode], 1),
            (&[SmsCode, SmsCode], 1),
            (&[Password, Password], 1),
            (&[Password, Social], 1),
            (&[Password, Totp], 2),
            (&[Password, EmailCode], 2),
            (&[Social, RecoveryCode], 2),
            (&[MagicLink, SmsCode], 2),
            (&[Passkey], 2),
            (&[Passkey, Totp], 2),
            (&[HardwarePasskey], 3),
            (&[Password, HardwarePasskey], 3),
            (&[], 1),
        ] {
            assert_eq!(assurance(proven), expected, "{proven:?}");
        }
    }

    #[test]
    fn the_order_of_proofs_does_not_matter_and_more_never_lowers() {
        for one in Method::ALL {
            for two in Method::ALL {
                assert_eq!(assurance(&[one, two]), assurance(&[two, one]));
                assert!(assurance(&[one, two]) >= assurance(&[one]));
            }
        }
    }

    #[test]
    fn the_same_channel_twice_adds_nothing() {
        assert!(!EmailCode.adds_to(&[MagicLink]));
        assert!(!SmsCode.adds_to(&[SmsCode]));
        assert!(!Password.adds_to(&[MagicLink]));
        assert!(!TrustedDevice.adds_to(&[Password]));
        assert!(EmailCode.adds_to(&[Password]));
        assert!(Totp.adds_to(&[Password, EmailCode]));
    }

    #[test]
    fn references_are_told_once() {
        assert_eq!(amr(&[Password]), "pwd");
        assert_eq!(amr(&[Password, Totp]), "pwd otp mfa");
        assert_eq!(amr(&[MagicLink, EmailCode]), "otp");
        assert_eq!(amr(&[HardwarePasskey]), "hwk mfa");
    }
}
