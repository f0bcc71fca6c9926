//! How people sign in and up.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::flaws::Flaws;

/// What people are known by and how they prove it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the API")]
pub struct SettingsSignIn {
    /// What people can be known by, in the order in which screens offer it.
    pub identifiers: Vec<IdentifierKind>,
    /// How people can prove who they are, in the order in which screens offer it. A method that needs a sender or a provider is
    /// offered once that is set up.
    pub methods: Vec<SignInMethod>,
    /// May an account begin without a password, by a link, a code, a passkey or a provider?
    pub passwordless_sign_up: bool,
    /// Must an email address be proven?
    pub email_verification: Verification,
    /// Must a phone number be proven?
    pub phone_verification: Verification,
    /// Lifetime of a link for signing in.
    pub magic_link_seconds: u32,
    /// May a link be opened in another browser than the one that asked for it? Whoever is talked into passing a link on then gives
    /// the account away.
    pub magic_link_other_browser: bool,
    /// Lifetime of a code that is sent.
    pub code_seconds: u32,
    /// May people begin as nobody and become somebody later?
    pub anonymous: bool,
    /// Refuse sign-ups with addresses of services for throw-away mail.
    pub block_disposable_email: bool,
    /// Does a sign-in wait until the profile fields that are required and due are answered?
    pub complete_profile: bool,
    pub username: SettingsUsername,
}

/// What people can be known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    Email,
    Phone,
    Username,
}

/// How people can prove who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignInMethod {
    Password,
    Passkey,
    /// The social providers that are set up.
    Social,
    /// A link by mail.
    MagicLink,
    /// A code by mail.
    EmailCode,
    /// A code by text message. Each costs money, so this is off until switched on.
    SmsCode,
}

/// Whether an address must be proven.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verification {
    /// Nothing is sent.
    Off,
    /// A message is sent at sign-up to a mailbox, and to a phone when its person asks for one; signing in does not wait for it.
    #[default]
    Optional,
    /// Signing in waits for it.
    Required,
}

/// What a username may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SettingsUsername {
    pub min_length: u32,
    pub max_length: u32,
    pub characters: UsernameCharacters,
}

/// Which characters a username may have; they are always ASCII.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UsernameCharacters {
    /// Letters and digits, and dots, dashes and underscores between them.
    #[default]
    LettersDigitsSeparators,
    LettersDigits,
}

impl Default for SettingsSignIn {
    fn default() -> Self {
        Self {
            identifiers: vec![IdentifierKind::Email, IdentifierKind::Phone, IdentifierKind::Username],
            methods: vec![
                SignInMethod::Password,
                SignInMethod::Passkey,
                SignInMethod::Social,
                SignInMethod::MagicLink,
                SignInMethod::EmailCode,
            ],
            passwordless_sign_up: true,
            email_verification: Verification::Optional,
            phone_verification: Verification::Optional,
            magic_link_seconds: 15 * 60,
            magic_link_other_browser: false,
            code_seconds: 10 * 60,
            // An account that anybody may have for nothing is room that anybody may fill: the application decides that it wants it.
            anonymous: false,
            block_disposable_email: false,
            complete_profile: false,
            username: SettingsUsername::default(),
        }
    }
}

impl Default for SettingsUsername {
    fn default() -> Self {
        Self { min_length: 3, max_length: 64, characters: UsernameCharacters::default() }
    }
}

impl IdentifierKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Username => "username",
        }
    }
}

impl SignInMethod {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::Social => "social",
            Self::MagicLink => "magic_link",
            Self::EmailCode => "email_code",
            Self::SmsCode => "sms_code",
        }
    }
}

impl SettingsSignIn {
    pub fn allows(&self, method: SignInMethod) -> bool {
        self.methods.contains(&method)
    }

    pub fn takes(&self, identifier: IdentifierKind) -> bool {
        self.identifiers.contains(&identifier)
    }

    pub fn magic_link_lifetime(&self) -> Duration {
        Duration::from_secs(self.magic_link_seconds.into())
    }

    pub fn code_lifetime(&self) -> Duration {
        Duration::from_secs(self.code_seconds.into())
    }

    pub(super) fn check(&self, flaws: &mut Flaws) {
        const NONE: &str = "At least one, or nobody could sign in.";
        if self.identifiers.is_empty() {
            flaws.add("identifiers", "required", NONE);
        }
        if self.methods.is_empty() {
            flaws.add("methods", "required", NONE);
        }
        flaws.once("identifiers", &self.identifiers);
        flaws.once("methods", &self.methods);
        // A link that lives longer than a day lies in a mailbox like a second password; one of seconds never arrives in time.
        flaws.within("magic_link_seconds", self.magic_link_seconds, 60..=86_400);
        // A code has six digits: its lifetime is part of what makes guessing hopeless (NIST SP 800-63B, section 3.1.3.2).
        flaws.within("code_seconds", self.code_seconds, 60..=600);
        flaws.part("username", |flaws| self.username.check(flaws));
    }
}

impl SettingsUsername {
    /// Is this a username here? What `identifiers::Username` refuses stays refused.
    pub fn accepts(&self, text: &str) -> bool {
        let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        (self.min_length..=self.max_length).contains(&length)
            && match self.characters {
                UsernameCharacters::LettersDigitsSeparators => true,
                UsernameCharacters::LettersDigits => text.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            }
    }

    fn check(&self, flaws: &mut Flaws) {
        flaws.within("min_length", self.min_length, 3..=64);
        flaws.within("max_length", self.max_length, 3..=64);
        if self.min_length > self.max_length {
            flaws.add("min_length", "too_long", "Not more than max_length.");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_listed_is_allowed() {
        let settings = SettingsSignIn::default();
        assert!(settings.allows(SignInMethod::Password) && !settings.allows(SignInMethod::SmsCode));
        assert!(settings.takes(IdentifierKind::Username));
        assert_eq!((settings.magic_link_lifetime().as_secs(), settings.code_lifetime().as_secs()), (900, 600));
    }

    #[test]
    fn names_are_those_of_the_api() {
        for method in [SignInMethod::Password, SignInMethod::MagicLink, SignInMethod::SmsCode] {
            assert_eq!(serde_json::to_value(method).unwrap(), method.as_str());
        }
        for kind in [IdentifierKind::Email, IdentifierKind::Phone, IdentifierKind::Username] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }

    #[test]
    fn usernames_have_a_length_and_an_alphabet() {
        let plain = SettingsUsername { min_length: 4, max_length: 6, characters: UsernameCharacters::LettersDigits };
        for (text, is_accepted) in [("ada1", true), ("ada", false), ("adalove", false), ("a.da", false)] {
            assert_eq!(plain.accepts(text), is_accepted, "{text}");
        }
        assert!(SettingsUsername::default().accepts("a.da"));
    }
}
