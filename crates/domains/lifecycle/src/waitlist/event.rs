//! What happens to the waiting list. An address stands in the entry and not here: the trail outlives what is erased.

use identity::users::User;
use kernel::{EventFacts, Id, TenantId};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use super::WaitlistEntry;

/// Somebody put themselves on the waiting list.
#[derive(Event, Serialize, JsonSchema)]
#[event("waitlist.joined", target = entry_id)]
pub(super) struct WaitlistJoined {
    pub entry_id: Id<WaitlistEntry>,
}

/// Somebody who is on the waiting list asked once more.
#[derive(Event, Serialize, JsonSchema)]
#[event("waitlist.join_repeated", target = tenant_id)]
pub(super) struct WaitlistJoinRepeated {
    pub tenant_id: TenantId,
}

/// Somebody on the waiting list may have an account; an invitation is on its way.
#[derive(Event, Serialize, JsonSchema)]
#[event("waitlist.approved", target = entry_id)]
pub(super) struct WaitlistApproved {
    pub entry_id: Id<WaitlistEntry>,
}

/// Somebody on the waiting list gets no account.
#[derive(Event, Serialize, JsonSchema)]
#[event("waitlist.rejected", target = entry_id)]
pub(super) struct WaitlistRejected {
    pub entry_id: Id<WaitlistEntry>,
}

/// Somebody's entry on the waiting list was erased with them: only this id remains.
#[derive(Event, Serialize, JsonSchema)]
#[event("waitlist.erased", target = entry_id)]
pub(super) struct WaitlistErased {
    pub entry_id: Id<WaitlistEntry>,
}

/// An invitation was redeemed: the account exists.
#[derive(Event, Serialize, JsonSchema)]
#[event("invitation.accepted", target = user_id)]
pub(super) struct InvitationAccepted {
    pub user_id: Id<User>,
    pub entry_id: Id<WaitlistEntry>,
}

pub(super) const CATALOGUE: &[EventFacts] = &[
    WaitlistJoined::FACTS,
    WaitlistJoinRepeated::FACTS,
    WaitlistApproved::FACTS,
    WaitlistRejected::FACTS,
    WaitlistErased::FACTS,
    InvitationAccepted::FACTS,
];
