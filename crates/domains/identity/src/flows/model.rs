//! What a flow is. Pure.

use std::time::Duration;

use kernel::{Id, Timestamp};

use super::{FlowId, machine::Evidence};
use crate::{sessions::SessionId, users::UserId};

/// How long a person may take from the first proof to the last step.
pub(super) const LIFETIME: Duration = Duration::from_mins(15);
/// Wrong codes that one flow survives, whichever factors they were for.
pub(super) const MAX_TRIES: u32 = 5;

/// Digest of a flow's handle: what the store knows it by.
pub type FlowKey = [u8; 32];

/// A sign-in that waits for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// The handle, as presented.
    pub id: Id<Self>,
    pub user_id: UserId,
    /// The session that a step-up raises.
    pub session_id: Option<SessionId>,
    pub version: i64,
    pub evidence: Evidence,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

impl Flow {
    pub fn key(&self) -> FlowKey {
        key(self.id)
    }
}

pub(super) fn key(id: FlowId) -> FlowKey {
    vault::digest(id.as_bytes())
}

/// A handle out of 122 random bits (RFC 9562, section 5.8).
pub(super) fn handle(random: [u8; 16]) -> FlowId {
    Id::from_uuid(uuid::Builder::from_custom_bytes(random).into_uuid())
}
