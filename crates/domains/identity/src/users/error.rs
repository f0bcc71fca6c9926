use macros::Refusals;
use store::StoreError;

/// Why something can't be done with a user.
#[derive(Debug, thiserror::Error, Refusals)]
pub enum UserError {
    /// Another user of the application has this email address.
    #[error("Another user has this email address.")]
    #[refusal(Conflict, "email_taken", field = "primary_email", code = "taken")]
    EmailTaken,
    /// Another user of the application has this phone number.
    #[error("Another user has this phone number.")]
    #[refusal(Conflict, "phone_taken", field = "primary_phone", code = "taken")]
    PhoneTaken,
    /// Another user of the application has this username.
    #[error("Another user has this username.")]
    #[refusal(Conflict, "username_taken", field = "username", code = "taken")]
    UsernameTaken,
    /// Another user of the application has this external id.
    #[error("Another user has this external id.")]
    #[refusal(Conflict, "external_id_taken", field = "external_id", code = "taken")]
    ExternalIdTaken,
    /// A user needs an email address, phone number, username or external id.
    #[error("A user needs an email address, a phone number, a username or an external id.")]
    #[refusal(Validation, "no_identifier")]
    NoIdentifier,
    /// One kind of metadata is larger than 16 KiB.
    #[error("{field} is larger than 16 KiB.")]
    #[refusal(Validation, "metadata_too_large")]
    MetadataTooLarge { field: &'static str },
    /// The user changed while the request ran.
    #[error("The user changed meanwhile: read it again, then try again.")]
    #[refusal(Conflict, "version_mismatch")]
    Changed,
    #[error(transparent)]
    #[refusal(transparent)]
    Store(StoreError),
}

impl From<StoreError> for UserError {
    fn from(error: StoreError) -> Self {
        if error.conflict_on("user_emails_pkey") || error.conflict_on("user_emails_by_user") {
            Self::EmailTaken
        } else if error.conflict_on("user_phones_pkey") || error.conflict_on("user_phones_by_user") {
            Self::PhoneTaken
        } else if error.conflict_on("users_username") {
            Self::UsernameTaken
        } else if error.conflict_on("users_external_id") {
            Self::ExternalIdTaken
        } else {
            Self::Store(error)
        }
    }
}
