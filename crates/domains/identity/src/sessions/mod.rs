//! Sessions: that a person has proven who they are, on one device, until it ends.
//!
//! Owns the session, its access tokens (short, verified locally by anyone) and its refresh tokens (rotating, one family a session).
//! Does not own how the proof was given (`auth`).

mod actions;
mod authenticator;
mod data_plane;
mod device;
mod error;
mod event;
mod exchange;
mod handed_off;
mod model;
mod platform;
mod signed_in;
pub(crate) mod store;
mod tokens;

use ::store::{Db, NewJob, StoreError, Tx};
use edge::Endpoint;
use kernel::{EventFacts, Id, Timestamp};

pub use actions::{Opened, act_in, ready, renew};
pub(crate) use actions::{end, open, raise, refresh};
pub use authenticator::Sessions;
pub(crate) use data_plane::SessionView as DataPlaneSessionView;
pub(crate) use device::Device;
pub use error::SessionError;
pub(crate) use event::SessionRevoked;
pub(crate) use exchange::{RefreshRequest, presented_refresh};
pub use handed_off::{HandOffError, HandOffs, HandedCode, RedeemsCode};
pub use model::{EndReason, Session};
pub use platform::{AccessTokenView, with_access_token};
pub(crate) use platform::{SessionView, TokensView, with_tokens};
pub use signed_in::Behind;
pub(crate) use signed_in::SignedInRows;
pub(crate) use tokens::FIRST_PARTY_SCOPES;

kernel::resource! { Session, prefix: "ses", noun: "session" }

kernel::permissions! {
    /// Read sessions and verify tokens.
    SessionsRead = "sessions:read",
    /// End sessions.
    SessionsWrite = "sessions:write",
}

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub type SessionId = Id<Session>;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into_iter().chain(exchange::endpoints()).chain(data_plane::endpoints()).collect()
}

/// The condition in SQL that a session `s` lives at the time that `$now` stands for: what `Session::life` says of a row that was read.
/// For the statements of others that join a session, so that nobody writes the rule anew.
#[macro_export]
macro_rules! session_is_alive {
    ($now:literal) => {
        concat!(
            "s.revoked_at is null and s.expires_at > ",
            $now,
            " and s.last_seen_at + s.idle_seconds * 1000000 > ",
            $now
        )
    };
}

/// The kind of the job that each ended session leaves behind, for whoever else has to act on it: `session_id` and `user_id`.
pub const ENDED_JOB: &str = "session.ended";

/// A session is over: the trail says so, and whoever was told that somebody is signed in will hear of it.
fn ended(tx: &Tx, session_id: SessionId, user_id: crate::users::UserId, reason: EndReason, now: Timestamp) {
    tx.emit(&SessionRevoked { session_id, user_id, reason });
    leave_job(tx, session_id, user_id, now);
}

fn leave_job(tx: &Tx, session_id: SessionId, user_id: crate::users::UserId, now: Timestamp) {
    tx.enqueue(NewJob {
        kind: ENDED_JOB,
        payload: serde_json::json!({ "session_id": session_id, "user_id": user_id }),
        run_at: now,
        unique_key: Some(session_id.to_string()),
    });
}

/// End every session of a user but one; their refresh tokens are dead with them. How many ended.
pub(crate) async fn end_all(
    tx: &Tx,
    user: crate::users::UserId,
    except: Option<SessionId>,
    reason: EndReason,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let ended = store::end_all(tx, user, except, reason, now).await?;
    for session_id in &ended {
        self::ended(tx, *session_id, user, reason, now);
    }
    Ok(ended.len() as u64)
}

/// Forget sessions that ended long ago, in small bites. How many are gone.
pub async fn purge_ended(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    store::purge(db, now).await
}
