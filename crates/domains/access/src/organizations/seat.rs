//! From where somebody acts on an organization: as the application, or as a member.

use edge::{CanOrSelf, Failure};
use identity::{holdings::Rank, users::UserId};
use kernel::{Id, Permission, Refusal, ports::SessionCaller};

use super::{
    Organization, OrganizationError, OrganizationId,
    authority::{Act, may},
    store,
};

/// An organization, and who looks at it.
pub(crate) struct Seat {
    pub(crate) organization: Organization,
    /// `None`: the application itself, which may do everything.
    pub(crate) member: Option<Seated>,
}

/// A member who acts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seated {
    pub(crate) user_id: UserId,
    pub(crate) rank: Rank,
    /// Of the session.
    aal: u8,
}

impl Seat {
    /// An organization that somebody is not in is to them like a missing one.
    pub(crate) async fn at(cx: &CanOrSelf<impl Permission>, id: OrganizationId) -> Result<Self, Failure> {
        let Some(caller) = cx.confined_to() else {
            let found = store::find(&cx.committed(), id).await?;
            return Ok(Self { organization: found.ok_or_else(Refusal::not_found)?, member: None });
        };
        let user_id = Id::from_uuid(caller.user_id);
        let found = store::find_as(&cx.committed(), id, user_id).await?;
        let (organization, rank) = found.ok_or_else(Refusal::not_found)?;
        Ok(Self { organization, member: Some(Seated { user_id, rank, aal: caller.aal }) })
    }

    /// Refuse what their rank doesn't allow, and, where the organization asks for a second factor, a session of one that would change
    /// something.
    pub(crate) fn must(&self, act: Act) -> Result<(), OrganizationError> {
        match self.member {
            Some(seated) if !may(seated.rank, act) => Err(OrganizationError::InsufficientRank),
            Some(seated) if self.organization.mfa_required && seated.aal < 2 && !is_harmless(act) => {
                Err(OrganizationError::StepUpRequired)
            }
            None | Some(_) => Ok(()),
        }
    }

    pub(crate) fn may(&self, act: Act) -> bool {
        self.member.is_none_or(|seated| may(seated.rank, act))
    }

    /// For the application itself alone.
    pub(super) fn must_be_application(&self, field: &'static str) -> Result<(), OrganizationError> {
        if self.member.is_none() { Ok(()) } else { Err(OrganizationError::ApplicationOnly { field }) }
    }
}

/// Whoever may do it to themselves or changes nothing.
const fn is_harmless(act: Act) -> bool {
    matches!(act, Act::See | Act::SeeAddresses | Act::Leave)
}

/// May a session of this assurance act in the organization?
pub(super) fn must_be_strong_enough(
    organization: &Organization,
    caller: &SessionCaller,
) -> Result<(), OrganizationError> {
    if organization.mfa_required && caller.aal < 2 { Err(OrganizationError::StepUpRequired) } else { Ok(()) }
}
