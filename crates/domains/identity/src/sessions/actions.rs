//! Opening, refreshing and ending sessions, once for all surfaces.

use std::{borrow::Cow, time::Duration};

use edge::{Context, Failure, Surface, Transport, refuse};
use jose::Algorithm;
use kernel::{Id, Secret, Timestamp, ports::SessionCaller};
use tenancy::keys::KeyRing;

use super::{
    EndReason, Session, SessionError, SessionId,
    device::Device,
    ended,
    event::{RefreshReused, SessionCreated},
    leave_job,
    model::{Life, RefreshFamily, Rotation},
    signed_in::SignedInRows,
    store,
    tokens::{self, ACCESS_TOKEN_TYPE, AccessClaims, FIRST_PARTY_SCOPES, HeldClaims, PresentedRefresh},
};
use crate::{
    flows::Method,
    holdings::{self, Holdings, OrganizationId},
    users::{User, UserState},
};

/// A live session with tokens that speak for it.
pub struct Opened {
    pub(crate) session: Session,
    pub(crate) access_token: Secret,
    pub(crate) access_lifetime: Duration,
    pub(crate) refresh_token: Secret,
    pub(crate) refresh_lifetime: Duration,
}

/// Longer than any browser's own.
const MAX_USER_AGENT: usize = 512;

/// Have at hand what signs, before the proof is taken: to read it, or make it, wants a connection of its own, for which nobody may wait
/// who holds a row that others wait for.
pub async fn ready(cx: &Context) -> Result<(), Failure> {
    cx.part::<KeyRing>().signer(cx.tenant_id(), Algorithm::EdDsa, cx.now()).await.map_err(signing_failed)?;
    Ok(())
}

/// A session for a person who has just proven who they are. Only a flow opens one ([`crate::flows`]).
pub(crate) async fn open(
    cx: &Context,
    user: Id<User>,
    proven: &[Method],
    holdings: &Holdings,
) -> Result<Opened, Failure> {
    let settings = &tenancy::settings_of(cx.tenant()).sessions;
    let user_agent = cx.user_agent().map(|agent| agent.chars().take(MAX_USER_AGENT).collect::<String>());
    let session = Session {
        id: cx.new_id(),
        user_id: user,
        proven: proven.to_vec(),
        authenticated_at: cx.now(),
        created_at: cx.now(),
        last_seen_at: cx.now(),
        expires_at: cx.now() + settings.lifetime(),
        idle: settings.idle(),
        ended: None,
        refresh: RefreshFamily { generation: 1, nonce: cx.env().random(), rotated_at: None, rotated_by: None },
        ip: cx.ip().map(|ip| ip.to_string()),
        device: Device::of(user_agent.as_deref()),
        user_agent,
        organization_id: None,
    };
    let opened = issue(cx, session, 1, holdings).await?;
    let tx = cx.tx().await?;
    store::insert(tx, &opened.session, surface_name(cx.surface())).await?;
    if let Some(most) = settings.max_per_user {
        for session_id in store::end_oldest(tx, user, most, cx.now()).await? {
            ended(tx, session_id, user, EndReason::Displaced, cx.now());
        }
    }
    tx.emit(&SessionCreated { session_id: opened.session.id, user_id: user, aal: opened.session.aal() });
    Ok(opened)
}

/// New tokens for a session in which more was proven just now. Its refresh tokens stay what they are.
pub(crate) async fn raise(cx: &Context, id: SessionId, proven: &[Method]) -> Result<Opened, Failure> {
    let (session, owner) = store::find_with_owner(cx.tx().await?, id).await?.ok_or(SessionError::Revoked)?;
    must_be_alive(&session, owner.state, cx.now())?;
    let session = Session { proven: proven.to_vec(), authenticated_at: cx.now(), ..session };
    let generation = session.refresh.generation;
    let holdings = holdings::of(cx, session.user_id, owner.has_holdings).await?;
    let opened = issue(cx, session, generation, &holdings).await?;
    if store::raise(cx.tx().await?, &opened.session).await? { Ok(opened) } else { Err(SessionError::Revoked.into()) }
}

/// New tokens for a refresh token: RFC 9700, section 4.14.
pub(crate) async fn refresh(cx: &Context, token: &Secret, transport: Transport) -> Result<Opened, Failure> {
    let presented = PresentedRefresh::parse(token).ok_or(SessionError::InvalidRefresh)?;
    let client = tokens::client_digest(cx.vault(), cx.user_agent());
    let grace = tenancy::settings_of(cx.tenant()).sessions.refresh_grace();
    let mut found = store::find_with_owner(&cx.read(), presented.session).await?;
    // A second look is needed only where another request rotated in between.
    for _ in 0..2 {
        let (session, owner) = found.ok_or(SessionError::InvalidRefresh)?;
        if !presented.is_genuine(cx.vault(), cx.tenant_id(), &session.refresh) {
            return Err(SessionError::InvalidRefresh.into());
        }
        must_be_alive(&session, owner.state, cx.now())?;
        if transport == Transport::Cookie {
            cx.require_csrf_proof(session.id.uuid())?;
        }
        cx.count(edge::Limit::TokenUser, session.user_id.uuid())?;
        let holdings = holdings::of(cx, session.user_id, owner.has_holdings).await?;
        match session.refresh.rotate(presented.generation, client, cx.now(), grace) {
            Rotation::Next(generation) => {
                let id = session.id;
                let rotated = Session {
                    last_seen_at: cx.now(),
                    refresh: RefreshFamily {
                        generation,
                        rotated_at: Some(cx.now()),
                        rotated_by: Some(client),
                        ..session.refresh
                    },
                    ..session
                };
                // Signed before the writer is taken, so that nobody waits for it behind a signature.
                let opened = issue(cx, rotated, generation, &holdings).await?;
                let tx = cx.tx().await?;
                if store::rotate(tx, id, presented.generation, generation, client, cx.now()).await? {
                    return Ok(opened);
                }
                // Within the transaction: what the other one wrote may still wait for its group's commit, where readers don't see it.
                found = store::find_with_owner(tx, presented.session).await?;
            }
            Rotation::Same(generation) => return issue(cx, session, generation, &holdings).await,
            Rotation::Reused => {
                let tx = cx.tx().await?;
                store::end(tx, session.id, EndReason::RefreshReused, cx.now()).await?;
                tx.emit(&RefreshReused { session_id: session.id, user_id: session.user_id });
                leave_job(tx, session.id, session.user_id, cx.now());
                return Err(refuse(SessionError::Reused));
            }
        }
    }
    Err(SessionError::InvalidRefresh.into())
}

