//! What an identity is. Pure.

use identity::users::UserId;
use kernel::{Id, Timestamp};

use crate::social::Snapshot;

/// How many a user has at most.
pub(crate) const MOST: usize = 20;

/// An account at a provider, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) id: Id<Self>,
    pub(crate) user_id: UserId,
    /// The provider's name in the application's settings.
    pub(crate) provider: String,
    /// The provider with its issuer.
    pub(crate) connection: String,
    pub(crate) subject: String,
    pub(crate) snapshot: Snapshot,
    pub(crate) created_at: Timestamp,
    pub(crate) last_used_at: Option<Timestamp>,
}

/// An identity that is to be.
pub(crate) struct NewIdentity {
    pub(crate) id: Id<Identity>,
    pub(crate) user_id: UserId,
    pub(crate) provider: String,
    pub(crate) connection: String,
    pub(crate) subject: String,
    pub(crate) snapshot: Snapshot,
    /// Sealed.
    pub(crate) tokens: Option<Vec<u8>>,
    /// Does somebody sign in by it right now?
    pub(crate) is_in_use: bool,
}

impl NewIdentity {
    pub(crate) fn made(&self, now: Timestamp) -> Identity {
        Identity {
            id: self.id,
            user_id: self.user_id,
            provider: self.provider.clone(),
            connection: self.connection.clone(),
            subject: self.subject.clone(),
            snapshot: self.snapshot.clone(),
            created_at: now,
            last_used_at: self.is_in_use.then_some(now),
        }
    }
}
