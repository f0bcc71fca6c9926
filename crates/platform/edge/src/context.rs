//! What a handler may reach: its tenant, its caller, the clock, and the only road to the store.

use std::{
    any::Any,
    net::IpAddr,
    sync::{Arc, OnceLock},
};

use axum::body::Body;
use bytes::Bytes;
use http::{
    HeaderMap, Uri,
    header::{AsHeaderName, IF_MATCH, USER_AGENT},
};
use kernel::{
    Actor, ErrorCode, Id, Refusal, RequestId, Timestamp, TypedId,
    ports::{ApiKeyCaller, ClientCaller, SessionCaller},
    tenant::{TenantFacts, TenantId},
};
use parking_lot::Mutex;
use store::{Db, Origin, Read, Reader, StoreError, StoreKind, Tx};
use tokio::sync::OnceCell;

use crate::{
    access::{self, Access, Arrived},
    app::App,
    certificate::ClientCertificate,
    endpoint::{Endpoint, Surface},
    even::Evenness,
    input::ArgumentFacts,
    limits::{self, Limit, Standing},
    mounted::{Mounted, PathParameters},
};

/// Who calls, as proven by their credentials.
#[derive(Clone, Debug)]
pub enum Caller {
    Anonymous,
    ApiKey(ApiKeyCaller),
    Client(ClientCaller),
    User(SessionCaller),
    Account(SessionCaller),
}

/// One request's view of the world. Cheap to clone; every guard dereferences to it.
#[derive(Clone)]
pub struct Context(Arc<Inner>);

struct Inner {
    request: Arc<Request>,
    tenant: Arc<TenantFacts>,
    caller: Caller,
    /// Who was let in behind the guard.
    admitted: OnceLock<Caller>,
    tx: OnceCell<Tx>,
    acting: OnceLock<Actor>,
}

/// What was asked of which endpoint, and what the network said, after the rules for proxies. One allocation a request, shared by all
/// its attempts.
pub(crate) struct Request {
    pub(crate) app: App,
    pub(crate) mounted: Arc<Mounted>,
    pub(crate) id: Id<RequestId>,
    pub(crate) now: Timestamp,
    pub(crate) ip: Option<IpAddr>,
    pub(crate) certificate: Option<ClientCertificate>,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) path: PathParameters,
    /// Once it was read.
    pub(crate) body: OnceLock<Bytes>,
    /// The body of an endpoint that reads it line by line, until it is taken.
    pub(crate) upload: Mutex<Option<Body>>,
    /// Where the sender stands, if a handler found out whom to count; told with the reply.
    pub(crate) standing: Mutex<Option<Standing>>,
    /// See [`Context::answer_evenly`].
    pub(crate) even: Evenness,
}

impl Request {
    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.mounted.endpoint
    }

    pub(crate) fn body(&self) -> &[u8] {
        self.body.get().map_or(&[], AsRef::as_ref)
    }

    pub(crate) fn path(&self) -> &[(String, String)] {
        self.path.as_deref().unwrap_or_default()
    }
}

impl Context {
    pub(crate) fn new(request: Arc<Request>, tenant: Arc<TenantFacts>, caller: Caller) -> Self {
        let (admitted, tx, acting) = (OnceLock::new(), OnceCell::new(), OnceLock::new());
        Self(Arc::new(Inner { request, tenant, caller, admitted, tx, acting }))
    }

    fn app(&self) -> &App {
        &self.0.request.app
    }

    fn endpoint(&self) -> &Endpoint {
        self.0.request.endpoint()
    }

    pub fn tenant(&self) -> &Arc<TenantFacts> {
        &self.0.tenant
    }

    pub fn tenant_id(&self) -> TenantId {
        self.0.tenant.id
    }

    pub fn caller(&self) -> &Caller {
        self.0.admitted.get().unwrap_or(&self.0.caller)
    }

    pub fn actor(&self) -> Actor {
        self.0.acting.get().copied().unwrap_or_else(|| access::actor(self.caller()))
    }

    /// Who acts, where a handler found it out itself: an OAuth client that proved itself by its request's body. Before the transaction
    /// is open, which names them in its events. The first word stands.
    pub fn identify(&self, actor: Actor) {
        let _ = self.0.acting.set(actor);
    }

    pub fn surface(&self) -> Surface {
        self.endpoint().facts.surface()
    }

    /// Does the endpoint read more of the query than a page request?
    pub(crate) fn has_filters(&self) -> bool {
        self.endpoint().arguments.iter().any(|argument| matches!(argument, ArgumentFacts::Query { .. }))
    }

    pub(crate) fn is_mutation(&self) -> bool {
        self.endpoint().facts.method.is_mutation()
    }

