//! A user as a line: the names are those of an import's rows.

use identity::users::{Metadata, User, UserState, bulk::WithPassword};
use kernel::{Id, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

/// A user of an export; each line can be imported as it is.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "UserExportRow")]
pub(super) struct ExportRow {
    id: Id<User>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_verified: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    given_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    #[serde(skip_serializing_if = "Metadata::is_empty")]
    public_metadata: Metadata,
    #[serde(skip_serializing_if = "Metadata::is_empty")]
    private_metadata: Metadata,
    #[serde(skip_serializing_if = "Metadata::is_empty")]
    unsafe_metadata: Metadata,
    /// Only where it was asked for and may be had.
    #[serde(skip_serializing_if = "Option::is_none")]
    password_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_must_change: Option<bool>,
    state: UserState,
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sign_in_at: Option<Timestamp>,
}

impl ExportRow {
    pub(super) fn of(row: WithPassword, with_hash: bool) -> Self {
        let WithPassword { user, password_hash, must_change } = row;
        let (primary_email, email_verified) =
            user.primary_email.map(|email| (email.address, email.verified_at.is_some())).unzip();
        let (primary_phone, phone_verified) =
            user.primary_phone.map(|phone| (phone.number, phone.verified_at.is_some())).unzip();
        let password_hash = password_hash.filter(|_| with_hash);
        Self {
            id: user.id,
            external_id: user.external_id,
            primary_email,
            email_verified,
            primary_phone,
            phone_verified,
            username: user.username,
            name: user.profile.name,
            given_name: user.profile.given_name,
            family_name: user.profile.family_name,
            picture: user.profile.picture,
            locale: user.profile.locale,
            public_metadata: user.public_metadata,
            private_metadata: user.private_metadata,
            unsafe_metadata: user.unsafe_metadata,
            password_must_change: password_hash.is_some().then_some(must_change),
            password_hash,
            state: user.state,
            created_at: user.created_at,
            last_sign_in_at: user.last_sign_in_at,
        }
    }
}
