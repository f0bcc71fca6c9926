//! What is known of a request when its reply leaves, however far it came.

use std::{sync::Arc, time::Duration};

use axum::{body::Body, extract::Request, response::Response};
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{ACCEPT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
};
use kernel::{Id, Refusal, RequestId, Timestamp, tenant::TenantFacts};

use crate::{
    app::App,
    browser::{self, ErrorPage},
    challenge, context,
    endpoint::Surface,
    envelope::{self, Meta},
    failure::{Dress, Failure},
    headers,
    reply::Rendered,
};

/// Room for what every reply carries and some more, so that the map grows once.
const REPLY_HEADERS: usize = 12;

pub(crate) struct Trail {
    pub(crate) request: Arc<context::Request>,
    pub(crate) tenant: Option<Arc<TenantFacts>>,
    /// Of the reply, whatever it says.
    pub(crate) headers: HeaderMap,
}

impl Trail {
    pub(crate) fn of(request: Arc<context::Request>) -> Self {
        Self { request, tenant: None, headers: HeaderMap::with_capacity(REPLY_HEADERS) }
    }

    pub(crate) fn leave(&mut self, result: Result<Rendered, Failure>) -> Response {
        let rendered = result.unwrap_or_else(|failure| self.refused(failure));
        let mut headers = std::mem::take(&mut self.headers);
        if let Some(standing) = self.request.standing.lock().take() {
            standing.tell(&mut headers);
        }
        send(&self.request.app, self.request.id, headers, rendered)
    }

    fn refused(&self, failure: Failure) -> Rendered {
        let Failure { refusal, dress, .. } = failure;
        let Dress { mut headers, page } = dress.map(|dress| *dress).unwrap_or_default();
        headers.extend(retry_after(&refusal));
        let endpoint = self.request.endpoint();
        // A page is refused by a page, in its reader's language.
        if endpoint.is_for_browsers() {
            let mut page = page.unwrap_or_else(|| self.error_page(&refusal));
            page.headers.extend(headers);
            return page;
        }
        let surface = endpoint.facts.surface();
        if !headers.iter().any(|(name, _)| name == WWW_AUTHENTICATE) {
            let issuer = self.tenant.as_ref().map(|tenant| tenant.issuer.as_str());
            headers.extend(challenge::of(surface, &refusal, endpoint.access.scope(), issuer));
        }
        refuse(surface, self.request.id, self.request.now, &refusal, headers)
    }

    fn error_page(&self, refusal: &Refusal) -> Rendered {
        let accept_language = self.request.headers.get(ACCEPT_LANGUAGE);
        browser::render_error(
            &self.request.app,
            &ErrorPage {
                tenant: self.tenant.as_deref(),
                refusal,
                request_id: self.request.id.typed(),
                accept_language: accept_language.and_then(|value| value.to_str().ok()),
            },
        )
    }

    pub(crate) fn log(&self, status: StatusCode, took: Duration) {
        let (operation, request_id) = (self.request.endpoint().facts.operation, self.request.id.typed());
        let tenant = self.tenant.as_ref().map(|tenant| tracing::field::display(tenant.id));
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let status = status.as_u16();
        if status >= 500 {
            tracing::error!(%request_id, operation, status, micros, tenant, "request failed");
        } else if self.request.app.settings().log_requests {
            tracing::info!(%request_id, operation, status, micros, tenant, "request");
        }
    }
}

/// A reply for a path or method that nothing is mounted at.
pub(crate) fn missing(app: &App, request: &Request, refusal: &Refusal) -> Response {
    let now = app.env().now();
    let id = Id::generate_at(now, &*app.env().entropy);
    let rendered = refuse(Surface::of(request.uri().path()), id, now, refusal, Vec::new());
    send(app, id, HeaderMap::with_capacity(REPLY_HEADERS), rendered)
}

/// The refusal in the envelope of its surface.
fn refuse(
    surface: Surface,
    id: Id<RequestId>,
    now: Timestamp,
    refusal: &Refusal,
    mut headers: Vec<(HeaderName, HeaderValue)>,
) -> Rendered {
    headers.push((CONTENT_TYPE, HeaderValue::from_static("application/json")));
    let meta = Meta { timestamp: now, request_id: id.typed(), page: None };
    Rendered {
        status: StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        headers,
        body: envelope::refusal(surface, refusal, &meta),
        stream: None,
    }
}

fn retry_after(refusal: &Refusal) -> Option<(HeaderName, HeaderValue)> {
    Some((RETRY_AFTER, HeaderValue::from(refusal.retry_after?.as_secs() + 1)))
}

/// With what every reply carries.
fn send(app: &App, id: Id<RequestId>, mut headers: HeaderMap, rendered: Rendered) -> Response {
    let body = match rendered.stream {
        Some(stream) => Body::from_stream(stream.into_inner()),
        None => Body::from(rendered.body),
    };
    for (name, value) in rendered.headers {
        headers.append(name, value);
    }
    if let Ok(id) = HeaderValue::try_from(String::from(id.typed())) {
        headers.insert(headers::X_REQUEST_ID, id);
    }
    headers::secure(&mut headers, app.settings().public_url.starts_with("https://"));
    let mut response = Response::new(body);
    *response.status_mut() = rendered.status;
    *response.headers_mut() = headers;
    response
}
