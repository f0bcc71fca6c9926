//! A refusal as a page, for people who can't read JSON.

use std::sync::Arc;

use http::{
    HeaderValue,
    header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE},
};
use kernel::{Refusal, RequestId, TypedId, tenant::TenantFacts};

use super::{html::isolation, policy::policy};
use crate::{app::App, reply::Rendered};

/// What is known when a page is refused.
pub struct ErrorPage<'a> {
    /// Not known where the refusal is that there is none.
    pub tenant: Option<&'a TenantFacts>,
    pub refusal: &'a Refusal,
    pub request_id: TypedId<RequestId>,
    pub accept_language: Option<&'a str>,
}

/// Who writes such pages; a part of the application.
#[derive(Clone)]
pub struct ErrorPages(Arc<WriteErrorPage>);

type WriteErrorPage = dyn Fn(&ErrorPage<'_>) -> Option<String> + Send + Sync;

impl ErrorPages {
    pub fn new(write: impl Fn(&ErrorPage<'_>) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(write))
    }
}

pub(crate) fn render(app: &App, page: &ErrorPage<'_>) -> Rendered {
    let written = app.try_part::<ErrorPages>().and_then(|pages| (pages.0)(page));
    // Nothing here comes from the request.
    let text = written.unwrap_or_else(|| {
        format!("<!doctype html><html lang=\"en\"><title>Error</title><p>This did not work: {}.", page.refusal.reason)
    });
    let mut headers = vec![
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_SECURITY_POLICY, policy(&[], &[])),
    ];
    headers.extend(isolation());
    Rendered {
        status: http::StatusCode::from_u16(page.refusal.status()).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR),
        headers,
        body: text.into(),
        stream: None,
    }
}
