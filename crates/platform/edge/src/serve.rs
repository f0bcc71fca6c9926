//! One request's way: tenant, limits, caller, body, idempotency, handler, commit, reply. The same way for every endpoint.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{body::Body, extract::Request, response::Response};
use bytes::Bytes;
use futures_util::{FutureExt, future::poll_immediate};
use http::{
    HeaderMap,
    header::{CONTENT_ENCODING, CONTENT_TYPE, ORIGIN},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kernel::{ErrorCode, Id, Refusal, tenant::CONSOLE};
use parking_lot::Mutex;
use tokio::time::error::Elapsed;

use crate::{
    access::{self, Access, Arrived},
    app::App,
    certificate,
    context::{self, Context},
    cors,
    endpoint::Endpoint,
    even::Evenness,
    failure::Failure,
    idempotency::{self, Reservation, Reserved},
    limits,
    mounted::{Mounted, PathParameters},
    network::Sender,
    reply::Rendered,
    resolve,
    trail::Trail,
};

/// The largest body that is read.
const BODY_LIMIT: usize = 1024 * 1024;
/// How often a request runs again after it lost a race inside the database.
const ATTEMPTS: u32 = 4;

pub(crate) async fn serve(
    app: App,
    mounted: Arc<Mounted>,
    path: PathParameters,
    sender: Sender,
    request: Request,
) -> Response {
    #[expect(clippy::disallowed_methods, reason = "telemetry: how long the request took")]
    let started = std::time::Instant::now();
    let (request, body) = arrived(app, mounted, path, &sender, request);
    let mut trail = Trail::of(request);
    let request = Arc::clone(&trail.request);
    let span = tracing::debug_span!("request", operation = request.endpoint().facts.operation, request_id = %request.id.typed());
    let answered = {
        // Boxed first: the wrappers below would each copy its kilobytes.
        let answer = AssertUnwindSafe(Box::pin(answer(&request, &mut trail, &sender, body))).catch_unwind();
        within(request.app.settings().deadline, tracing::Instrument::instrument(answer, span)).await
    };
    let result = match answered {
        Ok(Ok(result)) => result,
        Ok(Err(_panic)) => Err(internal().into()),
        Err(_elapsed) => Err(Refusal::new(ErrorCode::Unavailable, "deadline_exceeded", "The request took too long. Look whether it was carried out before you send it again, or send it with an Idempotency-Key.").into()),
    };
    // A page holds the token of its forms: no script of another origin reads it.
    if let (Some(origin), Some(tenant), false) =
        (request.headers.get(ORIGIN), &trail.tenant, request.endpoint().is_for_browsers())
    {
        let share = cors::share_with(&request.app, request.endpoint(), tenant, origin).await;
        cors::share(&mut trail.headers, origin, share);
    }
    request.even.beat(started).await;
    let response = trail.leave(result);
    let took = started.elapsed();
    request.mounted.gauges.record(response.status(), took);
    trail.log(response.status(), took);
    response
}

/// What came in, and its body.
fn arrived(
    app: App,
    mounted: Arc<Mounted>,
    path: PathParameters,
    sender: &Sender,
    request: Request,
) -> (Arc<context::Request>, Body) {
    let (head, body) = request.into_parts();
    let (settings, peer) = (app.settings(), Some(sender.address.ip()));
    let ip = settings.proxies.client(peer, &head.headers);
    let certificate = certificate::of(settings, peer, sender.certificate.as_ref(), &head.headers);
    let now = app.env().now();
    let id = Id::generate_at(now, &*app.env().entropy);
    let request = context::Request {
        app,
        mounted,
        id,
        now,
        ip,
        certificate,
        uri: head.uri,
        headers: head.headers,
        path,
        body: OnceLock::new(),
        upload: Mutex::default(),
        standing: Mutex::default(),
        even: Evenness::default(),
    };
    (Arc::new(request), body)
}

/// The answer, or the end of patience. A timer is made only for what has to be waited for: most answers are there at once.
async fn within<F: Future + Unpin>(patience: Duration, mut answer: F) -> Result<F::Output, Elapsed> {
    if let Some(answered) = poll_immediate(&mut answer).await {
        return Ok(answered);
    }
    // Boxed: a timer wants cache lines of its own, which would make everything around it larger.
    Box::pin(tokio::time::timeout(patience, answer)).await
}

async fn answer(
    request: &Arc<context::Request>,
    trail: &mut Trail,
    sender: &Sender,
    body: Body,
) -> Result<Rendered, Failure> {
    let context::Request { app, headers, uri, now, ip, .. } = &**request;
    let endpoint = request.endpoint();
    let tenant = match endpoint.access {
        Access::Anyone | Access::Open | Access::Account => {
            app.ports().tenants.by_id(CONSOLE, *now).await?.ok_or_else(access::no_tenant)?
        }
        _ => {
            let authority = uri.authority().map(http::uri::Authority::as_str);
            resolve::tenant(app, authority, Some(sender.address.ip()), headers, *now).await?
        }
    };
    trail.tenant = Some(Arc::clone(&tenant));
    if let Some(standing) = limits::count_network(app, &tenant, endpoint.facts.limit, *ip, *now) {
        standing.tell(&mut trail.headers);
        standing.check()?;
    }
    let arrived = Arrived::by(request);
    let is_mutation = arrived.is_mutation;
    let caller = access::admit(app, endpoint.access, &tenant, arrived).await?;
    if let Some(standing) = limits::count_caller(app, &tenant, endpoint.facts.limit, &caller, *now) {
        standing.tell(&mut trail.headers);
        standing.check()?;
    }
    if is_mutation {
        if endpoint.has_upload() {
            refuse_encoded(headers)?;
            *request.upload.lock() = Some(body);
        } else {
            let _ = request.body.set(read_body(endpoint, headers, body).await?);
        }
    }
    if request.path.is_none() {
        return Err(Refusal::new(ErrorCode::BadRequest, "invalid_path", "The path is not valid UTF-8.").into());
    }
    let mut reservation = None;
    if is_mutation && endpoint.is_kept() {
        let actor = access::actor(&caller);
        match Box::pin(idempotency::reserve(tenant.id, actor, request)).await? {
            Some(Reserved::Replay(rendered)) => return Ok(rendered),
            Some(Reserved::Run(taken)) => reservation = Some(taken),
            None => {}
        }
    }
    for attempt in 1.. {
        let cx = Context::new(Arc::clone(request), Arc::clone(&tenant), caller.clone());
        let result = endpoint.call(cx.clone()).await;
        match finish(app, endpoint, cx, result, reservation.as_ref()).await {
            Err(failure) if failure.retry && attempt < ATTEMPTS => {
                // Boxed, as all timers.
                Box::pin(tokio::time::sleep(Duration::from_millis(u64::from(attempt) * 5))).await;
            }
            Err(failure) => {
                if let Some(reservation) = &reservation {
                    Box::pin(reservation.release(app)).await;
                }
                return Err(failure);
            }
            done => return done,
        }
    }
    Err(internal().into())
}

/// On success commit, with the idempotency record; on a refusal roll back, or keep what must leave a trace. What asks the store is
/// boxed: a request that writes nothing carries no room for it.
async fn finish(
    app: &App,
    endpoint: &Endpoint,
    cx: Context,
    result: Result<Rendered, Failure>,
    reservation: Option<&Reservation>,
) -> Result<Rendered, Failure> {
    match result {
        Ok(rendered) => {
            let wrote_in_silence = cx.opened_tx().is_some_and(|tx| tx.has_changed() && !tx.has_emitted());
            if cfg!(debug_assertions) && wrote_in_silence && endpoint.facts.silent.is_none() {
                tracing::error!(
                    operation = endpoint.facts.operation,
                    "a mutation wrote without an event: emit one, or say why it is silent"
                );
                return Err(internal().into());
            }
            if let Some(reservation) = reservation {
                Box::pin(async { reservation.keep(app, cx.tx().await?, &rendered).await }).await?;
            }
            if let Some(tx) = cx.into_tx()? {
                Box::pin(tx.commit()).await?;
            }
            Ok(rendered)
        }
        Err(failure) => {
            if let Some(tx) = cx.into_tx()? {
                if failure.commit { Box::pin(tx.commit()).await? } else { Box::pin(tx.rollback()).await }
            }
            Err(failure)
        }
    }
}

async fn read_body(endpoint: &Endpoint, headers: &HeaderMap, body: Body) -> Result<Bytes, Refusal> {
    refuse_encoded(headers)?;
    let bytes = collect(body).await?;
    if endpoint.has_body() && !bytes.is_empty() {
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(unsupported_media_type("Send JSON with `Content-Type: application/json`."));
        }
    }
    Ok(bytes)
}

