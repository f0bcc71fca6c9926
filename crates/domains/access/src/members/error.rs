use macros::Refusals;
use store::StoreError;

use crate::{organizations::OrganizationError, roles::RoleError};

/// Why something can't be done with a member.
#[derive(Debug, thiserror::Error, Refusals)]
pub(crate) enum MemberError {
    /// An organization keeps an owner: make somebody else one first.
    #[error("An organization keeps an owner: make somebody else one first.")]
    #[refusal(Conflict, "last_owner")]
    LastOwner,
    /// Members add nobody without an invitation here.
    #[error("Members add nobody without an invitation here.")]
    #[refusal(Forbidden, "invitation_required")]
    InvitationRequired,
    /// A role with permissions that the caller does not have in the organization.
    #[error("You don't hold all that the role `{name}` gives yourself.")]
    #[refusal(Forbidden, "role_not_held")]
    RoleNotHeld { name: String },
    /// A member has 20 roles in an organization at most.
    #[error("A member has 20 roles in an organization at most.")]
    #[refusal(Conflict, "too_many_roles_held")]
    TooManyRoles,
    /// There is no such user.
    #[error("There is no such user.")]
    #[refusal(Validation, "unknown_user", field = "user_id", code = "unknown")]
    UnknownUser,
    /// The member changed while the request ran.
    #[error("The member changed meanwhile: read it again, then try again.")]
    #[refusal(Conflict, "version_mismatch")]
    Changed,
    #[error(transparent)]
    #[refusal(transparent)]
    Organization(#[from] OrganizationError),
    #[error(transparent)]
    #[refusal(transparent)]
    Role(#[from] RoleError),
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}
