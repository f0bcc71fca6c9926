//! Telling caches, on this node and the others, that a value they may hold is old.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use kernel::TenantId;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

/// How many a slow receiver may fall behind before it is told `Lagged`, which it treats as [`Invalidation::is_all`].
const BACKLOG: usize = 1_024;

/// The line to every cache of this node.
#[derive(Clone)]
pub(crate) struct Bus {
    sender: broadcast::Sender<Invalidation>,
    sent: Arc<AtomicU64>,
}

impl Bus {
    pub(crate) fn new() -> Self {
        Self { sender: broadcast::channel(BACKLOG).0, sent: Arc::default() }
    }

    pub(crate) fn send(&self, invalidation: Invalidation) {
        // Nobody may be listening, and that is fine.
        let _ = self.sender.send(invalidation);
        self.sent.fetch_add(1, Ordering::Release);
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Invalidation> {
        self.sender.subscribe()
    }

    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Acquire)
    }
}

/// Sent after the commit that made something old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalidation {
    /// Which cache, for example `clients`.
    pub topic: String,
    pub tenant: TenantId,
    /// Which entry, in the words of the topic.
    pub key: String,
}

impl Invalidation {
    const ALL: &str = "*";

    /// Messages of other nodes may have been missed: sent when the line to PostgreSQL is back.
    pub(crate) fn all() -> Self {
        Self { topic: Self::ALL.to_owned(), tenant: TenantId::from_u128(0), key: Self::ALL.to_owned() }
    }

    /// Must every cache be emptied?
    pub fn is_all(&self) -> bool {
        self.topic == Self::ALL
    }
}

/// The body of a notification between nodes; PostgreSQL allows 8000 bytes.
#[derive(Serialize, Deserialize)]
pub(crate) struct Notice {
    /// Who sent it, so that a node can pass over its own.
    pub(crate) node: u64,
    pub(crate) topic: String,
    pub(crate) tenant: uuid::Uuid,
    pub(crate) key: String,
}

impl Notice {
    pub(crate) fn new(node: u64, invalidation: &Invalidation) -> Self {
        Self {
            node,
            topic: invalidation.topic.clone(),
            tenant: invalidation.tenant.uuid(),
            key: invalidation.key.clone(),
        }
    }
}

impl From<Notice> for Invalidation {
    fn from(notice: Notice) -> Self {
        Self { topic: notice.topic, tenant: TenantId::from_uuid(notice.tenant), key: notice.key }
    }
}
