use macros::Refusals;
use store::StoreError;

use crate::grant::GrantError;

/// Why something can't be done with a group.
#[derive(Debug, thiserror::Error, Refusals)]
pub(crate) enum GroupError {
    /// Another group of the tenant has this slug.
    #[error("Another group has this slug.")]
    #[refusal(Conflict, "group_slug_taken", field = "slug", code = "taken")]
    SlugTaken,
    /// A tenant has 1000 groups at most.
    #[error("A tenant has 1000 groups at most.")]
    #[refusal(Conflict, "too_many_groups")]
    TooMany,
    /// A person is in 100 groups at most.
    #[error("A person is in 100 groups at most.")]
    #[refusal(Conflict, "too_many_held")]
    TooManyHeld,
    /// Somebody is in the group, or it gives a role.
    #[error("Somebody is in the group, or it gives a role: empty it first.")]
    #[refusal(Conflict, "group_in_use")]
    InUse,
    /// There is no such user.
    #[error("There is no such user.")]
    #[refusal(Validation, "unknown_user", field = "user_id", code = "unknown")]
    UnknownUser,
    /// The group changed while the request ran.
    #[error("The group changed meanwhile: read it again, then try again.")]
    #[refusal(Conflict, "version_mismatch")]
    Changed,
    #[error(transparent)]
    #[refusal(transparent)]
    Grant(#[from] GrantError),
    #[error(transparent)]
    #[refusal(transparent)]
    Store(StoreError),
}

impl From<StoreError> for GroupError {
    fn from(error: StoreError) -> Self {
        if error.conflict_on("user_groups_slug") { Self::SlugTaken } else { Self::Store(error) }
    }
}
