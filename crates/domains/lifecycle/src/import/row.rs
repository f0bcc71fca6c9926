//! A row as it is sent, and as it is understood.

use identity::{
    identifiers::{EmailAddress, PhoneNumber, Username},
    users::{self, Metadata, User, UserChanges, UserId, UserState},
};
use kernel::{ErrorCode, Id, Patch, Refusal, Secret, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;

/// A user to import. An absent field stays as it is, `null` clears it.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "UserImportRow")]
pub(super) struct UserRow {
    /// Keep this id, from an export of another Portcullis.
    id: Option<Id<User>>,
    /// Your own id for the person: what rows are found again by.
    external_id: Patch<String>,
    /// Also understood as `email`.
    #[serde(alias = "email")]
    primary_email: Patch<String>,
    email_verified: Option<bool>,
    /// In E.164. Also understood as `phone`.
    #[serde(alias = "phone")]
    primary_phone: Patch<String>,
    phone_verified: Option<bool>,
    username: Patch<String>,
    name: Patch<String>,
    given_name: Patch<String>,
    family_name: Patch<String>,
    /// An https URL.
    picture: Patch<String>,
    /// BCP 47.
    locale: Patch<String>,
    public_metadata: Patch<Metadata>,
    private_metadata: Patch<Metadata>,
    /// Also understood as `attributes`.
    #[serde(alias = "attributes")]
    unsafe_metadata: Patch<Metadata>,
    /// As the former system stored it: bcrypt, scrypt, Argon2, PBKDF2, Firebase's scrypt, salted SHA or PHPass. Hashed anew at the
    /// first sign-in.
    password_hash: Option<Secret>,
    /// The first sign-in must choose another password.
    password_must_change: bool,
    state: Option<UserState>,
    /// When the person signed up there.
    created_at: Option<Timestamp>,
    last_sign_in_at: Option<Timestamp>,
}

/// A row that is right by itself.
pub(super) struct Draft {
    pub(super) id: Option<UserId>,
    pub(super) changes: UserChanges,
    pub(super) password: Option<(String, bool)>,
    pub(super) state: Option<UserState>,
    pub(super) created_at: Option<Timestamp>,
    pub(super) last_sign_in_at: Option<Timestamp>,
}

/// A line of the body with its number.
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) draft: Result<Draft, Refusal>,
}

impl Row {
    pub(super) fn read(line: u64, text: Option<&[u8]>, now: Timestamp) -> Self {
        let draft = text.ok_or_else(too_long).and_then(edge::parse_json).and_then(|row: UserRow| row.draft(now));
        Self { line, draft }
    }
}

impl UserRow {
    fn draft(self, now: Timestamp) -> Result<Draft, Refusal> {
        let changes = UserChanges {
            email: users::field("primary_email", self.primary_email)?,
            email_verified: self.email_verified,
            phone: users::field("primary_phone", self.primary_phone)?,
            phone_verified: self.phone_verified,
            username: users::field("username", self.username)?,
            external_id: users::line("external_id", self.external_id, 255)?,
            name: users::line("name", self.name, 200)?,
            given_name: users::line("given_name", self.given_name, 100)?,
            family_name: users::line("family_name", self.family_name, 100)?,
            picture: users::picture("picture", self.picture)?,
            locale: users::locale("locale", self.locale)?,
            public_metadata: self.public_metadata,
            private_metadata: self.private_metadata,
            unsafe_metadata: self.unsafe_metadata,
        };
        let password = match self.password_hash {
            Some(hash) if vault::is_supported_hash(hash.reveal()) => {
                Some((hash.reveal().to_owned(), self.password_must_change))
            }
            Some(_) => {
                let message = "This is not a password hash that is understood here.";
                return Err(Refusal::new(ErrorCode::Validation, "unsupported_hash", message).with_field(
                    "password_hash",
                    "unsupported",
                    message,
                ));
            }
            None => None,
        };
        for (name, time) in [("created_at", self.created_at), ("last_sign_in_at", self.last_sign_in_at)] {
            if time.is_some_and(|time| time > now) {
                return Err(Refusal::validation(name, "invalid", "A time that has been."));
            }
        }
        let Self { id, state, created_at, last_sign_in_at, .. } = self;
        Ok(Draft { id, changes, password, state, created_at, last_sign_in_at })
    }
}

impl Draft {
    pub(super) fn email(&self) -> Option<&EmailAddress> {
        value(&self.changes.email)
    }

    pub(super) fn phone(&self) -> Option<&PhoneNumber> {
        value(&self.changes.phone)
    }

    pub(super) fn username_key(&self) -> Option<String> {
        value(&self.changes.username).map(Username::key)
    }

    pub(super) fn external_id(&self) -> Option<&str> {
        value(&self.changes.external_id).map(String::as_str)
    }
}

fn value<T>(patch: &Patch<T>) -> Option<&T> {
    match patch {
        Patch::Value(value) => Some(value),
        Patch::Absent | Patch::Null => None,
    }
}

fn too_long() -> Refusal {
    Refusal::new(ErrorCode::Validation, "line_too_long", "A line has 128 KiB at most.")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn refused(text: &str) -> (&'static str, Option<String>) {
        let refusal = Row::read(1, Some(text.as_bytes()), NOW).draft.err().unwrap();
        (refusal.reason, refusal.fields.first().map(|field| field.field.to_string()))
    }

    #[test]
    fn both_surfaces_names_are_understood() {
        let read = |text: &str| Row::read(1, Some(text.as_bytes()), NOW).draft.unwrap();
        for text in [r#"{"primary_email":"ada@example.com"}"#, r#"{"email":"ada@example.com","attributes":{"a":1}}"#] {
            assert_eq!(read(text).email().unwrap().key(), "ada@example.com");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_the_field() {
        for (text, reason, field) in [
            ("", "invalid_json", None),
            ("[]", "invalid_json", None),
            (r#"{"email":"a@b.example","email":"c@d.example"}"#, "invalid_json", None),
            (r#"{"email":"nobody"}"#, "invalid_fields", Some("primary_email")),
            (r#"{"is_admin":true}"#, "unknown_field", Some("is_admin")),
            (r#"{"email":"a@b.example","password":"secret"}"#, "unknown_field", Some("password")),
            (r#"{"email":"a@b.example","password_hash":"secret"}"#, "unsupported_hash", Some("password_hash")),
            (r#"{"email":"a@b.example","created_at":"2999-01-01T00:00:00Z"}"#, "invalid_fields", Some("created_at")),
        ] {
            assert_eq!(refused(text), (reason, field.map(str::to_owned)), "{text}");
        }
        assert_eq!(Row::read(1, None, NOW).draft.err().unwrap().reason, "line_too_long");
    }
}
