//! The rows behind a signed-in caller, and for how long they may stand in for a read.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use edge::Written;
use kernel::{TenantId, Timestamp, ports::SessionCaller};

use super::{Session, SessionError, SessionView};
use crate::users::{User, UserView};

/// How long rows are kept though nothing was committed here: the bound for another program that wrote to the file.
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

    pub(crate) fn session_view(&self) -> Written<SessionView> {
        self.session_view.get_or_init(|| Written::new(&self.session.clone().into())).clone()
    }
}

/// Rows with the moment of the store that they were read in.
pub(super) struct KeptRows {
    tenant: TenantId,
    revision: u64,
    read_at: Timestamp,
    pub(super) rows: Arc<SignedInRows>,
}

impl KeptRows {
    pub(super) const fn new(tenant: TenantId, revision: u64, read_at: Timestamp, rows: Arc<SignedInRows>) -> Self {
        Self { tenant, revision, read_at, rows }
    }

    /// Would a read find the same? Only if it is the same tenant's, and nothing was committed since.
    pub(super) fn is_of(&self, tenant: TenantId, revision: Option<u64>, now: Timestamp) -> bool {
        // A clock that was set back makes the rows old, not good until it has caught up.
        let is_recent = now >= self.read_at && now.since(self.read_at) < KEPT_FOR;
        is_recent && self.tenant == tenant && revision == Some(self.revision)
    }
}
