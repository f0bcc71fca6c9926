//! The closed set of messages, and the facts that each is made of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! templates {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal { needs: [$($needed:literal),*], may: [$($may:literal),*] })*) => {
        /// What a message is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
        #[schemars(rename = "MessageTemplate")]
        pub enum Template {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $variant,)*
        }

        impl Template {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it is about, as a sentence.
            pub const fn about(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii(),)* }
            }

            /// Facts without which it says nothing; of several in one text parted by `|`, one is enough.
            pub(crate) const fn needs(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($needed),*],)* }
            }

            /// Facts that it can do without.
            pub(crate) const fn may_have(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($may),*],)* }
            }
        }
    };
}

templates! {
    /// A link that signs in.
    MagicLink = "magic_link" { needs: ["link"], may: ["name", "device", "ip", "location"] }
    /// A code that signs in.
    SignInCode = "sign_in_code" { needs: ["code"], may: ["name", "device", "ip", "location"] }
    /// Proof of a mail address.
    VerifyEmail = "verify_email" { needs: ["link|code"], may: ["name"] }
    /// Proof of a phone number.
    VerifyPhone = "verify_phone" { needs: ["code"], may: ["name"] }
    /// A way to choose a new password.
    ResetPassword = "reset_password" { needs: ["link|code"], may: ["name", "device", "ip", "location"] }
    /// The password is another one now.
    PasswordChanged = "password_changed" { needs: [], may: ["name", "device", "ip", "location", "time", "link"] }
    /// Proof of a new mail address, sent to it.
    EmailChangeConfirm = "email_change_confirm" { needs: ["link|code"], may: ["name", "new_email"] }
    /// The mail address is changed, sent to the former one.
    EmailChangeNotice = "email_change_notice" { needs: [], may: ["name", "new_email", "time", "link"] }
    /// A code as second factor.
    MfaCode = "mfa_code" { needs: ["code"], may: ["name", "device", "ip", "location"] }
    /// Somebody signed in from a device that was not seen before.
    NewDevice = "new_device" { needs: [], may: ["name", "device", "ip", "location", "time", "link"] }
    /// Somebody tried to sign up with an address that has an account.
    AccountExists = "account_exists" { needs: [], may: ["name", "link"] }
    /// Somebody tried to sign in with an address that has no account.
    NoAccount = "no_account" { needs: [], may: ["link"] }
    /// An invitation.
    Invitation = "invitation" { needs: ["link"], may: ["name", "inviter", "organization"] }
    /// The waitlist is over for this person.
    WaitlistApproved = "waitlist_approved" { needs: ["link"], may: ["name"] }
    /// A second factor or passkey was added.
    FactorAdded = "factor_added" { needs: [], may: ["name", "factor", "device", "ip", "location", "time", "link"] }
    /// A second factor or passkey was removed.
    FactorRemoved = "factor_removed" { needs: [], may: ["name", "factor", "device", "ip", "location", "time", "link"] }
    /// The recovery codes are other ones now.
    RecoveryCodesRegenerated = "recovery_codes_regenerated" { needs: [], may: ["name", "device", "ip", "location", "time", "link"] }
    /// An administrator tries out the sender.
    TestMessage = "test_message" { needs: [], may: [] }
}

/// Facts that every template has, from the application and not from whoever sends.
pub(crate) const COMMON: [&str; 6] = ["app_name", "logo_url", "color", "home_url", "support_email", "expires_in"];

impl Template {
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|template| template.as_str() == name)
    }

    /// The name as the texts' files write it.
    pub(crate) fn key(self) -> String {
        self.as_str().replace('_', "-")
    }

    /// Every fact that a text of this template may name.
    pub(crate) fn variables(self) -> impl Iterator<Item = &'static str> {
        self.facts().chain(COMMON)
    }

    /// The facts that whoever sends may hand in.
    pub(crate) fn facts(self) -> impl Iterator<Item = &'static str> {
        self.needs().iter().flat_map(|needed| needed.split('|')).chain(self.may_have().iter().copied())
    }

    /// May whoever sends hand this fact in?
    pub fn knows(self, fact: &str) -> bool {
        self.facts().any(|known| known == fact)
    }

    /// Is everything there that it needs?
    pub(crate) fn is_served_by(self, has: impl Fn(&str) -> bool) -> bool {
        self.needs().iter().all(|needed| needed.split('|').any(&has))
    }
}
