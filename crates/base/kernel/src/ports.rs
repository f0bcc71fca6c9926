//! Questions that one layer asks of another which it may not import. Bound once, in the server's `modules.rs`.

use std::{
    any::Any,
    future::{Future, Ready, ready},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use uuid::Uuid;

use crate::{
    refusal::Refusal,
    tenant::{TenantFacts, TenantId},
    time::Timestamp,
};

/// What a port answers: there already, which costs nothing to say, or on its way.
pub enum PortFuture<'a, T> {
    Known(Ready<Result<T, Refusal>>),
    Coming(Pin<Box<dyn Future<Output = Result<T, Refusal>> + Send + 'a>>),
}

impl<'a, T> PortFuture<'a, T> {
    pub fn known(answer: T) -> Self {
        Self::answered(Ok(answer))
    }

    pub fn answered(answer: Result<T, Refusal>) -> Self {
        Self::Known(ready(answer))
    }

    pub fn coming(answer: impl Future<Output = Result<T, Refusal>> + Send + 'a) -> Self {
        Self::Coming(Box::pin(answer))
    }
}

impl<T> Future for PortFuture<'_, T> {
    type Output = Result<T, Refusal>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Known(answer) => Pin::new(answer).poll(cx),
            Self::Coming(answer) => answer.as_mut().poll(cx),
        }
    }
}

/// Which tenant is addressed? Answered by `tenancy`.
pub trait TenantDirectory: Send + Sync {
    fn by_id(&self, id: TenantId, now: Timestamp) -> PortFuture<'_, Option<Arc<TenantFacts>>>;
    /// A verified custom domain or `{slug}.{base host}`; `host` is lower case and without a port.
    fn by_host<'a>(&'a self, host: &'a str, now: Timestamp) -> PortFuture<'a, Option<Arc<TenantFacts>>>;
    /// The tenant bound to the bare base host: the first one created.
    fn primary(&self, now: Timestamp) -> PortFuture<'_, Option<Arc<TenantFacts>>>;
    /// Has any tenant registered this web origin?
    fn knows_origin<'a>(&'a self, origin: &'a str, now: Timestamp) -> PortFuture<'a, bool>;
}

/// Who holds this secret API key? Answered by `tenancy`.
pub trait ApiKeyAuthenticator: Send + Sync {
    /// `None` where the key is unknown to this tenant, expired or revoked.
    fn authenticate<'a>(
        &'a self,
        tenant: &'a TenantFacts,
        secret: &'a str,
        now: Timestamp,
    ) -> PortFuture<'a, Option<ApiKeyCaller>>;
}

#[derive(Clone, Debug)]
pub struct ApiKeyCaller {
    pub key_id: Uuid,
    /// Space-separated permissions.
    pub scopes: Arc<str>,
}

/// Whose session does this access token speak for? Answered by `identity`.
pub trait SessionAuthenticator: Send + Sync {
    /// The tenant that a token says it is for. A hint about where to verify it, and no proof of anything.
    fn audience(&self, token: &str) -> Option<TenantId>;
    /// Refuses with 401 `token_expired`, `session_revoked`, `session_expired` or `invalid_token`, or 403 `account_disabled`.
    fn authenticate<'a>(
        &'a self,
        tenant: &'a TenantFacts,
        token: &'a str,
        now: Timestamp,
    ) -> PortFuture<'a, SessionCaller>;
}

#[derive(Clone, Debug)]
pub struct SessionCaller {
    pub user_id: Uuid,
    pub session_id: Uuid,
    /// Authentication assurance level 1 to 3, computed from the factors that were used.
    pub aal: u8,
    /// Space-separated scopes of the token.
    pub scopes: Arc<str>,
    /// When the person last proved who they are.
    pub authenticated_at: Timestamp,
    /// What `identity` read to answer: the edge carries it back to `identity`'s own handlers, which need not read it again.
    pub rows: Arc<dyn Any + Send + Sync>,
}

/// Which web pages may read what clients are answered in a browser? Answered by `provider`.
pub trait ClientOrigins: Send + Sync {
    /// Does a client of this tenant name the origin?
    fn allows<'a>(&'a self, tenant: TenantId, origin: &'a str) -> PortFuture<'a, bool>;
    /// Does a client of any tenant?
    fn knows<'a>(&'a self, origin: &'a str) -> PortFuture<'a, bool>;
}

/// Whom does an OAuth access token speak for? Answered by `provider`.
pub trait AccessTokenAuthenticator: Send + Sync {
    /// Refuses with 401 `invalid_token` or `invalid_dpop_proof`.
    fn authenticate<'a>(
        &'a self,
        tenant: &'a TenantFacts,
        presented: PresentedToken<'a>,
        now: Timestamp,
    ) -> PortFuture<'a, TokenCaller>;
}

/// An access token as a request brings it, with what may prove that its sender is the one it is bound to.
#[derive(Clone, Copy, Debug)]
pub struct PresentedToken<'a> {
    pub token: &'a str,
    /// By the scheme `DPoP` (RFC 9449, section 7.1), and not `Bearer`.
    pub is_dpop: bool,
    /// The header `DPoP`.
    pub proof: Option<&'a str>,
    /// The client's certificate in DER (RFC 8705, section 3).
    pub certificate: Option<&'a [u8]>,
    pub method: &'a str,
    /// The addresses of what was asked for, without query, where a proof has to name one of them.
    pub urls: &'a [String],
}

/// Who stands behind an access token.
#[derive(Clone, Debug)]
pub enum TokenCaller {
    User(SessionCaller),
    Client(ClientCaller),
}

/// An OAuth client that speaks for itself.
#[derive(Clone, Debug)]
pub struct ClientCaller {
    pub client_id: Uuid,
    /// Space-separated permissions.
    pub scopes: Arc<str>,
}

/// What may a dashboard account do in a tenant? Answered by `tenancy`.
pub trait TeamDirectory: Send + Sync {
    /// Space-separated permissions of the account's team role; `None` where its teams don't own the tenant.
    fn permissions(&self, account: Uuid, tenant: TenantId) -> PortFuture<'_, Option<Arc<str>>>;
}
