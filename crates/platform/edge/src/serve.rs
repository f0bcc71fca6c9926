//! One request's way: tenant, limits, caller, body, idempotency, handler, commit, reply. The same way for every endpoint.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::{body::Body, extract::Request, response::Response};
use bytes::Bytes;
use futures_util::{FutureExt, future::poll_immediate};
use http::{
    HeaderMap, HeaderValue,
    header::{ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_TYPE, ORIGIN, RETRY_AFTER, WWW_AUTHENTICATE},
    request::Parts,
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kernel::{
    ErrorCode, Id, Refusal, RequestId, Timestamp,
    tenant::{CONSOLE, TenantFacts},
};
use tokio::time::error::Elapsed;

use crate::{
    access::{self, Access, Arrived},
    app::App,
    browser::{self, ErrorPage},
    certificate, challenge,
    context::{self, Context},
    cors,
    endpoint::{Endpoint, Surface},
    envelope::{self, Meta},
    even::Evenness,
    failure::{Dress, Failure},
    headers,
    idempotency::{self, Reservation, Reserved},
    limits,
    mounted::{Mounted, PathParameters},
    network::Sender,
    reply::Rendered,
    resolve,
};

/// The largest body that is read.
const BODY_LIMIT: usize = 1024 * 1024;
/// Room for what every reply carries and some more, so that the map grows once.
const REPLY_HEADERS: usize = 12;
/// How often a request runs again after it lost a race inside the database.
const ATTEMPTS: u32 = 4;

/// What is known of a request when its reply leaves, however far it came.
struct Trail {
    id: Arc<str>,
    now: Timestamp,
    surface: Surface,
    /// What the endpoint asks of a token.
    scope: Option<&'static str>,
    tenant: Option<Arc<TenantFacts>>,
    headers: HeaderMap,
    /// Of whoever looks at a page, so that a refusal can be one in their language.
    reader: Option<Reader>,
    /// The request, once it was read.
    request: Option<Arc<context::Request>>,
}

struct Reader {
    accept_language: Option<HeaderValue>,
}

pub(crate) async fn serve(
    app: App,
    mounted: Arc<Mounted>,
    path: PathParameters,
    sender: Sender,
    request: Request,
) -> Response {
    let Mounted { endpoint, gauges } = &*mounted;
    #[expect(clippy::disallowed_methods, reason = "telemetry: how long the request took")]
    let started = std::time::Instant::now();
    let (head, body) = request.into_parts();
    let origin = head.headers.get(ORIGIN).cloned();
    let mut trail = Trail::begin(&app, endpoint.facts.surface());
    trail.scope = endpoint.access.scope();
    trail.reader =
        endpoint.is_for_browsers().then(|| Reader { accept_language: head.headers.get(ACCEPT_LANGUAGE).cloned() });
    let span = tracing::debug_span!("request", operation = endpoint.facts.operation, request_id = %trail.id);
    let answered = {
        // Boxed first: the wrappers below would each copy its kilobytes.
        let answer =
            AssertUnwindSafe(Box::pin(answer(&app, endpoint, &mut trail, path, &sender, head, body))).catch_unwind();
        within(app.settings().deadline, tracing::Instrument::instrument(answer, span)).await
    };
    let result = match answered {
        Ok(Ok(result)) => result,
        Ok(Err(_panic)) => Err(internal().into()),
        Err(_elapsed) => Err(Refusal::new(ErrorCode::Unavailable, "deadline_exceeded", "The request took too long. Look whether it was carried out before you send it again, or send it with an Idempotency-Key.").into()),
    };
    if let (Some(origin), Some(tenant), None) = (origin, &trail.tenant, &trail.reader) {
        // A page holds the token of its forms: no script of another origin reads it.
        let share = cors::share_with(&app, endpoint, tenant, &origin).await;
        cors::share(&mut trail.headers, &origin, share);
    }
    if let Some(request) = &trail.request {
        request.even.beat(started).await;
    }
    let response = trail.leave(&app, result);
    let took = started.elapsed();
    gauges.record(response.status(), took);
    log(&app, endpoint, &trail, response.status().as_u16(), took);
    response
}

/// A reply for a path or method that nothing is mounted at.
pub(crate) async fn serve_missing(app: App, request: Request, refusal: Refusal) -> Response {
    let mut trail = Trail::begin(&app, Surface::of(request.uri().path()));
    trail.leave(&app, Err(refusal.into()))
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
    app: &App,
    endpoint: &Arc<Endpoint>,
    trail: &mut Trail,
    path: PathParameters,
    sender: &Sender,
    head: Parts,
    body: Body,
) -> Result<Rendered, Failure> {
    let peer = Some(sender.address.ip());
    let tenant = match endpoint.access {
        Access::Anyone | Access::Open | Access::Account => {
            app.ports().tenants.by_id(CONSOLE).await?.ok_or_else(access::no_tenant)?
        }
        _ => resolve::tenant(app, head.uri.authority().map(http::uri::Authority::as_str), peer, &head.headers).await?,
    };
    trail.tenant = Some(Arc::clone(&tenant));
    let ip = app.settings().proxies.client(peer, &head.headers);
    let certificate = certificate::of(app.settings(), peer, sender.certificate.as_ref(), &head.headers);
    if let Some(standing) = limits::count_network(app, &tenant, endpoint.facts.limit, ip, trail.now) {
        standing.tell(&mut trail.headers);
        standing.check()?;
    }
    let is_mutation = endpoint.facts.method.is_mutation();
    let arrived = Arrived {
        headers: &head.headers,
        surface: endpoint.facts.surface(),
        method: endpoint.facts.method.as_str(),
        path: head.uri.path(),
        is_mutation,
        certificate: certificate.as_ref(),
    };
    let caller = access::admit(app, endpoint.access, &tenant, arrived).await?;
    if let Some(standing) = limits::count_caller(app, &tenant, endpoint.facts.limit, &caller, trail.now) {
        standing.tell(&mut trail.headers);
        standing.check()?;
    }
    let (body, upload) = if !is_mutation {
        (Bytes::new(), None)
    } else if endpoint.has_upload() {
        refuse_encoded(&head.headers)?;
        (Bytes::new(), Some(body))
    } else {
        (read_body(endpoint, &head.headers, body).await?, None)
    };
    let path =
        path.ok_or_else(|| Refusal::new(ErrorCode::BadRequest, "invalid_path", "The path is not valid UTF-8."))?;
    let request = Arc::new(context::Request {
        id: Arc::clone(&trail.id),
        now: trail.now,
        ip,
        certificate,
        uri: head.uri,
        headers: head.headers,
        path,
        body,
        upload: parking_lot::Mutex::new(upload),
        standing: parking_lot::Mutex::default(),
        even: Evenness::default(),
    });
    trail.request = Some(Arc::clone(&request));
    let mut reservation = None;
    if is_mutation && endpoint.is_kept() {
        let actor = access::actor(&caller);
        match Box::pin(idempotency::reserve(app, tenant.id, actor, endpoint.facts.operation, &request)).await? {
            Some(Reserved::Replay(rendered)) => return Ok(rendered),
            Some(Reserved::Run(taken)) => reservation = Some(taken),
            None => {}
        }
    }
    for attempt in 1.. {
        let cx =
            Context::new(app.clone(), Arc::clone(&tenant), caller.clone(), Arc::clone(endpoint), Arc::clone(&request));
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

impl Trail {
    fn begin(app: &App, surface: Surface) -> Self {
        let now = app.env().now();
        let id: Id<RequestId> = Id::generate_at(now, &*app.env().entropy);
        Self {
            id: String::from(id.typed()).into(),
            now,
            surface,
            scope: None,
            tenant: None,
            headers: HeaderMap::new(),
            reader: None,
            request: None,
        }
    }

    fn leave(&mut self, app: &App, result: Result<Rendered, Failure>) -> Response {
        let rendered = result.unwrap_or_else(|failure| self.refused(app, failure));
        let body = match rendered.stream {
            Some(stream) => Body::from_stream(stream.into_inner()),
            None => Body::from(rendered.body),
        };
        let mut response = Response::new(body);
        *response.status_mut() = rendered.status;
        let headers = response.headers_mut();
        headers.reserve(REPLY_HEADERS);
        headers.extend(std::mem::take(&mut self.headers));
        if let Some(standing) = self.request.as_ref().and_then(|request| request.standing.lock().take()) {
            standing.tell(headers);
        }
        for (name, value) in rendered.headers {
            headers.append(name, value);
        }
        if let Ok(id) = HeaderValue::from_str(&self.id) {
            headers.insert(headers::X_REQUEST_ID, id);
        }
        headers::secure(headers, app.settings().public_url.starts_with("https://"));
        response
    }

    fn refused(&self, app: &App, failure: Failure) -> Rendered {
        let Failure { refusal, dress, .. } = failure;
        let Dress { mut headers, page } = dress.map(|dress| *dress).unwrap_or_default();
        if let Some(wait) = refusal.retry_after {
            headers.push((RETRY_AFTER, HeaderValue::from(wait.as_secs() + 1)));
        }
        if let Some(reader) = &self.reader {
            let mut page = page.unwrap_or_else(|| self.error_page(app, reader, &refusal));
            page.headers.extend(headers);
            return page;
        }
        let meta = Meta { timestamp: self.now, request_id: (&*self.id).into(), page: None };
        headers.push((CONTENT_TYPE, HeaderValue::from_static("application/json")));
        if !headers.iter().any(|(name, _)| name == WWW_AUTHENTICATE) {
            let issuer = self.tenant.as_ref().map(|tenant| tenant.issuer.as_str());
            headers.extend(challenge::of(self.surface, &refusal, self.scope, issuer));
        }
        Rendered {
            status: http::StatusCode::from_u16(refusal.status()).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR),
            headers,
            body: envelope::refusal(self.surface, &refusal, &meta),
            stream: None,
        }
    }
}

impl Trail {
    fn error_page(&self, app: &App, reader: &Reader, refusal: &Refusal) -> Rendered {
        browser::render_error(
            app,
            &ErrorPage {
                tenant: self.tenant.as_deref(),
                refusal,
                request_id: &self.id,
                accept_language: reader.accept_language.as_ref().and_then(|value| value.to_str().ok()),
            },
        )
    }
}

fn log(app: &App, endpoint: &Endpoint, trail: &Trail, status: u16, took: Duration) {
    let tenant = trail.tenant.as_ref().map(|tenant| tracing::field::display(tenant.id));
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    if status >= 500 {
        tracing::error!(request_id = %trail.id, operation = endpoint.facts.operation, status, micros, tenant, "request failed");
    } else if app.settings().log_requests {
        tracing::info!(request_id = %trail.id, operation = endpoint.facts.operation, status, micros, tenant, "request");
    }
}
