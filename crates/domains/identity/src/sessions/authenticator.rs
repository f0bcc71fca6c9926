//! Whose session an access token speaks for: the port that the edge asks for every signed-in request.

use std::{any::Any, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{
    Refusal, TenantId, Timestamp,
    permission::is_granted,
    ports::{PortFuture, SessionAuthenticator, SessionCaller},
    tenant::TenantFacts,
};
use quick_cache::sync::Cache;
use serde::Deserialize;
use store::{Db, Reader};
use tenancy::{keys::KeyRing, settings_of};

use super::{
    Behind, SessionError, SessionId,
    actions::must_be_alive,
    signed_in::{KeptRows, RowsWeight, SignedInRows},
    store as rows,
    tokens::{ACCESS_TOKEN_TYPE, FIRST_PARTY_SCOPES, ReadClaims},
};
use crate::{holdings::AsksHoldings, users::UserState};

/// How many verified signatures a node remembers.
const REMEMBERED: usize = 8_192;
/// Of how many sessions a node keeps the rows, and how much memory all of them may take.
const KEPT: usize = 4_096;
const KEPT_BYTES: u64 = 16 * 1_024 * 1_024;
/// Nodes' clocks may differ by so much.
const LEEWAY: Duration = Duration::from_secs(5);

/// Verifies access tokens. A signature is checked once and remembered by the token's digest; that the session lives is asked of
/// the store each time, so that ending a session works at once, on every node. Where the store can say that nothing was written
/// since to where they were read, the rows of the last time are its answer.
#[derive(Clone)]
pub struct Sessions(Arc<Inner>);

struct Inner {
    db: Db,
    keys: KeyRing,
    holdings: AsksHoldings,
    verified: Cache<[u8; 32], Arc<Remembered>>,
    first_party: Arc<str>,
    kept: Cache<SessionId, Arc<KeptRows>, RowsWeight>,
}

struct Remembered {
    tenant: TenantId,
    session: SessionId,
    expires_at: i64,
    scopes: Arc<str>,
    /// Do they say no more than what everybody may do with what is theirs?
    is_first_party: bool,
}

impl Remembered {
    fn must_be_for(&self, tenant: &TenantFacts, now: Timestamp) -> Result<(), SessionError> {
        if self.tenant != tenant.id {
            return Err(SessionError::InvalidToken);
        }
        jose::check_times(self.expires_at, None, now, LEEWAY).map_err(|_| SessionError::TokenExpired)
    }
}

fn is_first_party(scope: &str) -> bool {
    scope.is_empty() || is_granted(FIRST_PARTY_SCOPES, scope)
}

impl Sessions {
    pub fn new(db: Db, keys: KeyRing, holdings: AsksHoldings) -> Self {
        let kept = Cache::with_weighter(KEPT, KEPT_BYTES, RowsWeight);
        let (verified, first_party) = (Cache::new(REMEMBERED), FIRST_PARTY_SCOPES.into());
        Self(Arc::new(Inner { db, keys, holdings, verified, first_party, kept }))
    }

    /// The caller, where nothing has to be asked for them.
    fn at_once(
        &self,
        tenant: &TenantFacts,
        claims: &Remembered,
        now: Timestamp,
    ) -> Option<Result<SessionCaller, SessionError>> {
        if let Err(refused) = claims.must_be_for(tenant, now) {
            return Some(Err(refused));
        }
        let rows = self.kept(tenant.id, claims.session, now).filter(|_| claims.is_first_party)?;
        let alive = must_be_alive(&rows.session, rows.user.state, now);
        Some(alive.map(|()| speaking(rows, Arc::clone(&claims.scopes))))
    }

    /// What a token says that is shown for the first time.
    async fn verify(
        &self,
        tenant: &TenantFacts,
        token: &str,
        digest: [u8; 32],
        now: Timestamp,
    ) -> Result<Arc<Remembered>, SessionError> {
        let verified = self.0.keys.verify(tenant.id, token, ACCESS_TOKEN_TYPE, now).await.map_err(|error| {
            tracing::warn!(%error, "a verification key could not be had");
            SessionError::Signing
        })?;
        let verified = verified.ok_or(SessionError::InvalidToken)?;
        let claims: ReadClaims<'_> = verified.own_claims().map_err(|_| SessionError::InvalidToken)?;
        if claims.iss != tenant.issuer || claims.aud != tenant.id {
            return Err(SessionError::InvalidToken);
        }
        let claims = Arc::new(Remembered {
            tenant: tenant.id,
            session: claims.sid,
            expires_at: claims.exp,
            is_first_party: claims.scope.split(' ').all(is_first_party),
            // Nearly all say the same.
            scopes: if claims.scope == FIRST_PARTY_SCOPES {
                Arc::clone(&self.0.first_party)
            } else {
                claims.scope.into()
            },
        });
        self.0.verified.insert(digest, Arc::clone(&claims));
        Ok(claims)
    }

    async fn caller(
        &self,
        tenant: &TenantFacts,
        claims: &Remembered,
        now: Timestamp,
    ) -> Result<SessionCaller, SessionError> {
        claims.must_be_for(tenant, now)?;
        let rows = self.rows(tenant.id, claims.session, now).await?;
        must_be_alive(&rows.session, rows.user.state, now)?;
        let scopes = self.counting(tenant, &rows, &claims.scopes).await?;
        Ok(speaking(rows, scopes))
    }

    /// What of a token's scopes counts now: what everybody may do with what is theirs, and what the person holds themselves. The token is as
    /// old as its last refresh, and so is what it says; whatever was taken away since counts no more.
    async fn counting(
        &self,
        tenant: &TenantFacts,
        rows: &SignedInRows,
        scopes: &Arc<str>,
    ) -> Result<Arc<str>, SessionError> {
        if scopes.split(' ').all(is_first_party) {
            return Ok(Arc::clone(scopes));
        }
        let mut held = Vec::new();
        if rows.user.has_holdings {
            let read = Reader::Outside(self.0.db.read(tenant.id));
            let holdings = (self.0.holdings)(&read, rows.user.id).await?;
            held = holdings.in_session(&settings_of(tenant).mfa, rows.session.is_strong()).permissions();
        }
        let counts = |scope: &&str| is_first_party(scope) || held.iter().any(|word| word == scope);
        Ok(scopes.split(' ').filter(counts).collect::<Vec<_>>().join(" ").into())
    }

    /// The caller that a token of another kind speaks for in this session: an OAuth access token, whose grant the caller has found
    /// alive. `is_offline`: the grant outlives the session (OpenID Connect Core, section 11), so that one that has ended still says who
    /// the person is. A session that ended a month ago is forgotten, and nobody can be called by it.
    pub async fn caller_for(
        &self,
        tenant: &TenantFacts,
        session: SessionId,
        scopes: Arc<str>,
        is_offline: bool,
        now: Timestamp,
    ) -> Result<SessionCaller, SessionError> {
        let rows = self.rows(tenant.id, session, now).await?;
        match must_be_alive(&rows.session, rows.user.state, now) {
            Ok(()) => {}
            Err(SessionError::Revoked | SessionError::Expired)
                if is_offline && rows.user.state == UserState::Active => {}
            Err(refused) => return Err(refused),
        }
        let scopes = self.counting(tenant, &rows, &scopes).await?;
        Ok(speaking(rows, scopes))
    }

    /// What the store held of the session the last time, if it still does.
    fn kept(&self, tenant: TenantId, session: SessionId, now: Timestamp) -> Option<Arc<SignedInRows>> {
        let kept = self.0.kept.get(&session)?;
        kept.is_of(tenant, &self.0.db, now).then(|| Arc::clone(&kept.rows))
    }

    /// Who stands behind the session, where that is known without a read.
    pub fn behind(&self, tenant: TenantId, session: SessionId, now: Timestamp) -> Option<Behind> {
        self.kept(tenant, session, now).map(|rows| Behind::of(&rows, now))
    }

    /// What the store holds of the session now. One that is gone was erased with its user.
    async fn rows(
        &self,
        tenant: TenantId,
        session: SessionId,
        now: Timestamp,
    ) -> Result<Arc<SignedInRows>, SessionError> {
        if let Some(rows) = self.kept(tenant, session, now) {
            return Ok(rows);
        }
        // Asked before the read: a commit in between makes what is kept old at once.
        let before = self.0.db.moment();
        let read = self.0.db.read(tenant);
        let (found, user) = Box::pin(rows::find_with_user(&read, session)).await?.ok_or(SessionError::Revoked)?;
        let rows = Arc::new(SignedInRows::new(found, user));
        if let Some(before) = before {
            let kept = KeptRows::new(tenant, before.of(rows::BEHIND_A_CALLER), now, Arc::clone(&rows));
            self.0.kept.insert(session, Arc::new(kept));
        }
        Ok(rows)
    }
}

fn speaking(rows: Arc<SignedInRows>, scopes: Arc<str>) -> SessionCaller {
    let session = &rows.session;
    SessionCaller {
        user_id: session.user_id.uuid(),
        session_id: session.id.uuid(),
        aal: session.aal(),
        scopes,
        authenticated_at: session.authenticated_at,
        rows: rows as Arc<dyn Any + Send + Sync>,
    }
}

impl SessionAuthenticator for Sessions {
    fn audience(&self, token: &str) -> Option<TenantId> {
        #[derive(Deserialize)]
        struct Audience {
            aud: TenantId,
        }
        let payload = token.split('.').nth(1).filter(|_| token.len() <= jose::MAX_TOKEN_BYTES)?;
        let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
        serde_json::from_slice::<Audience>(&payload).ok().map(|claims| claims.aud)
    }

    fn authenticate<'a>(
        &'a self,
        tenant: &'a TenantFacts,
        token: &'a str,
        now: Timestamp,
    ) -> PortFuture<'a, SessionCaller> {
        if token.len() > jose::MAX_TOKEN_BYTES {
            return PortFuture::answered(Err(SessionError::InvalidToken.into()));
        }
        let digest = vault::digest(token.as_bytes());
        let known = self.0.verified.get(&digest);
        if let Some(answer) = known.as_ref().and_then(|claims| self.at_once(tenant, claims, now)) {
            return PortFuture::answered(answer.map_err(Refusal::from));
        }
        PortFuture::coming(async move {
            let claims = match known {
                Some(claims) => claims,
                None => self.verify(tenant, token, digest, now).await?,
            };
            Ok(self.caller(tenant, &claims, now).await?)
        })
    }
}
