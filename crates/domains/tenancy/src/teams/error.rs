use kernel::Refusal;
use macros::Refusals;
use store::StoreError;

use crate::messaging::SendError;

/// Why something can't be done with a team.
#[derive(Debug, thiserror::Error, Refusals)]
pub enum TeamError {
    /// The account is in no team, or not in the one named.
    #[error("You are not a member of this team.")]
    #[refusal(Forbidden, "no_team")]
    NoTeam,
    /// The account is in several teams and named none.
    #[error("You are in more than one team: say which one is meant.")]
    #[refusal(Validation, "team_required", field = "team_id", code = "required")]
    Unnamed,
    /// The account's role in the team does not allow this.
    #[error("Your role in the team does not allow this.")]
    #[refusal(Forbidden, "insufficient_role")]
    InsufficientRole,
    /// A team keeps an owner: make somebody else one first.
    #[error("A team keeps an owner: make somebody else one first.")]
    #[refusal(Conflict, "last_owner")]
    LastOwner,
    /// The invitation is unknown, was used or replaced, is too old, or is for another address.
    #[error("The invitation was used or replaced, is too old, or is for another address.")]
    #[refusal(Forbidden, "invitation_refused")]
    InvitationRefused,
    /// There is no such member.
    #[error("There is no such member.")]
    #[refusal(transparent)]
    Missing(Refusal),
    #[error(transparent)]
    #[refusal(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    #[refusal(transparent)]
    Store(#[from] StoreError),
}
