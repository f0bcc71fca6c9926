//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a retried mutation is carried out once and answered twice.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use kernel::{Actor, ErrorCode, Refusal, TenantId};
use serde::{Deserialize, Serialize};
use store::{
    StoreError, Tx,
    idempotency::{self, Claim, Request, Ticket},
};
use vault::Place;

use crate::{app::App, context, failure::Failure, headers::IDEMPOTENCY_KEY, reply::Rendered};

pub(crate) const IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const COLUMN: &str = "idempotency.reply";
const KEPT: Duration = Duration::from_hours(24);
/// A node that dies while it works holds the key this long.
const LEASE: Duration = Duration::from_mins(1);

/// The key of a request, taken before it runs.
pub(crate) struct Reservation {
    tenant: TenantId,
    ticket: Ticket,
    principal: String,
    key: String,
}

/// May the request run, or is its reply known already?
pub(crate) enum Reserved {
    Run(Reservation),
    Replay(Rendered),
}

/// Take the key of this request, if it sent one.
pub(crate) async fn reserve(
    tenant: TenantId,
    actor: Actor,
    request: &context::Request,
) -> Result<Option<Reserved>, Failure> {
    let (app, operation) = (&request.app, request.endpoint().facts.operation);
    let Some(key) = request.headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let key = key.to_str().ok().filter(|key| (1..=255).contains(&key.len())).ok_or_else(|| {
        Refusal::new(
            ErrorCode::BadRequest,
            "invalid_idempotency_key",
            "Idempotency-Key is 1 to 255 visible ASCII characters.",
        )
    })?;
    let principal = match actor.id {
        Some(id) => format!("{}:{id}", actor.kind.as_str()),
        None => actor.kind.as_str().to_owned(),
    };
    let path_and_query = request.uri.path_and_query().map_or("/", |path| path.as_str());
    // Keyed, because bodies hold passwords and a bare hash of one could be tried offline.
    let fingerprint =
        app.vault().mac("idempotency", &[operation.as_bytes(), path_and_query.as_bytes(), request.body()]);
    let claim = Request { tenant, principal: &principal, key, fingerprint, lock: LEASE, keep: KEPT };
    match idempotency::claim(app.db(), &claim).await? {
        Claim::New(ticket) => Ok(Some(Reserved::Run(Reservation { tenant, ticket, principal, key: key.to_owned() }))),
        Claim::Replay { status, reply } => {
            let row = row_of(&principal, key);
            let opened = app.vault().open(&Place { tenant, column: COLUMN, row: &row }, &reply);
            let mut rendered = opened.ok().and_then(|bytes| unpack(status, &bytes)).ok_or_else(unreadable)?;
            rendered.headers.push((IDEMPOTENT_REPLAYED, HeaderValue::from_static("true")));
            Ok(Some(Reserved::Replay(rendered)))
        }
        Claim::Running { until } => Err(Refusal::new(
            ErrorCode::Conflict,
            "idempotency_in_progress",
            "A request with this Idempotency-Key is still running.",
        )
        .with_retry_after(until.since(request.now))
        .into()),
        Claim::Mismatch => Err(Refusal::new(
            ErrorCode::Validation,
            "idempotency_key_reused",
            "This Idempotency-Key was used for another request.",
        )
        .into()),
    }
}

impl Reservation {
    /// Keep the reply in the transaction that made it true.
    pub(crate) async fn keep(&self, app: &App, tx: &Tx, rendered: &Rendered) -> Result<(), StoreError> {
        let row = row_of(&self.principal, &self.key);
        let sealed = app.vault().seal(&Place { tenant: self.tenant, column: COLUMN, row: &row }, &pack(rendered));
        idempotency::finish(tx, &self.ticket, rendered.status.as_u16(), &sealed).await
    }

    /// Nothing was done: the key is free again.
    pub(crate) async fn release(&self, app: &App) {
        if let Err(error) = idempotency::release(app.db(), &self.ticket).await {
            tracing::warn!(%error, "an idempotency key stays taken until its lease ends");
        }
    }
}

fn row_of(principal: &str, key: &str) -> Vec<u8> {
    [principal.as_bytes(), b"\0", key.as_bytes()].concat()
}

#[derive(Serialize, Deserialize)]
struct Packed {
    headers: Vec<(String, String)>,
    body: String,
}

fn pack(rendered: &Rendered) -> Vec<u8> {
    let headers = rendered
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
        .collect();
    serde_json::to_vec(&Packed { headers, body: STANDARD.encode(&rendered.body) }).unwrap_or_default()
}

fn unpack(status: u16, bytes: &[u8]) -> Option<Rendered> {
    let packed: Packed = serde_json::from_slice(bytes).ok()?;
    let headers = packed
        .headers
        .iter()
        .map(|(name, value)| Some((HeaderName::try_from(name.as_str()).ok()?, HeaderValue::from_str(value).ok()?)))
        .collect::<Option<_>>()?;
    Some(Rendered {
        status: StatusCode::from_u16(status).ok()?,
        headers,
        body: Bytes::from(STANDARD.decode(packed.body).ok()?),
        stream: None,
    })
}

fn unreadable() -> Refusal {
    Refusal::new(ErrorCode::Internal, "internal", "The stored reply can't be read any more.")
}