/// Another access token for the caller's session, which stays as it is.
pub async fn renew(cx: &Context, caller: &SessionCaller, holdings: &Holdings) -> Result<Opened, Failure> {
    let session = SignedInRows::of(caller)?.session.clone();
    let generation = session.refresh.generation;
    issue(cx, session, generation, holdings).await
}

/// The caller's session acts in this organization from now on, or in none: tokens that say so. Its refresh tokens stay what they are.
/// `holdings` are the caller's, of which the organization is part.
pub async fn act_in(
    cx: &Context,
    caller: &SessionCaller,
    organization: Option<OrganizationId>,
    holdings: &Holdings,
) -> Result<Opened, Failure> {
    let session = SignedInRows::of(caller)?.session.clone();
    let (id, generation) = (session.id, session.refresh.generation);
    let session = Session { organization_id: organization, ..session };
    let opened = issue(cx, session, generation, holdings).await?;
    if store::act_in(cx.tx().await?, id, organization).await? { Ok(opened) } else { Err(SessionError::Revoked.into()) }
}

/// End one session; ending it twice is no error.
pub(crate) async fn end(cx: &Context, user: Id<User>, session: SessionId, reason: EndReason) -> Result<(), Failure> {
    let tx = cx.tx().await?;
    if store::end(tx, session, reason, cx.now()).await? {
        ended(tx, session, user, reason, cx.now());
    }
    Ok(())
}

/// Why a session's tokens don't count, if they don't.
pub(super) fn must_be_alive(session: &Session, state: UserState, now: Timestamp) -> Result<(), SessionError> {
    match session.life(now) {
        Life::Ended => Err(SessionError::Revoked),
        Life::Expired => Err(SessionError::Expired),
        Life::Alive if state == UserState::Disabled => Err(SessionError::AccountDisabled),
        Life::Alive => Ok(()),
    }
}

/// Sign an access token and make the refresh token of this generation.
async fn issue(cx: &Context, session: Session, generation: u32, holdings: &Holdings) -> Result<Opened, Failure> {
    let tenant = cx.tenant();
    let expires_at =
        tokens::access_expiry(&session, cx.now(), tenancy::settings_of(tenant).sessions.access_token_lifetime());
    let amr = session.amr();
    let holdings = holdings.clone().in_session(&tenancy::settings_of(tenant).mfa, session.is_strong());
    let held = HeldClaims::of(&holdings, &session, |id| match cx.surface() {
        Surface::Platform => id.to_string(),
        Surface::DataPlane | Surface::Protocol => id.typed().to_string(),
    });
    let claims = AccessClaims {
        iss: &tenant.issuer,
        sub: match cx.surface() {
            Surface::Platform => session.user_id.to_string(),
            Surface::DataPlane | Surface::Protocol => session.user_id.typed().to_string(),
        },
        aud: tenant.id,
        exp: expires_at.as_seconds(),
        iat: cx.now().as_seconds(),
        jti: cx.new_id::<Session>().to_string(),
        sid: session.id,
        aal: session.aal(),
        acr: tokens::acr(session.aal()),
        amr: amr.split(' ').collect(),
        auth_time: session.authenticated_at.as_seconds(),
        scope: held.scope.map_or(Cow::Borrowed(FIRST_PARTY_SCOPES), Cow::Owned),
        roles: held.roles,
        organization: held.organization,
    };
    let key = cx.part::<KeyRing>().signer(tenant.id, Algorithm::EdDsa, cx.now()).await.map_err(signing_failed)?;
    let access_token = Secret::new(key.sign(ACCESS_TOKEN_TYPE, &claims).map_err(signing_failed)?);
    let refresh_token = tokens::refresh_token(cx.vault(), tenant.id, session.id, &session.refresh, generation);
    Ok(Opened {
        access_token,
        access_lifetime: expires_at.since(cx.now()),
        refresh_token,
        refresh_lifetime: session.expires_at.since(cx.now()).min(session.idle),
        session,
    })
}

fn signing_failed(error: impl std::fmt::Display) -> SessionError {
    tracing::error!(%error, "an access token could not be signed");
    SessionError::Signing
}

const fn surface_name(surface: Surface) -> &'static str {
    match surface {
        Surface::Platform => "platform",
        Surface::DataPlane | Surface::Protocol => "data_plane",
    }
}
