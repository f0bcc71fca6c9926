//! Whom an access token speaks for: asked by the endpoints of this domain, and by the edge where the data plane is called with one.

use std::{sync::Arc, time::Duration};

use identity::Sessions;
use kernel::{
    ErrorCode, Refusal, TenantId, Timestamp,
    ports::{AccessTokenAuthenticator, ClientCaller, PortFuture, PresentedToken, TokenCaller},
    tenant::TenantFacts,
};
use oauth::{ACCESS_TOKEN_TYPE, certificate_thumbprint};
use quick_cache::sync::Cache;
use store::{Db, Moment};
use tenancy::keys::KeyRing;

use super::{
    claims::Claims,
    live::{self, Holder},
    opaque,
    presented::{Shown, check_sender},
    revoked,
};
use crate::{
    clients::{ClientId, Clients},
    error::refusal,
    replays,
};

/// How many verified signatures and answers a node remembers.
const REMEMBERED: usize = 4_096;
/// How long an answer is kept though nothing that it was read of was written here: the bound for another program that wrote to the file.
const KEPT_FOR: Duration = Duration::from_secs(1);

/// Reads access tokens. A signature is checked once and remembered by the token's digest; that everybody behind the token still
/// stands by it is asked of the store each time, so that an end works at once, on every node. Where the store can say that nothing was
/// written since to where it was read, the answer of the last time stands.
#[derive(Clone)]
pub struct AccessTokens(Arc<Inner>);

struct Inner {
    db: Db,
    keys: KeyRing,
    clients: Clients,
    sessions: Sessions,
    verified: Cache<[u8; 32], Arc<Verified>>,
    kept: Cache<[u8; 32], Arc<Kept>>,
}

struct Verified {
    tenant: TenantId,
    claims: Arc<Claims>,
}

struct Kept {
    tenant: TenantId,
    moment: Moment,
    read_at: Timestamp,
    token: LiveToken,
}

/// A token that counts now.
#[derive(Clone)]
pub(crate) struct LiveToken {
    pub(crate) claims: Arc<Claims>,
    /// Absent where a client speaks for itself.
    pub(crate) holder: Option<Arc<Holder>>,
}

impl AccessTokens {
    pub fn new(db: Db, keys: KeyRing, clients: Clients, sessions: Sessions) -> Self {
        let (verified, kept) = (Cache::new(REMEMBERED), Cache::new(REMEMBERED));
        Self(Arc::new(Inner { db, keys, clients, sessions, verified, kept }))
    }

