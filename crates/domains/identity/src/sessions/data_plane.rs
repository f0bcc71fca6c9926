//! Sessions on the data plane: a person's own under `/api/v1/me`, a user's for administrators under `/api/v1/users`.

use edge::{At, CanOn, Context, Endpoint, Listed, Nothing, Paging, Reply, SignedInWith, listed, no_content};
use kernel::{Id, Refusal, Timestamp, TypedId};
use macros::endpoint;
use schemars::JsonSchema;
use serde::Serialize;

use super::{EndReason, Session, SessionId, actions, device::Device, end_all, store};
use crate::{
    me::{MeSessions, MeSessionsRead},
    risk::NamedPlace,
    users::{User, UsersRead, UsersWrite},
};

/// One session.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Session")]
pub(crate) struct SessionView {
    id: TypedId<Session>,
    user_id: TypedId<User>,
    aal: u8,
    device: Device,
    ip: Option<String>,
    /// Where the address is; null where no GeoIP file is there to tell, or it knows nothing of it.
    place: Option<NamedPlace>,
    created_at: Timestamp,
    last_seen_at: Timestamp,
    expires_at: Timestamp,
}

impl SessionView {
    pub(crate) fn of(cx: &Context, session: Session) -> Self {
        Self {
            id: session.id.typed(),
            user_id: session.user_id.typed(),
            aal: session.aal(),
            device: session.device,
            place: NamedPlace::of(cx, session.ip.as_deref()),
            ip: session.ip,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at,
        }
    }
}

pub(super) fn endpoints() -> [Endpoint; 5] {
    [list_own_sessions(), end_own_session(), end_other_sessions(), list_user_sessions(), end_user_sessions()]
}

/// List own sessions
///
/// Live ones, newest first. A token with `me:read` will do as well.
#[endpoint(GET "/api/v1/me/sessions", id = "me.sessions.list")]
async fn list_own_sessions(cx: SignedInWith<MeSessionsRead>, page: Paging<SessionId>) -> Reply<Listed<SessionView>> {
    let user = Id::from_uuid(cx.caller().user_id);
    let sessions = store::page(&cx.read(), Some(user), cx.now(), &page.0).await?;
    listed(&cx, sessions.map(|session| SessionView::of(&cx, session)))
}

/// End one of one's own sessions
///
/// Its tokens are dead at once, on every node.
#[endpoint(DELETE "/api/v1/me/sessions/{session_id}", id = "me.sessions.revoke")]
async fn end_own_session(cx: SignedInWith<MeSessions>, id: At<Session>) -> Reply<Nothing> {
    let session = store::find(&cx.read(), *id).await?.filter(|session| session.user_id.uuid() == cx.caller().user_id);
    let session = session.ok_or_else(Refusal::not_found)?;
    actions::end(&cx, session.user_id, session.id, EndReason::Revoked).await?;
    no_content()
}

/// End all other sessions
///
/// All of one's own sessions but the one that asks.
#[endpoint(POST "/api/v1/me/sessions/revoke-others", id = "me.sessions.revoke_others")]
async fn end_other_sessions(cx: SignedInWith<MeSessions>) -> Reply<Nothing> {
    let (user, this) = (Id::from_uuid(cx.caller().user_id), Id::from_uuid(cx.caller().session_id));
    end_all(cx.tx().await?, user, Some(this), EndReason::Revoked, cx.now()).await?;
    no_content()
}

/// List a user's sessions
///
/// Live ones, newest first.
#[endpoint(GET "/api/v1/users/{user_id}/sessions", id = "users.sessions.list")]
async fn list_user_sessions(cx: CanOn<UsersRead, User>, page: Paging<SessionId>) -> Reply<Listed<SessionView>> {
    let sessions = store::page(&cx.read(), Some(cx.target.id), cx.now(), &page.0).await?;
    listed(&cx, sessions.map(|session| SessionView::of(&cx, session)))
}

/// End all sessions of a user
///
/// Their tokens are dead at once, on every node.
#[endpoint(DELETE "/api/v1/users/{user_id}/sessions", id = "users.sessions.revoke_all")]
async fn end_user_sessions(cx: CanOn<UsersWrite, User>) -> Reply<Nothing> {
    end_all(cx.tx().await?, cx.target.id, None, EndReason::Revoked, cx.now()).await?;
    no_content()
}
