//! The rows behind a signed-in caller, and for how long they may stand in for a read.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use edge::{Context, Written};
use kernel::{TenantId, Timestamp, ports::SessionCaller};
use quick_cache::Weighter;
use serde_json::Value;
use store::{Db, Moment};

use super::{Session, SessionError, SessionId, SessionView, model::Life};
use crate::users::{User, UserId, UserState, UserView};

/// How long rows are kept though nothing that they were read of was written here: the bound for another program that wrote to the file.
const KEPT_FOR: Duration = Duration::from_secs(1);

/// The rows behind a [`SessionCaller`].
pub(crate) struct SignedInRows {
    pub(crate) session: Session,
    pub(crate) user: User,
    user_view: OnceLock<Written<UserView>>,
    session_view: OnceLock<Written<SessionView>>,
}

impl SignedInRows {
    pub(super) const fn new(session: Session, user: User) -> Self {
        Self { session, user, user_view: OnceLock::new(), session_view: OnceLock::new() }
    }

    /// Of a caller that the authenticator let in.
    pub(crate) fn of(caller: &SessionCaller) -> Result<&Self, SessionError> {
        caller.rows.downcast_ref().ok_or(SessionError::Revoked)
    }

    /// The user as the person sees themselves.
    pub(crate) fn user_view(&self) -> Written<UserView> {
        let view = || Written::new(&UserView::from(self.user.clone()).for_the_person());
        self.user_view.get_or_init(view).clone()
    }

    pub(crate) fn session_view(&self, cx: &Context) -> Written<SessionView> {
        let view = || Written::new(&SessionView::of(cx, self.session.clone()));
        self.session_view.get_or_init(view).clone()
    }
}

/// Who stands behind a session, and whether they still do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behind {
    pub user: UserId,
    pub is_user_active: bool,
    pub has_holdings: bool,
    pub is_session_alive: bool,
}

impl Behind {
    pub(super) fn of(rows: &SignedInRows, now: Timestamp) -> Self {
        let SignedInRows { session, user, .. } = rows;
        Self {
            user: user.id,
            is_user_active: user.state == UserState::Active,
            has_holdings: user.has_holdings,
            is_session_alive: session.life(now) == Life::Alive,
        }
    }
}

/// Rows with the moment of the store that they were read in.
pub(super) struct KeptRows {
    tenant: TenantId,
    moment: Moment,
    read_at: Timestamp,
    pub(super) rows: Arc<SignedInRows>,
    weight: u64,
}

impl KeptRows {
    pub(super) fn new(tenant: TenantId, moment: Moment, read_at: Timestamp, rows: Arc<SignedInRows>) -> Self {
        let weight = weight_of_rows(&rows);
        Self { tenant, moment, read_at, rows, weight }
    }

    /// Would a read find the same? Only if it is the same tenant's, and nothing of sessions and people was committed since.
    pub(super) fn is_of(&self, tenant: TenantId, db: &Db, now: Timestamp) -> bool {
        // A clock that was set back makes the rows old, not good until it has caught up.
        let is_recent = now >= self.read_at && now.since(self.read_at) < KEPT_FOR;
        is_recent && self.tenant == tenant && db.is_still(&self.moment)
    }
}

/// How much memory rows take, roughly: metadata may be large, and then fewer are kept.
#[derive(Clone)]
pub(super) struct RowsWeight;

impl Weighter<SessionId, Arc<KeptRows>> for RowsWeight {
    fn weight(&self, _: &SessionId, kept: &Arc<KeptRows>) -> u64 {
        kept.weight
    }
}

fn weight_of_rows(rows: &SignedInRows) -> u64 {
    /// Rows and their JSON, without metadata.
    const PLAIN: u64 = 4_096;
    let User { public_metadata, private_metadata, unsafe_metadata, .. } = &rows.user;
    let metadata = [public_metadata, private_metadata, unsafe_metadata].map(|map| weight_of(map.iter()));
    PLAIN + metadata.iter().sum::<u64>()
}

fn weight_of<'v>(entries: impl Iterator<Item = (&'v String, &'v Value)>) -> u64 {
    entries.map(|(key, value)| 64 + 2 * key.len() as u64 + weight_of_value(value)).sum()
}

fn weight_of_value(value: &Value) -> u64 {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 32,
        Value::String(text) => 32 + 2 * text.len() as u64,
        Value::Array(items) => items.iter().map(|item| 32 + weight_of_value(item)).sum(),
        Value::Object(map) => weight_of(map.iter()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_weighs_what_it_holds() {
        let of = |json: &str| weight_of_value(&serde_json::from_str(json).unwrap());
        assert!(of(r#"{"a":1}"#) < 256);
        let text = "x".repeat(16_000);
        assert!(of(&format!(r#"{{"a":"{text}"}}"#)) > 32_000, "the row and its JSON");
        assert!(of(&format!(r#"{{"a":[{{"b":"{text}"}}]}}"#)) > 32_000);
    }
}