    pub(crate) fn operation(&self) -> &'static str {
        self.endpoint().facts.operation
    }

    /// When the request came in: one time for the whole of it.
    pub fn now(&self) -> Timestamp {
        self.0.request.now
    }

    /// The answer leaves a whole number of beats after the request came in: what is found on the way, such as that somebody has an
    /// account, makes it neither sooner nor later.
    pub fn answer_evenly(&self) {
        self.0.request.even.ask();
    }

    /// Wait for what takes its own time whatever is found, such as a hash: the beat does not count it.
    pub async fn off_beat<T>(&self, work: impl Future<Output = T>) -> T {
        self.0.request.even.off_beat(work).await
    }

    pub fn env(&self) -> &kernel::Env {
        self.app().env()
    }

    pub fn vault(&self) -> &vault::Vault {
        self.app().vault()
    }

    pub fn new_id<K>(&self) -> Id<K> {
        self.env().new_id()
    }

    pub fn request_id(&self) -> TypedId<RequestId> {
        self.0.request.id.typed()
    }

    pub fn ip(&self) -> Option<IpAddr> {
        self.0.request.ip
    }

    /// The certificate whose key the client has proven to hold; whom it speaks for is the caller's to judge.
    pub fn client_certificate(&self) -> Option<&ClientCertificate> {
        self.0.request.certificate.as_ref()
    }

    /// Can a client's certificate be seen here at all?
    pub fn sees_certificates(&self) -> bool {
        self.app().settings().sees_certificates()
    }

    /// Where clients with a certificate reach this tenant, if not at its issuer (RFC 8705, section 5).
    pub fn mtls_origin(&self) -> Option<String> {
        self.app().settings().mtls_origin(&self.0.tenant.issuer)
    }

    /// The addresses of a path of this tenant: at its issuer, and where clients with a certificate reach it.
    pub fn addresses(&self, path: &str) -> Vec<String> {
        self.app().settings().addresses(&self.0.tenant.issuer, path)
    }

    pub fn user_agent(&self) -> Option<&str> {
        self.header(USER_AGENT)
    }

    pub fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.0.request.headers.get(name)?.to_str().ok()
    }

    /// Every line of a header, for those that may stand only once.
    pub fn header_values(&self, name: impl AsHeaderName) -> impl Iterator<Item = &str> {
        self.0.request.headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
    }

    pub(crate) fn request(&self) -> &Request {
        &self.0.request
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.0.request.headers
    }

    /// The deployment's public origin, for links.
    pub fn public_url(&self) -> &str {
        self.app().settings().public_url.as_str()
    }

    pub(crate) fn path_parameter(&self, name: &str) -> Option<&str> {
        self.0.request.path().iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A part that a module brought along: a key ring, a hashing pool.
    pub fn part<T: Any + Send + Sync>(&self) -> &T {
        self.app().part()
    }

    /// The end user who calls, where it is one.
    pub fn session(&self) -> Option<&SessionCaller> {
        match self.caller() {
            Caller::User(session) | Caller::Account(session) => Some(session),
            Caller::Anonymous | Caller::ApiKey(_) | Caller::Client(_) => None,
        }
    }

    /// Whose session a token speaks for, for endpoints that are handed one to look at.
    pub async fn authenticate(&self, token: &str) -> Result<SessionCaller, Refusal> {
        self.app().ports().sessions.authenticate(self.tenant(), token, self.now()).await
    }

    /// Let in whoever presents a session, as [`crate::MaybeSignedIn`] does: for a public endpoint where the body says whether one
    /// counts. Before the transaction is open, which names them in its events.
    pub async fn admit_session(&self) -> Result<(), Refusal> {
        let caller =
            access::admit(self.app(), Access::MaybeSignedIn, self.tenant(), Arrived::by(self.request())).await?;
        if let Some(standing) = limits::count_caller(self.app(), self.tenant(), None, &caller, self.now()) {
            standing.check()?;
        }
        let _ = self.0.admitted.set(caller);
        Ok(())
    }

    /// Reads in the caller's own tenant: through the request's transaction, once that is open.
    pub fn read(&self) -> Reader<'_> {
        match self.0.tx.get() {
            Some(tx) => Reader::Within(tx),
            None => Reader::Outside(self.app().db().read(self.0.tenant.id)),
        }
    }

    /// Reads what is committed, whatever the request itself has done: for guards, and for replies that are still written when the
    /// request is over.
    pub fn committed(&self) -> Read {
        self.app().db().read(self.0.tenant.id)
    }

    /// Reads of deployment-wide tables, for endpoints of the console.
    pub fn system_read(&self) -> Reader<'_> {
        match self.0.tx.get() {
            Some(tx) if self.endpoint().access.is_console() => Reader::Within(tx),
            _ => Reader::Outside(self.app().db().system_read()),
        }
    }

    /// Which database the server runs on.
    pub fn store_kind(&self) -> StoreKind {
        self.app().db().kind()
    }

    /// Does the database answer?
    pub async fn store_health(&self) -> Result<(), StoreError> {
        self.app().db().health().await
    }

    /// The request's transaction. The first call opens it; the kit commits it with the reply.
    pub async fn tx(&self) -> Result<&Tx, StoreError> {
        self.0.tx.get_or_try_init(|| self.begin()).await
    }

    async fn begin(&self) -> Result<Tx, StoreError> {
        let origin = self.origin(self.0.tenant.id);
        if self.endpoint().access.is_console() {
            self.app().db().begin_system(origin).await
        } else {
            self.app().db().begin(origin).await
        }
    }

    /// The store, for what is true whatever becomes of the request: the batches of a long import, a spent captcha.
    pub fn store(&self) -> &Db {
        self.app().db()
    }

    /// Who asks, for transactions that outlive the request: the batches of a long import.
    pub fn own_origin(&self) -> Origin {
        self.origin(self.0.tenant.id)
    }

    /// Does the caller hold one more permission, beside that of the endpoint?
    pub async fn may(&self, permission: &str) -> Result<bool, Refusal> {
        access::holds(self.app(), self.caller(), self.0.tenant.id, permission).await
    }

    fn origin(&self, tenant: TenantId) -> Origin {
        Origin {
            tenant,
            actor: self.actor(),
            request_id: Some(self.request_id().into()),
            ip: self.0.request.ip,
            user_agent: self.user_agent().map(str::to_owned),
        }
    }

    pub(crate) fn opened_tx(&self) -> Option<&Tx> {
        self.0.tx.get()
    }

    /// The transaction, if one was opened, once the handler has let go of everything that it could reach it by.
    pub(crate) fn into_tx(mut self) -> Result<Option<Tx>, Refusal> {
        let Some(inner) = Arc::get_mut(&mut self.0) else {
            tracing::error!("a handler kept its context beyond its reply: what it wrote is rolled back");
            return Err(Refusal::new(ErrorCode::Internal, "internal", "Something went wrong on our side."));
        };
        Ok(inner.tx.take())
    }

    /// Count this request against one caller's share of a limit, once it is known who they are.
    pub fn count(&self, limit: Limit, subject: uuid::Uuid) -> Result<(), Refusal> {
        limits::count_subject(self.app(), &self.0.tenant, limit, subject, self.now()).check()
    }

    /// Count this request against its network's share of a limit.
    pub fn count_network(&self, limit: Limit) -> Result<(), Refusal> {
        self.count_sender(limit).map_or(Ok(()), |standing| standing.check())
    }

    /// Count this request against the share of whoever sent it, the caller that was found or else its network, and tell them with the
    /// reply where they stand. Only where everyone who asks is counted alike: elsewhere the headers would say what the reply hides.
    pub fn count_openly(&self, limit: Limit, subject: Option<uuid::Uuid>) -> Result<(), Refusal> {
        let standing = match subject {
            Some(subject) => limits::count_subject(self.app(), &self.0.tenant, limit, subject, self.now()),
            None => match self.count_sender(limit) {
                Some(standing) => standing,
                None => return Ok(()),
            },
        };
        let verdict = standing.check();
        *self.0.request.standing.lock() = Some(standing);
        verdict
    }

    fn count_sender(&self, limit: Limit) -> Option<Standing> {
        limits::count_sender(self.app(), &self.0.tenant, limit, self.ip(), self.now())
    }

    /// The caller's network, as limits count it: an IPv4 address, or the /64 of an IPv6 one.
    pub fn network(&self) -> Option<[u8; 16]> {
        self.ip().map(|ip| crate::network::counted_as(ip).to_be_bytes())
    }

    /// `If-Match` against the version that is about to be changed (RFC 9110, section 13.1.1).
    pub fn expect_version(&self, version: i64) -> Result<(), Refusal> {
        let Some(wanted) = self.header(IF_MATCH) else { return Ok(()) };
        let current = crate::headers::version_tag(version);
        if wanted.split(',').map(str::trim).any(|tag| tag == "*" || tag == current) {
            return Ok(());
        }
        let mut refusal = Refusal::new(
            ErrorCode::Conflict,
            "version_mismatch",
            "It has changed since you read it: read again, then try again.",
        );
        refusal.status = Some(412);
        Err(refusal)
    }
}
