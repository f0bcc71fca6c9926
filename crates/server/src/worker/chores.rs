//! The chores and how often each has its turn.

use std::{pin::Pin, time::Duration};

use super::Worker;

/// Something that is done again and again.
pub(super) struct Chore {
    pub(super) name: &'static str,
    pub(super) every: Duration,
    /// How much was done; more than nothing means that there may be more.
    pub(super) run: fn(&Worker) -> Done<'_>,
}

type Done<'a> = Pin<Box<dyn Future<Output = anyhow::Result<usize>> + Send + 'a>>;

pub(super) const ALL: [Chore; 9] = [
    // Readers of the trail are promised a sealed event within about a second.
    Chore {
        name: "seal the audit trail",
        every: Duration::from_millis(500),
        run: |worker| Box::pin(async { Ok(events::seal_pending(&worker.db, &worker.env).await?) }),
    },
    Chore {
        name: "note uses of API keys",
        every: Duration::from_secs(10),
        run: |worker| Box::pin(worker.write_uses()),
    },
    Chore {
        name: "rotate signing keys",
        every: Duration::from_mins(1),
        run: |worker| Box::pin(async { Ok(tenancy::keys::rotate_due(&worker.db, &worker.vault, &worker.env).await?) }),
    },
    Chore {
        name: "forget sessions, flows and challenges that ended",
        every: Duration::from_mins(10),
        run: |worker| {
            Box::pin(async { Ok(usize::try_from(identity::purge_ended(&worker.db, worker.env.now()).await?)?) })
        },
    },
    Chore {
        name: "forget tokens, codes and requests that ended",
        every: Duration::from_mins(10),
        run: |worker| {
            Box::pin(async { Ok(usize::try_from(provider::purge_ended(&worker.db, worker.env.now()).await?)?) })
        },
    },
    Chore {
        name: "forget kept replies",
        every: Duration::from_mins(10),
        run: |worker| {
            Box::pin(async { Ok(usize::try_from(store::idempotency::purge(&worker.db, worker.env.now()).await?)?) })
        },
    },
    Chore {
        name: "forget ended imports",
        every: Duration::from_mins(10),
        run: |worker| Box::pin(worker.forget_imports()),
    },
    Chore {
        name: "forget messages that nobody carries",
        every: Duration::from_hours(1),
        run: |worker| {
            Box::pin(async { Ok(usize::try_from(tenancy::messaging::purge(&worker.db, worker.env.now()).await?)?) })
        },
    },
    Chore {
        name: "erase applications that were deleted thirty days ago",
        every: Duration::from_mins(10),
        run: |worker| Box::pin(worker.erase_applications()),
    },
];
