//! What a challenge is and how long it is good for. Pure.

use std::time::Duration;

use kernel::{Id, Secret, Timestamp};
use serde_json::Value;
use tenancy::messaging::Channel;

use crate::{flows::FlowKey, users::UserId};

/// A challenge that was redeemed just now, or is looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Challenge {
    pub id: Id<Self>,
    pub user_id: Option<UserId>,
    pub flow: Option<FlowKey>,
    pub payload: Value,
    pub created_at: Timestamp,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $many:literal;)+) => {
        /// What a challenge is good for; a challenge of one kind redeems nothing of another.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ChallengeKind { $($(#[$doc])* $variant),+ }

        impl ChallengeKind {
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Is it sent to an address? Then the caps hold.
            pub const fn is_sent(self) -> bool {
                match self { $(Self::$variant => $many),+ }
            }
        }
    };
}

kinds! {
    /// A link that signs in or up.
    MagicLink = "magic_link", true;
    /// A code that signs in or up.
    SignInCode = "sign_in_code", true;
    /// A code of an email or phone factor, for a flow.
    FactorCode = "factor_code", true;
    /// A code that activates an email or phone factor.
    FactorEnrolment = "factor_enrolment", true;
    /// A link that sets a new password.
    ResetPassword = "reset_password", true;
    /// A link or code that proves an email address.
    VerifyEmail = "verify_email", true;
    /// A code that proves a phone number.
    VerifyPhone = "verify_phone", true;
    /// A link that puts a new email address in the place of the old.
    ChangeEmail = "change_email", true;
    /// An invitation to sign up.
    Invitation = "invitation", true;
    /// What a new passkey signs.
    PasskeyRegistration = "passkey_registration", false;
    /// What a passkey signs to sign in.
    PasskeyAuthentication = "passkey_authentication", false;
    /// The state of a sign-in at an upstream provider.
    SocialState = "social_state", false;
    /// The way to a provider for a signed-in person who links an account there.
    LinkStart = "link_start", false;
    /// The proof of an upstream account that is about to be linked.
    LinkProof = "link_proof", false;
    /// The one-time code that an application exchanges for a session.
    HandOff = "hand_off", false;
}

/// A challenge to be made.
pub struct NewChallenge<'a> {
    pub kind: ChallengeKind,
    pub user: Option<UserId>,
    /// The canonical address that it is sent to.
    pub subject: Option<&'a str>,
    pub flow: Option<FlowKey>,
    /// What the browser that asks holds; only who holds it may redeem.
    pub browser: Option<&'a Secret>,
    /// Nothing secret: what must stay secret is sealed by whoever puts it in.
    pub payload: Value,
    pub lifetime: Duration,
}

/// Wrong codes that one challenge survives.
pub(super) const MAX_TRIES: u32 = 5;

/// By which way a canonical address is reached: phone numbers begin with a plus sign (E.164) and hold no `@`.
pub fn channel_of(address: &str) -> Channel {
    if address.starts_with('+') && !address.contains('@') { Channel::Sms } else { Channel::Email }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_from_mailboxes() {
        assert_eq!(channel_of("+4915123456789"), Channel::Sms);
        assert_eq!(channel_of("+ada@example.com"), Channel::Email);
        assert_eq!(channel_of("ada@example.com"), Channel::Email);
    }
}
