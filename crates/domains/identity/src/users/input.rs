//! What callers send, read into types that are right by construction. One change-set serves both surfaces.

use std::{fmt, str::FromStr};

use kernel::{Patch, Refusal, Secret};

use super::{User, model::Metadata};
use crate::{
    holdings::{GroupRef, OrganizationId},
    identifiers::{EmailAddress, PhoneNumber, Username},
};

/// A user that is to be.
pub(crate) struct NewUser {
    pub(crate) changes: UserChanges,
    pub(crate) password: Option<NewPassword>,
}

/// How a new user will sign in with a password.
pub(crate) enum NewPassword {
    /// Hashed here; `must_change` asks for another one at the first sign-in.
    Plain { password: Secret, must_change: bool },
    /// A PHC string from elsewhere.
    Hashed(String),
}

/// What to change about a user; absent is untouched.
#[derive(Clone, Default)]
pub struct UserChanges {
    pub email: Patch<EmailAddress>,
    pub email_verified: Option<bool>,
    pub phone: Patch<PhoneNumber>,
    pub phone_verified: Option<bool>,
    pub username: Patch<Username>,
    pub external_id: Patch<String>,
    pub name: Patch<String>,
    pub given_name: Patch<String>,
    pub family_name: Patch<String>,
    pub picture: Patch<String>,
    pub locale: Patch<String>,
    pub public_metadata: Patch<Metadata>,
    pub private_metadata: Patch<Metadata>,
    pub unsafe_metadata: Patch<Metadata>,
}

/// A field of a body as a value, or a refusal that names the field.
pub fn field<T: FromStr<Err: fmt::Display>>(name: &'static str, text: Patch<String>) -> Result<Patch<T>, Refusal> {
    text.try_map(|text| text.parse::<T>().map_err(|error| Refusal::validation(name, "invalid", error.to_string())))
}

/// A line of text for people to read: trimmed, not empty, bounded, no control characters.
pub fn line(name: &'static str, text: Patch<String>, most: usize) -> Result<Patch<String>, Refusal> {
    text.try_map(|text| {
        let text = text.trim();
        let length = text.chars().count();
        if length == 0 || length > most || text.chars().any(char::is_control) {
            return Err(Refusal::validation(
                name,
                "invalid",
                format!("1 to {most} characters on one line; send null to clear it."),
            ));
        }
        Ok(text.to_owned())
    })
}

/// A picture is fetched by browsers: https, nothing that runs.
pub fn picture(name: &'static str, text: Patch<String>) -> Result<Patch<String>, Refusal> {
    line(name, text, 2_048)?.try_map(|text| match url::Url::parse(&text) {
        Ok(url) if url.scheme() == "https" && url.has_host() => Ok(text),
        _ => Err(Refusal::validation(name, "invalid", "An https URL.")),
    })
}

/// A language tag (BCP 47), checked by its shape.
pub fn locale(name: &'static str, text: Patch<String>) -> Result<Patch<String>, Refusal> {
    text.try_map(|text| {
        let mut parts = text.split('-');
        let is_language = parts
            .next()
            .is_some_and(|part| (2..=8).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_alphabetic()));
        let is_tag = parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_alphanumeric()));
        if is_language && is_tag && text.len() <= 35 {
            Ok(text)
        } else {
            Err(Refusal::validation(name, "invalid", "A language tag such as en or pt-BR (BCP 47)."))
        }
    })
}

/// Which users a list holds.
#[derive(Default)]
pub(crate) struct UserFilter {
    pub(crate) text: Option<String>,
    pub(crate) email: Option<EmailAddress>,
    pub(crate) phone: Option<PhoneNumber>,
    pub(crate) username: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) state: Option<super::UserState>,
    /// Name of a role of the whole application, held by themselves or through a group.
    pub(crate) role: Option<String>,
    pub(crate) organization: Option<OrganizationId>,
    pub(crate) group: Option<kernel::Id<GroupRef>>,
    pub(crate) created_from: Option<kernel::Timestamp>,
    pub(crate) created_to: Option<kernel::Timestamp>,
}

/// Where a page of users ended: newest first.
pub(crate) type UserKey = (i64, kernel::Id<User>);
