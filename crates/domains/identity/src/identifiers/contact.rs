//! An address at which a person can be reached, and proven to be.

use kernel::Patch;
use serde::{Deserialize, Serialize};
use tenancy::messaging::{Address, Channel};

use super::{EmailAddress, PhoneNumber};
use crate::users::{User, UserChanges};

/// A mailbox or a phone, as a person typed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", into = "String", try_from = "String")]
pub enum Contact {
    Email(EmailAddress),
    Phone(PhoneNumber),
}

impl Contact {
    /// The user's mailbox, proven or not.
    pub fn of_email(user: &User) -> Option<Self> {
        user.primary_email.as_ref()?.address.parse().ok().map(Self::Email)
    }

    /// The user's phone, proven or not.
    pub fn of_phone(user: &User) -> Option<Self> {
        user.primary_phone.as_ref()?.number.parse().ok().map(Self::Phone)
    }

    /// What uniqueness and caps mean.
    pub fn key(&self) -> &str {
        match self {
            Self::Email(email) => email.key(),
            Self::Phone(phone) => phone.as_str(),
        }
    }

    pub const fn channel(&self) -> Channel {
        match self {
            Self::Email(_) => Channel::Email,
            Self::Phone(_) => Channel::Sms,
        }
    }

    /// Where a message goes: to what is stored of the user who has it, and only without one to what was typed.
    pub fn address(&self, owner: Option<&User>) -> Address {
        match self {
            Self::Email(email) => {
                let stored = owner.and_then(|user| user.primary_email.as_ref()).map(|stored| stored.address.as_str());
                Address::Email(stored.unwrap_or(email.as_str()).to_owned())
            }
            Self::Phone(phone) => Address::Phone(phone.as_str().to_owned()),
        }
    }

    /// Enough of it to know it again, for whoever has proven one factor and no more.
    pub fn masked(&self) -> String {
        match self {
            Self::Email(email) => masked_email(email.as_str()),
            Self::Phone(phone) => masked_phone(phone.as_str()),
        }
    }

    /// Is it the user's own, and have they proven it?
    pub fn is_proven_by(&self, user: &User) -> bool {
        match self {
            Self::Email(email) => user.primary_email.as_ref().is_some_and(|own| {
                own.verified_at.is_some()
                    && own.address.parse::<EmailAddress>().is_ok_and(|own| own.key() == email.key())
            }),
            Self::Phone(phone) => {
                user.primary_phone.as_ref().is_some_and(|own| own.verified_at.is_some() && own.number == phone.as_str())
            }
        }
    }

    /// Does the user have it, proven or not?
    pub fn belongs_to(&self, user: &User) -> bool {
        match self {
            Self::Email(email) => user
                .primary_email
                .as_ref()
                .is_some_and(|own| own.address.parse::<EmailAddress>().is_ok_and(|own| own.key() == email.key())),
            Self::Phone(phone) => user.primary_phone.as_ref().is_some_and(|own| own.number == phone.as_str()),
        }
    }

    /// The change that gives it to a user, proven.
    pub(crate) fn as_proven(&self) -> UserChanges {
        match self {
            Self::Email(email) => {
                UserChanges { email: Patch::Value(email.clone()), email_verified: Some(true), ..UserChanges::default() }
            }
            Self::Phone(phone) => {
                UserChanges { phone: Patch::Value(phone.clone()), phone_verified: Some(true), ..UserChanges::default() }
            }
        }
    }
}

impl From<Contact> for String {
    fn from(contact: Contact) -> Self {
        match contact {
            Contact::Email(email) => email.as_str().to_owned(),
            Contact::Phone(phone) => phone.as_str().to_owned(),
        }
    }
}

impl TryFrom<String> for Contact {
    type Error = super::IdentifierError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.starts_with('+') && !text.contains('@') {
            text.parse().map(Self::Phone)
        } else {
            text.parse().map(Self::Email)
        }
    }
}

/// The last two digits, as banks do: enough to know one's own.
pub(crate) fn masked_phone(number: &str) -> String {
    let shown = number.len().saturating_sub(2);
    format!("•••• {}", number.get(shown..).unwrap_or_default())
}

/// The first letter and the domain.
pub(crate) fn masked_email(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    format!("{}•••@{domain}", local.chars().next().unwrap_or('•'))
}