/// A compressed body could grow without bound.
fn refuse_encoded(headers: &HeaderMap) -> Result<(), Refusal> {
    if headers.contains_key(CONTENT_ENCODING) {
        return Err(unsupported_media_type("Send the body without a Content-Encoding."));
    }
    Ok(())
}

/// The whole body, as far as one is read.
pub(crate) async fn collect(body: Body) -> Result<Bytes, Refusal> {
    let bytes = Limited::new(body, BODY_LIMIT).collect().await.map_err(|error| {
        if error.downcast_ref::<LengthLimitError>().is_some() {
            let mut refusal = Refusal::new(ErrorCode::BadRequest, "body_too_large", "The body is larger than 1 MiB.");
            refusal.status = Some(413);
            refusal
        } else {
            Refusal::new(ErrorCode::BadRequest, "incomplete_body", "The body ended before it was whole.")
        }
    })?;
    Ok(bytes.to_bytes())
}

pub(crate) fn unsupported_media_type(message: &'static str) -> Refusal {
    let mut refusal = Refusal::new(ErrorCode::BadRequest, "unsupported_media_type", message);
    refusal.status = Some(415);
    refusal
}

fn internal() -> Refusal {
    Refusal::new(
        ErrorCode::Internal,
        "internal",
        "Something went wrong on our side; the request id finds it in the logs.",
    )
}
