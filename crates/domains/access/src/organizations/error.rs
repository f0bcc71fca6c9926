use identity::sessions::SessionError;
use macros::Refusals;
use store::StoreError;

/// Why something can't be done with an organization.
#[derive(Debug, thiserror::Error, Refusals)]
pub(crate) enum OrganizationError {
    /// Another organization of the application has this slug.
    #[error("Another organization has this slug.")]
    #[refusal(Conflict, "organization_slug_taken", field = "slug", code = "taken")]
    SlugTaken,
    /// End users create no organizations here.
    #[error("End users create no organizations here.")]
    #[refusal(Forbidden, "organization_creation_closed")]
    CreationClosed,
    /// The person owns as many organizations as the application allows.
    #[error("You own as many organizations as the application allows.")]
    #[refusal(Conflict, "too_many_organizations")]
    TooMany,
    /// The person is in 100 organizations at most.
    #[error("A person is in 100 organizations at most.")]
    #[refusal(Conflict, "too_many_held")]
    TooManyHeld,
    /// The user is in the organization already.
    #[error("The user is in the organization already.")]
    #[refusal(Conflict, "already_member", field = "user_id", code = "taken")]
    AlreadyMember,
    /// What the person is in the organization does not allow this.
    #[error("What you are in the organization does not allow this.")]
    #[refusal(Forbidden, "insufficient_rank")]
    InsufficientRank,
    /// The organization asks for a second factor, and the session has only one.
    #[error("The organization asks for a second factor: prove one, then try again.")]
    #[refusal(Forbidden, "step_up_required")]
    StepUpRequired,
    /// The application's policy on second factors is off: nobody could enrol one.
    #[error("The application's policy on second factors is off: nobody could enrol one.")]
    #[refusal(Validation, "mfa_off", field = "mfa_required", code = "contradiction")]
    MfaOff,
    /// Only the application itself writes this.
    #[error("Only the application itself writes `{field}`.")]
    #[refusal(Forbidden, "application_only")]
    ApplicationOnly { field: &'static str },
    /// There is no such user.
    #[error("There is no such user.")]
    #[refusal(Validation, "unknown_user", field = "owner_id", code = "unknown")]
    UnknownOwner,
    /// One kind of metadata is larger than 16 KiB.
    #[error("{field} is larger than 16 KiB.")]
    #[refusal(Validation, "metadata_too_large")]
    MetadataTooLarge { field: &'static str },
    /// The organization changed while the request ran.
    #[error("The organization changed meanwhile: read it again, then try again.")]
    #[refusal(Conflict, "version_mismatch")]
    Changed,
    #[error(transparent)]
    #[refusal(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    #[refusal(transparent)]
    Store(StoreError),
}

impl From<StoreError> for OrganizationError {
    fn from(error: StoreError) -> Self {
        if error.conflict_on("organizations_slug") { Self::SlugTaken } else { Self::Store(error) }
    }
}
