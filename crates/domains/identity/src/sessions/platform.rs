//! `/v1/sessions`: a user's sessions for their application, and for themselves.

use edge::{
    At, Body, Can, CanOrSelf, Context, Endpoint, Failure, Listed, Nothing, Paging, Query, Reply, SessionCookies,
    Success, Transport, listed, no_content, ok,
};
use kernel::{Id, Refusal, Secret, Timestamp};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    EndReason, Opened, Session, SessionError, SessionId, SessionsRead, SessionsWrite, actions, device::Device, end_all,
    store,
};
use crate::{
    holdings::OrganizationId,
    risk::NamedPlace,
    users::{User, UserId},
};

/// One session of a user.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Session")]
pub(crate) struct SessionView {
    id: Id<Session>,
    user_id: Id<User>,
    /// Authentication assurance level: 1 signed in, 2 two factors, 3 phishing-resistant.
    aal: u8,
    /// Authentication methods (RFC 8176).
    amr: Vec<String>,
    device: Device,
    ip: Option<String>,
    /// Where the address is; null where no GeoIP file is there to tell, or it knows nothing of it.
    place: Option<NamedPlace>,
    user_agent: Option<String>,
    /// The organization that it acts in.
    organization_id: Option<OrganizationId>,
    authenticated_at: Timestamp,
    created_at: Timestamp,
    last_seen_at: Timestamp,
    expires_at: Timestamp,
}

impl SessionView {
    pub(super) fn of(cx: &Context, session: Session) -> Self {
        Self {
            id: session.id,
            user_id: session.user_id,
            aal: session.aal(),
            amr: session.amr().split(' ').map(str::to_owned).collect(),
            device: session.device,
            place: NamedPlace::of(cx, session.ip.as_deref()),
            ip: session.ip,
            user_agent: session.user_agent,
            organization_id: session.organization_id,
            authenticated_at: session.authenticated_at,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at,
        }
    }
}

/// A session with its tokens. In cookie mode the tokens are in cookies and absent here.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SessionTokens")]
pub(crate) struct TokensView {
    session: SessionView,
    token_type: &'static str,
    /// A JWT: verify it with `/.well-known/jwks.json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
    /// Seconds.
    expires_in: u64,
    /// Good for one use; the answer holds the next one.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
}

/// Tokens in the body or in cookies, as the client wants them.
pub(crate) fn with_tokens<T>(
    cx: &Context,
    opened: Opened,
    transport: Transport,
    view: impl FnOnce(TokensView) -> T,
) -> Reply<T> {
    let cookies = match transport {
        Transport::Bearer => Vec::new(),
        Transport::Cookie => SessionCookies {
            access_token: &opened.access_token,
            access_lifetime: opened.access_lifetime,
            refresh_token: &opened.refresh_token,
            refresh_lifetime: opened.refresh_lifetime,
            session_id: opened.session.id.uuid(),
            same_site: tenancy::settings_of(cx.tenant()).sessions.cookies.same_site,
        }
        .set(cx),
    };
    let shown = |secret: &Secret| (transport == Transport::Bearer).then(|| secret.reveal().to_owned());
    let tokens = TokensView {
        access_token: shown(&opened.access_token),
        expires_in: opened.access_lifetime.as_secs(),
        refresh_token: shown(&opened.refresh_token),
        token_type: "Bearer",
        session: SessionView::of(cx, opened.session),
    };
    let success: Success<T> = ok(view(tokens))?;
    Ok(success.headers(cookies))
}

/// A session with another access token. In cookie mode it is in its cookie and absent here.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SessionAccessToken")]
pub struct AccessTokenView {
    session: SessionView,
    token_type: &'static str,
    /// A JWT: verify it with `/.well-known/jwks.json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
    /// Seconds.
    expires_in: u64,
}

/// The access token alone, the way the one came that was presented: nobody who has but that gets more out of it, and no script sees what
/// a cookie kept from it.
pub fn with_access_token(cx: &Context, opened: Opened) -> Reply<AccessTokenView> {
    let is_cookie = SessionCookies::carry(cx);
    let same_site = tenancy::settings_of(cx.tenant()).sessions.cookies.same_site;
    let cookie =
        is_cookie.then(|| SessionCookies::renew(cx, &opened.access_token, opened.access_lifetime, same_site)).flatten();
    let view = AccessTokenView {
        access_token: (!is_cookie).then(|| opened.access_token.reveal().to_owned()),
        expires_in: opened.access_lifetime.as_secs(),
        token_type: "Bearer",
        session: SessionView::of(cx, opened.session),
    };
    let success: Success<AccessTokenView> = ok(view)?;
    Ok(success.headers(cookie))
}

/// Whose sessions to list.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct SessionListQuery {
    /// An end user sees their own and may leave it out.
    user_id: Option<Id<User>>,
}