    /// The token, if it is an access token of this tenant and everybody behind it stands by it. Who sent it is not looked at.
    pub(crate) async fn read(
        &self,
        tenant: &TenantFacts,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<LiveToken>, Refusal> {
        if token.len() > jose::MAX_TOKEN_BYTES {
            return Ok(None);
        }
        let digest = vault::digest(token.as_bytes());
        if let Some(kept) = self.kept(tenant.id, &digest, now) {
            let is_live = !kept.claims.has_expired(now) && self.is_spoken_for(tenant.id, &kept, now).await?;
            return Ok(is_live.then_some(kept));
        }
        // Asked before the read: a commit in between makes what is kept old at once.
        let before = self.0.db.moment();
        let is_handle = token.starts_with(opaque::PREFIX);
        let found = if is_handle {
            self.opaque(tenant, token, &digest, now).await?
        } else {
            self.jwt(tenant, token, &digest, now).await?
        };
        if let (Some(token), Some(before)) = (&found, before) {
            let moment = before.of(match token.holder {
                _ if is_handle => opaque::ASKED,
                Some(_) => live::ASKED_OF_GRANTS,
                None => live::ASKED_OF_CLIENTS,
            });
            let kept = Kept { tenant: tenant.id, moment, read_at: now, token: token.clone() };
            self.0.kept.insert(digest, Arc::new(kept));
        }
        Ok(found)
    }

    /// The answer of the last time, if the store would still give it.
    fn kept(&self, tenant: TenantId, digest: &[u8; 32], now: Timestamp) -> Option<LiveToken> {
        let kept = self.0.kept.get(digest)?;
        // A clock that was set back makes it old, not good until it has caught up.
        let is_recent = now >= kept.read_at && now.since(kept.read_at) < KEPT_FOR;
        let is_good = is_recent && kept.tenant == tenant && self.0.db.is_still(&kept.moment);
        is_good.then(|| kept.token.clone())
    }

    /// Where nobody stands behind a token but its client, that one is asked for: what is kept of clients was not read with the token.
    async fn is_spoken_for(&self, tenant: TenantId, token: &LiveToken, now: Timestamp) -> Result<bool, Refusal> {
        Ok(token.holder.is_some() || self.is_client_active(tenant, &token.claims, now).await?)
    }

    async fn is_client_active(&self, tenant: TenantId, claims: &Claims, now: Timestamp) -> Result<bool, Refusal> {
        let client = self.0.clients.named(tenant, &claims.client_id, now).await?;
        Ok(client.is_some_and(|known| known.client.is_active()))
    }

    async fn opaque(
        &self,
        tenant: &TenantFacts,
        token: &str,
        digest: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<LiveToken>, Refusal> {
        let found = opaque::find_live(&self.0.db.read(tenant.id), token, digest, now).await?;
        let Some((claims, holder)) = found else { return Ok(None) };
        let Ok(claims) = serde_json::from_str::<Claims>(&claims) else {
            tracing::error!("a stored access token can't be read");
            return Ok(None);
        };
        let token = LiveToken { claims: Arc::new(claims), holder: holder.map(Arc::new) };
        Ok(Some(token).filter(|token| token.claims.iss == tenant.issuer))
    }

    async fn jwt(
        &self,
        tenant: &TenantFacts,
        token: &str,
        digest: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<LiveToken>, Refusal> {
        let Some(claims) = self.verified(tenant, token, digest, now).await? else { return Ok(None) };
        if claims.has_expired(now) {
            return Ok(None);
        }
        if !self.is_client_active(tenant.id, &claims, now).await? {
            return Ok(None);
        }
        let (read, jti) = (self.0.db.read(tenant.id), revoked::digest(&claims.jti));
        let Some(grant) = claims.grant else {
            let is_revoked = live::is_revoked(&read, &jti).await?;
            return Ok((!is_revoked).then_some(LiveToken { claims, holder: None }));
        };
        let holder = live::holder(&read, grant, &jti, now).await?;
        Ok(holder.map(|holder| LiveToken { claims, holder: Some(Arc::new(holder)) }))
    }

    /// What a JWT says that this tenant signed as an access token, whether or not it still counts.
    pub(crate) async fn verified(
        &self,
        tenant: &TenantFacts,
        token: &str,
        digest: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<Arc<Claims>>, Refusal> {
        if let Some(known) = self.0.verified.get(digest) {
            return Ok((known.tenant == tenant.id).then(|| Arc::clone(&known.claims)));
        }
        let verified = self.0.keys.verify(tenant.id, token, ACCESS_TOKEN_TYPE, now).await?;
        let Some(verified) = verified else { return Ok(None) };
        let Ok(claims) = verified.claims::<Claims>() else { return Ok(None) };
        if claims.iss != tenant.issuer {
            return Ok(None);
        }
        let claims = Arc::new(claims);
        self.0.verified.insert(*digest, Arc::new(Verified { tenant: tenant.id, claims: Arc::clone(&claims) }));
        Ok(Some(claims))
    }

    /// The person behind a token, as a session's caller. Of the scopes those count that are about what is theirs, and what they hold
    /// themselves: what else administers the application does not, whatever the token says.
    pub(crate) async fn person(
        &self,
        tenant: &TenantFacts,
        holder: &Holder,
        scopes: Arc<str>,
        now: Timestamp,
    ) -> Result<kernel::ports::SessionCaller, Refusal> {
        let sessions = &self.0.sessions;
        Ok(sessions.caller_for(tenant, holder.session, scopes, holder.is_offline, now).await?)
    }

    async fn caller(
        &self,
        tenant: &TenantFacts,
        presented: PresentedToken<'_>,
        now: Timestamp,
    ) -> Result<TokenCaller, Refusal> {
        let LiveToken { claims, holder } = self.read(tenant, presented.token, now).await?.ok_or_else(invalid_token)?;
        // A token for another resource is not for this one (RFC 8707, section 2; RFC 9068, section 4).
        if !claims.is_for(&tenant.issuer) {
            return Err(invalid_token());
        }
        let thumbprint = presented.certificate.map(certificate_thumbprint);
        let shown = Shown {
            token: presented.token,
            is_dpop: presented.is_dpop,
            proof: presented.proof,
            thumbprint: thumbprint.as_deref(),
            method: presented.method,
            urls: presented.urls,
        };
        let unauthorized = |error| Refusal { code: ErrorCode::Unauthorized, ..refusal(error) };
        if let Some(proof) = check_sender(&claims.cnf, &shown, now).map_err(unauthorized)? {
            let db = &self.0.db;
            if !replays::remember_proof(db, tenant.id, &proof.jkt, &proof.jti, proof.remember_until).await? {
                return Err(Refusal::new(
                    ErrorCode::Unauthorized,
                    "invalid_dpop_proof",
                    "The DPoP proof was used before.",
                ));
            }
        }
        match holder {
            Some(holder) => {
                let scopes: Arc<str> = claims.scope.to_string().into();
                self.person(tenant, &holder, scopes, now).await.map(TokenCaller::User)
            }
            None => Ok(TokenCaller::Client(ClientCaller {
                client_id: self.client_id(tenant.id, &claims, now).await?.uuid(),
                scopes: claims.scope.to_string().into(),
            })),
        }
    }

    async fn client_id(&self, tenant: TenantId, claims: &Claims, now: Timestamp) -> Result<ClientId, Refusal> {
        let known = self.0.clients.named(tenant, &claims.client_id, now).await?;
        known.map(|known| known.client.id).ok_or_else(invalid_token)
    }
}

fn invalid_token() -> Refusal {
    Refusal::new(ErrorCode::Unauthorized, "invalid_token", "The access token is not valid here.")
}

impl AccessTokenAuthenticator for AccessTokens {
    fn authenticate<'a>(
        &'a self,
        tenant: &'a TenantFacts,
        presented: PresentedToken<'a>,
        now: Timestamp,
    ) -> PortFuture<'a, TokenCaller> {
        PortFuture::coming(self.caller(tenant, presented, now))
    }
}
