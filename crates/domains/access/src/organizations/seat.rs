//! From where somebody acts on an organization: as the application, or as a member.

use ::store::Tx;
use edge::{CanOrSelf, Context, Failure};
use identity::{
    holdings::{self, Rank},
    users::UserId,
};
use kernel::{Id, Permission, Refusal, ports::SessionCaller};
use tenancy::{settings::MfaPolicy, settings_of};

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
    /// Does the organization ask for a second factor, and can one be had?
    asks_for_second: bool,
}

/// A member who acts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seated {
    pub(crate) user_id: UserId,
    pub(crate) rank: Rank,
    /// Was the session opened or raised with two factors?
    is_strong: bool,
}

impl Seat {
    /// An organization that somebody is not in is to them like a missing one.
    pub(crate) async fn at(cx: &CanOrSelf<impl Permission>, id: OrganizationId) -> Result<Self, Failure> {
        let Some(caller) = cx.confined_to() else {
            let found = store::find(&cx.committed(), id).await?;
            return Ok(Self::of(cx, found.ok_or_else(Refusal::not_found)?, None));
        };
        let user_id = Id::from_uuid(caller.user_id);
        let found = store::find_as(&cx.committed(), id, user_id).await?;
        let (organization, rank) = found.ok_or_else(Refusal::not_found)?;
        Ok(Self::of(cx, organization, Some(Seated { user_id, rank, is_strong: holdings::is_strong(caller)? })))
    }

    fn of(cx: &Context, organization: Organization, member: Option<Seated>) -> Self {
        let asks_for_second = asks_for_second(cx, &organization);
        Self { organization, member, asks_for_second }
    }

    /// Once more, alone with the organization's members: somebody may have taken the rank away since.
    pub(crate) async fn still(&self, tx: &Tx, act: Act) -> Result<(), Failure> {
        let Some(seated) = self.member else { return Ok(()) };
        let (_, rank) =
            store::find_as(tx, self.organization.id, seated.user_id).await?.ok_or_else(Refusal::not_found)?;
        if may(rank, act) { Ok(()) } else { Err(OrganizationError::InsufficientRank.into()) }
    }

    /// Refuse what their rank doesn't allow, and, where the organization asks for a second factor, a session of one that would change
    /// something.
    pub(crate) fn must(&self, act: Act) -> Result<(), OrganizationError> {
        match self.member {
            Some(seated) if !may(seated.rank, act) => Err(OrganizationError::InsufficientRank),
            Some(seated) if self.asks_for_second && !seated.is_strong && !is_harmless(act) => {
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

/// May the caller's session act in the organization?
pub(super) fn must_be_strong_enough(
    cx: &Context,
    organization: &Organization,
    caller: &SessionCaller,
) -> Result<(), Failure> {
    if asks_for_second(cx, organization) && !holdings::is_strong(caller)? {
        return Err(OrganizationError::StepUpRequired.into());
    }
    Ok(())
}

/// Where nobody can enrol a second factor, none is asked for.
fn asks_for_second(cx: &Context, organization: &Organization) -> bool {
    organization.mfa_required && settings_of(cx.tenant()).mfa.policy != MfaPolicy::Off
}
