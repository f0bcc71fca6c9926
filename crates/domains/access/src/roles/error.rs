use macros::Refusals;
use store::StoreError;

use crate::grant::GrantError;

/// Why something can't be done with a role.
#[derive(Debug, thiserror::Error, Refusals)]
pub(crate) enum RoleError {
    /// Another role of the application has this name.
    #[error("Another role has this name.")]
    #[refusal(Conflict, "role_name_taken", field = "name", code = "taken")]
    NameTaken,
    /// An application has 500 roles at most.
    #[error("An application has 500 roles at most.")]
    #[refusal(Conflict, "too_many_roles")]
    TooMany,
    /// Somebody holds the role: say that it is to be taken from them.
    #[error("The role is held: take it away first, or delete it with `strip=true`.")]
    #[refusal(Conflict, "role_held")]
    Held,
    /// A person or a group has 50 roles at most.
    #[error("A person or a group has 50 roles at most.")]
    #[refusal(Conflict, "too_many_held")]
    TooManyHeld,
    /// More hold the role than one request replaces.
    #[error("More than 1000 people hold the role: give and take it person by person.")]
    #[refusal(Conflict, "too_many_holders")]
    TooManyHolders,
    /// The role is held within organizations.
    #[error("The role is held within organizations: give it to a member.")]
    #[refusal(Conflict, "organization_role")]
    WithinOrganizations,
    /// There is no such role, or it is held elsewhere.
    #[error("There is no role `{name}` that is held here.")]
    #[refusal(Validation, "unknown_role", field = "roles", code = "unknown")]
    Unknown { name: String },
    /// There is no such user.
    #[error("There is no such user at place {index}.")]
    #[refusal(Validation, "unknown_user", field = "users", code = "unknown")]
    UnknownUser {
        /// Counted from 0.
        index: usize,
    },
    /// There is no such group.
    #[error("There is no such group at place {index}.")]
    #[refusal(Validation, "unknown_group", field = "groups", code = "unknown")]
    UnknownGroup {
        /// Counted from 0.
        index: usize,
    },
    /// The role changed while the request ran.
    #[error("The role changed meanwhile: read it again, then try again.")]
    #[refusal(Conflict, "version_mismatch")]
    Changed,
    #[error(transparent)]
    #[refusal(transparent)]
    Grant(#[from] GrantError),
    #[error(transparent)]
    #[refusal(transparent)]
    Store(StoreError),
}

impl From<StoreError> for RoleError {
    fn from(error: StoreError) -> Self {
        if error.conflict_on("roles_name") { Self::NameTaken } else { Self::Store(error) }
    }
}
