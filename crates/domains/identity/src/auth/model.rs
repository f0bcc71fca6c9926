//! Who asks to be let in, and whether the application takes new people. Pure.

use kernel::{Patch, Secret};
use tenancy::settings::{IdentifierKind, Settings, SettingsSignIn, SignInMethod, SignUpMode, is_disposable};

use super::error::AuthError;
use crate::{
    identifiers::{EmailAddress, IdentifierError, PhoneNumber, Username},
    users::UserChanges,
};

/// What a person signs in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Identifier {
    Email(EmailAddress),
    Phone(PhoneNumber),
    Username(Username),
}

impl Identifier {
    /// Exactly one of the three.
    pub(crate) fn one_of(
        email: Option<String>,
        phone: Option<String>,
        username: Option<String>,
    ) -> Result<Self, AuthError> {
        match (email, phone, username) {
            (Some(email), None, None) => {
                email.parse().map(Self::Email).map_err(|error| AuthError::Identifier("email", error))
            }
            (None, Some(phone), None) => {
                phone.parse().map(Self::Phone).map_err(|error| AuthError::Identifier("phone", error))
            }
            (None, None, Some(username)) => {
                username.parse().map(Self::Username).map_err(|error| AuthError::Identifier("username", error))
            }
            _ => Err(AuthError::OneIdentifier),
        }
    }

    pub(crate) const fn kind(&self) -> IdentifierKind {
        match self {
            Self::Email(_) => IdentifierKind::Email,
            Self::Phone(_) => IdentifierKind::Phone,
            Self::Username(_) => IdentifierKind::Username,
        }
    }

    /// The words that must not be the password.
    pub(crate) fn words(&self) -> &str {
        match self {
            Self::Email(email) => email.as_str(),
            Self::Phone(phone) => phone.as_str(),
            Self::Username(username) => username.as_str(),
        }
    }
}

/// A person who signs in with a password.
pub(crate) struct Attempt {
    pub(crate) identifier: Identifier,
    pub(crate) password: Secret,
    /// What a trusted device keeps.
    pub(crate) device_token: Option<Secret>,
    /// A solved captcha.
    pub(crate) captcha: Option<Secret>,
}

/// A person who signs up.
pub(crate) struct Registration {
    pub(crate) identifier: Identifier,
    pub(crate) password: Secret,
    pub(crate) changes: UserChanges,
    /// A solved captcha.
    pub(crate) captcha: Option<Secret>,
}

impl Registration {
    /// The profile with the identifier in it.
    pub(crate) fn into_changes(self) -> UserChanges {
        let mut changes = self.changes;
        match self.identifier {
            Identifier::Email(email) => changes.email = Patch::Value(email),
            Identifier::Phone(phone) => changes.phone = Patch::Value(phone),
            Identifier::Username(username) => changes.username = Patch::Value(username),
        }
        changes
    }
}

/// Does the application offer this way in, for people known by this?
pub(crate) fn must_take(
    settings: &SettingsSignIn,
    method: SignInMethod,
    identifier: IdentifierKind,
) -> Result<(), AuthError> {
    if settings.allows(method) && settings.takes(identifier) { Ok(()) } else { Err(AuthError::MethodOff) }
}

/// Does the application take this person?
pub(crate) fn check_sign_up(settings: &Settings, identifier: &Identifier) -> Result<(), AuthError> {
    let Settings { sign_up: settings, sign_in, .. } = settings;
    if let Identifier::Username(username) = identifier
        && !sign_in.username.accepts(username.as_str())
    {
        return Err(AuthError::Identifier("username", IdentifierError::Username));
    }
    let domain = match identifier {
        Identifier::Email(email) => email.key().rsplit_once('@').map(|(_, domain)| domain),
        Identifier::Phone(_) | Identifier::Username(_) => None,
    };
    let is_listed =
        |list: &[String]| domain.is_some_and(|domain| list.iter().any(|listed| listed.eq_ignore_ascii_case(domain)));
    let is_disposable = sign_in.block_disposable_email && domain.is_some_and(is_disposable);
    if is_disposable || is_listed(&settings.blocked_domains) {
        return Err(AuthError::SignUpClosed);
    }
    match settings.mode {
        SignUpMode::Open => Ok(()),
        SignUpMode::Restricted if is_listed(&settings.allowed_domains) => Ok(()),
        SignUpMode::Restricted | SignUpMode::InviteOnly | SignUpMode::Waitlist => Err(AuthError::SignUpClosed),
    }
}

#[cfg(test)]
mod tests {
    use tenancy::settings::SettingsSignUp;

    use super::*;

    fn settings(mode: SignUpMode) -> Settings {
        let sign_up = SettingsSignUp {
            mode,
            allowed_domains: vec!["example.com".into()],
            blocked_domains: vec!["spam.example".into()],
        };
        Settings { sign_up, ..Settings::default() }
    }

    #[test]
    fn throw_away_mailboxes_are_taken_unless_they_are_blocked() {
        let mut settings = Settings::default();
        let throw_away = Identifier::Email("ada@mailinator.com".parse().unwrap());
        assert!(check_sign_up(&settings, &throw_away).is_ok());
        settings.sign_in.block_disposable_email = true;
        assert!(matches!(check_sign_up(&settings, &throw_away), Err(AuthError::SignUpClosed)));
        assert!(check_sign_up(&settings, &Identifier::Email("ada@example.com".parse().unwrap())).is_ok());
    }

    #[test]
    fn usernames_are_what_the_application_wants() {
        let mut settings = Settings::default();
        let dotted = Identifier::Username("ada.lovelace".parse().unwrap());
        assert!(check_sign_up(&settings, &dotted).is_ok());
        settings.sign_in.username.max_length = 8;
        assert!(matches!(check_sign_up(&settings, &dotted), Err(AuthError::Identifier("username", _))));
    }

    #[test]
    fn the_mode_decides_who_may_sign_up() {
        let is_taken =
            |mode, email: &str| check_sign_up(&settings(mode), &Identifier::Email(email.parse().unwrap())).is_ok();
        assert!(is_taken(SignUpMode::Open, "ada@anywhere.example"));
        assert!(!is_taken(SignUpMode::Open, "ada@SPAM.example"));
        assert!(is_taken(SignUpMode::Restricted, "ada@example.com"));
        assert!(!is_taken(SignUpMode::Restricted, "ada@sub.example.com"));
        assert!(!is_taken(SignUpMode::InviteOnly, "ada@example.com"));
        assert!(!is_taken(SignUpMode::Waitlist, "ada@example.com"));
    }

    #[test]
    fn one_identifier_at_a_time() {
        let some = |text: &str| Some(text.to_owned());
        assert!(matches!(Identifier::one_of(None, None, None), Err(AuthError::OneIdentifier)));
        assert!(matches!(Identifier::one_of(some("a@b.example"), None, some("ada")), Err(AuthError::OneIdentifier)));
        assert!(matches!(Identifier::one_of(some("nobody"), None, None), Err(AuthError::Identifier("email", _))));
    }
}