/// Which sessions to end.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct SessionEndQuery {
    /// An end user ends their own and may leave it out.
    user_id: Option<Id<User>>,
    /// Keep the session that asks.
    except_current: Option<bool>,
}

/// How many sessions ended.
#[derive(Serialize, JsonSchema)]
struct SessionsEnded {
    ended: u64,
}

/// A token to look into.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TokenVerification {
    token: Secret,
}

/// Is a token good now, and whose is it?
#[derive(Serialize, JsonSchema)]
struct TokenVerdict {
    active: bool,
    /// Why not, for example `token_expired` or `session_revoked`.
    reason: Option<String>,
    session: Option<SessionView>,
}

pub(super) fn endpoints() -> [Endpoint; 5] {
    [list_sessions(), get_session(), delete_session(), delete_sessions(), verify_token()]
}

/// List sessions
///
/// Live sessions, newest first. An application sees all or those of `user_id`, an end user their own.
#[endpoint(GET "/v1/sessions", id = "sessions.list")]
async fn list_sessions(
    cx: CanOrSelf<SessionsRead>,
    query: Query<SessionListQuery>,
    page: Paging<SessionId>,
) -> Reply<Listed<SessionView>> {
    let user = whose(&cx, query.0.user_id)?;
    let sessions = store::page(&cx.read(), user, cx.now(), &page.0).await?;
    listed(&cx, sessions.map(|session| SessionView::of(&cx, session)))
}

/// Get a session
///
/// An end user sees their own; another's answers like a missing one.
#[endpoint(GET "/v1/sessions/{session_id}", id = "sessions.get")]
async fn get_session(cx: CanOrSelf<SessionsRead>, id: At<Session>) -> Reply<SessionView> {
    ok(SessionView::of(&cx, visible(&cx, *id).await?))
}

/// End a session
///
/// Its tokens are dead at once, on every node.
#[endpoint(DELETE "/v1/sessions/{session_id}", id = "sessions.revoke")]
async fn delete_session(cx: CanOrSelf<SessionsWrite>, id: At<Session>) -> Reply<Nothing> {
    let session = visible(&cx, *id).await?;
    actions::end(&cx, session.user_id, session.id, EndReason::Revoked).await?;
    no_content()
}

/// End all sessions of a user
///
/// Optionally all but the one that asks.
#[endpoint(DELETE "/v1/sessions", id = "sessions.revoke_all", errors = SessionError)]
async fn delete_sessions(cx: CanOrSelf<SessionsWrite>, query: Query<SessionEndQuery>) -> Reply<SessionsEnded> {
    let user = whose(&cx, query.0.user_id)?.ok_or(SessionError::UserRequired)?;
    let except = cx
        .confined_to()
        .filter(|_| query.0.except_current == Some(true))
        .map(|caller| Id::from_uuid(caller.session_id));
    let ended = end_all(cx.tx().await?, user, except, EndReason::Revoked, cx.now()).await?;
    ok(SessionsEnded { ended })
}

/// Verify a token
///
/// For servers that want to know at once whether a session was ended. Offline, verify the token's signature with
/// `/.well-known/jwks.json` instead.
#[endpoint(POST "/v1/sessions/verify", id = "sessions.verify", silent = "it changes nothing")]
async fn verify_token(cx: Can<SessionsRead>, body: Body<TokenVerification>) -> Reply<TokenVerdict> {
    match cx.authenticate(body.0.token.reveal()).await {
        Ok(caller) => {
            let session = store::find(&cx.read(), Id::from_uuid(caller.session_id)).await?;
            let session = session.map(|session| SessionView::of(&cx, session));
            ok(TokenVerdict { active: session.is_some(), reason: None, session })
        }
        Err(refusal) if refusal.status() < 500 => {
            ok(TokenVerdict { active: false, reason: Some(refusal.reason.to_owned()), session: None })
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// An end user is confined to their own; naming somebody else finds nothing.
fn whose(cx: &CanOrSelf<impl kernel::Permission>, named: Option<UserId>) -> Result<Option<UserId>, Refusal> {
    match cx.confined_to().map(|caller| Id::from_uuid(caller.user_id)) {
        Some(own) if named.is_some_and(|named| named != own) => Err(Refusal::not_found()),
        Some(own) => Ok(Some(own)),
        None => Ok(named),
    }
}

async fn visible(cx: &CanOrSelf<impl kernel::Permission>, id: SessionId) -> Result<Session, Failure> {
    let session = store::find(&cx.read(), id).await?.ok_or_else(Refusal::not_found)?;
    let is_visible = cx.confined_to().is_none_or(|caller| caller.user_id == session.user_id.uuid());
    if is_visible { Ok(session) } else { Err(Refusal::not_found().into()) }
}
