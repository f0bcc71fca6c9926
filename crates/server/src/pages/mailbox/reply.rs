//! Pages as replies: escaped, kept nowhere, and allowed next to nothing.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use http::{
    HeaderValue, StatusCode,
    header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
    },
};
use minijinja::{Environment, value::Serde};
use serde::Serialize;

/// What a page may do.
pub(super) struct Policies {
    pub(super) of_ours: &'static str,
    pub(super) of_a_mail: &'static str,
}

pub(super) const PAGE: Policies = Policies {
    of_ours: "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    // Mail brings its styles along, and the application's logo; a sandbox without scripts, forms and links.
    of_a_mail: "default-src 'none'; style-src 'unsafe-inline'; img-src https:; base-uri 'none'; form-action 'none'; \
                frame-ancestors 'self'; sandbox",
};

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    for (name, text) in [
        ("list.html", include_str!("../../../assets/mailbox/list.html")),
        ("letter.html", include_str!("../../../assets/mailbox/letter.html")),
    ] {
        if let Err(error) = pages.add_template(name, text) {
            tracing::error!(name, %error, "a page has mistakes");
        }
    }
    pages
});

pub(super) fn render(name: &str, page: impl Serialize) -> Response {
    match PAGES.get_template(name).and_then(|template| template.render(Serde(page))) {
        Ok(text) => html(text, PAGE.of_ours),
        Err(error) => {
            tracing::error!(name, %error, "a page can't be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

pub(super) fn html(text: String, policy: &'static str) -> Response {
    reply(text, "text/html; charset=utf-8", policy)
}

pub(super) fn json(value: &impl Serialize) -> Response {
    reply(serde_json::to_string(value).unwrap_or_default(), "application/json", "default-src 'none'")
}

pub(super) fn styles() -> Response {
    let text = include_str!("../../../assets/mailbox/mailbox.css").to_owned();
    reply(text, "text/css; charset=utf-8", "default-src 'none'")
}

fn reply(text: String, content_type: &'static str, policy: &'static str) -> Response {
    let mut response = text.into_response();
    let frames = if policy == PAGE.of_a_mail { "SAMEORIGIN" } else { "DENY" };
    for (name, value) in [
        (CONTENT_TYPE, content_type),
        (CONTENT_SECURITY_POLICY, policy),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, frames),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
