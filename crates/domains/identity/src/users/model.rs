//! What a user is, and how one may change. Pure.

use kernel::{Id, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{UserId, error::UserError, input::UserChanges};
use crate::identifiers::{EmailAddress, PhoneNumber, Username};

/// JSON object that an application hangs on a user.
pub type Metadata = Map<String, Value>;

/// Is one kind of metadata larger than 16 KiB, written as JSON?
pub fn is_too_large(metadata: &Metadata) -> bool {
    const MAX_BYTES: usize = 16 * 1024;
    serde_json::to_vec(metadata).map_or(0, |text| text.len()) > MAX_BYTES
}

#[derive(Debug, Clone, PartialEq)]
pub struct User {
    pub id: Id<Self>,
    /// Counts changes; the ETag, and what a save is compared against.
    pub version: i64,
    pub state: UserState,
    pub primary_email: Option<Email>,
    pub primary_phone: Option<Phone>,
    pub username: Option<String>,
    /// The application's own id for this person: opaque here, unique in the tenant.
    pub external_id: Option<String>,
    pub profile: Profile,
    /// Readable by the person, written by the application.
    pub public_metadata: Metadata,
    /// For the application alone.
    pub private_metadata: Metadata,
    /// Written by the person: never to be trusted.
    pub unsafe_metadata: Metadata,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub last_sign_in_at: Option<Timestamp>,
    /// A guest, until they give themselves an identifier.
    pub is_anonymous: bool,
    /// Is it worth asking what roles and memberships they hold? Set by who gives them one ([`crate::holdings`]).
    pub has_holdings: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    pub name: Option<String>,
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    /// An https URL.
    pub picture: Option<String>,
    /// BCP 47.
    pub locale: Option<String>,
}

impl Profile {
    /// What the person has said of themselves, and this where they have said nothing.
    pub(crate) fn under(self, own: Self) -> Self {
        Self {
            name: own.name.or(self.name),
            given_name: own.given_name.or(self.given_name),
            family_name: own.family_name.or(self.family_name),
            picture: own.picture.or(self.picture),
            locale: own.locale.or(self.locale),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    pub address: String,
    pub verified_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    pub number: String,
    pub verified_at: Option<Timestamp>,
}

/// May a person sign in?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserState {
    /// Yes.
    Active,
    /// Sign-in is refused, sessions are over.
    Disabled,
}

impl UserState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Active, Self::Disabled].into_iter().find(|state| state.as_str() == name)
    }
}

impl User {
    /// Nobody yet, to be filled in by `change`.
    pub fn nobody(id: UserId, now: Timestamp) -> User {
        User {
            id,
            version: 0,
            state: UserState::Active,
            primary_email: None,
            primary_phone: None,
            username: None,
            external_id: None,
            profile: Profile::default(),
            public_metadata: Metadata::default(),
            private_metadata: Metadata::default(),
            unsafe_metadata: Metadata::default(),
            created_at: now,
            updated_at: now,
            last_sign_in_at: None,
            is_anonymous: false,
            has_holdings: false,
        }
    }

    /// Refuse sign-in from now on. Disabling twice is no error and no change.
    #[must_use]
    pub fn disable(self, now: Timestamp) -> Self {
        self.enter(UserState::Disabled, now)
    }

    #[must_use]
    pub fn enable(self, now: Timestamp) -> Self {
        self.enter(UserState::Active, now)
    }

    fn enter(self, state: UserState, now: Timestamp) -> Self {
        if self.state == state { self } else { Self { state, updated_at: now, version: self.version + 1, ..self } }
    }

    /// The user after the changes; a new email address or phone number is unproven, whoever set it.
    pub(crate) fn change(mut self, changes: UserChanges, now: Timestamp) -> Result<Self, UserError> {
        // Somebody who came by a provider that tells no address is known by that alone, and may go on so.
        let needs_identifier = self.version == 0 || self.has_identifier();
        let email_verified = changes.email_verified;
        let phone_verified = changes.phone_verified;
        let proof = |is_proven: bool| is_proven.then_some(now);
        if changes.email.is_present() {
            let current = self.primary_email.take();
            self.primary_email = changes.email.apply(None).map(|email: EmailAddress| Email {
                verified_at: current
                    .filter(|current| current.address == email.as_str())
                    .and_then(|current| current.verified_at),
                address: email.as_str().to_owned(),
            });
        }
        if let (Some(is_verified), Some(email)) = (email_verified, &mut self.primary_email) {
            email.verified_at = if is_verified { email.verified_at.or(Some(now)) } else { None };
        }
        if changes.phone.is_present() {
            let current = self.primary_phone.take();
            self.primary_phone = changes.phone.apply(None).map(|phone: PhoneNumber| Phone {
                verified_at: current
                    .filter(|current| current.number == phone.as_str())
                    .and_then(|current| current.verified_at),
                number: phone.as_str().to_owned(),
            });
        }
        if let (Some(is_verified), Some(phone)) = (phone_verified, &mut self.primary_phone) {
            phone.verified_at = if is_verified { phone.verified_at.or_else(|| proof(true)) } else { None };
        }
        if changes.username.is_present() {
            self.username = changes.username.apply(None).map(|username: Username| username.as_str().to_owned());
        }
        self.external_id = changes.external_id.apply(self.external_id);
        self.profile = Profile {
            name: changes.name.apply(self.profile.name),
            given_name: changes.given_name.apply(self.profile.given_name),
            family_name: changes.family_name.apply(self.profile.family_name),
            picture: changes.picture.apply(self.profile.picture),
            locale: changes.locale.apply(self.profile.locale),
        };
        self.public_metadata = changes.public_metadata.apply(Some(self.public_metadata)).unwrap_or_default();
        self.private_metadata = changes.private_metadata.apply(Some(self.private_metadata)).unwrap_or_default();
        self.unsafe_metadata = changes.unsafe_metadata.apply(Some(self.unsafe_metadata)).unwrap_or_default();
        self.is_anonymous = self.is_anonymous && !self.has_identifier();
        self.check(needs_identifier)?;
        Ok(Self { updated_at: now, version: self.version + 1, ..self })
    }

    fn has_identifier(&self) -> bool {
        self.primary_email.is_some()
            || self.primary_phone.is_some()
            || self.username.is_some()
            || self.external_id.is_some()
    }

    /// What must hold of every user, however made.
    fn check(&self, needs_identifier: bool) -> Result<(), UserError> {
        if needs_identifier && !self.has_identifier() && !self.is_anonymous {
            return Err(UserError::NoIdentifier);
        }
        for (field, metadata) in [
            ("public_metadata", &self.public_metadata),
            ("private_metadata", &self.private_metadata),
            ("unsafe_metadata", &self.unsafe_metadata),
        ] {
            if is_too_large(metadata) {
                return Err(UserError::MetadataTooLarge { field });
            }
        }
        Ok(())
    }
}
