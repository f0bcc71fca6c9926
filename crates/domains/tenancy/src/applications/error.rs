use kernel::Refusal;
use macros::Refusals;
use store::StoreError;

use crate::keys::KeyError;

/// Why something can't be done with an application.
#[derive(Debug, thiserror::Error, Refusals)]
pub enum ApplicationError {
    /// Another application has this slug, here or in another team.
    #[error("Another application has this slug.")]
    #[refusal(Conflict, "slug_taken", field = "slug", code = "taken")]
    SlugTaken,
    /// A slug is one lower-case DNS label that is not reserved.
    #[error("{0}")]
    #[refusal(Validation, "invalid_slug", field = "slug", code = "invalid")]
    Slug(#[from] crate::tenants::SlugError),
    /// The account is in no team, or not in the one named.
    #[error("You are not a member of this team.")]
    #[refusal(Forbidden, "no_team")]
    NoTeam,
    /// The account's role in the team does not allow this.
    #[error("Your role in the team does not allow this.")]
    #[refusal(Forbidden, "insufficient_role")]
    InsufficientRole,
    /// The application is deleted: nothing but `state: active` brings it back.
    #[error("The application is deleted. Set its state to active to have it back.")]
    #[refusal(Conflict, "application_deleted")]
    Deleted,
    /// What was typed is not the application's slug.
    #[error("Type the application's slug to delete it.")]
    #[refusal(Validation, "wrong_confirmation", field = "confirmation", code = "mismatch")]
    Confirmation,
    /// The application changed while the request ran.
    #[error("The application changed meanwhile: read it again, then try again.")]
    #[refusal(Conflict, "version_mismatch")]
    Changed,
    /// A field is not valid.
    #[error("{0}")]
    #[refusal(transparent)]
    Field(Refusal),
    #[error(transparent)]
    #[refusal(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}
