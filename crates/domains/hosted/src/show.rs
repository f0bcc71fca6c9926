//! Showing a page, as an answer or as the face of a refusal.

use edge::{Browser, Failure, Html, Reply};
use kernel::{ErrorCode, Refusal};
use serde_json::Value;

use crate::{captcha, frame, return_to::ReturnTo, signal};

/// 200 with the page `name`.
pub(crate) fn page(cx: &Browser, name: &str, page: &Value, to: &ReturnTo) -> Reply<Html> {
    cx.page(written(cx, name, page)?, &to.targets(), captcha::frames(page))
}

/// A refusal with the page `name` for a face; what it must leave behind is left.
pub(crate) fn refused(cx: &Browser, failure: Failure, name: &str, page: &Value, to: &ReturnTo) -> Failure {
    let page = signal::with_unknown_passkey(page, &failure, &cx.tenant().issuer);
    match written(cx, name, &page) {
        Ok(text) => cx.refused(failure, text, &to.targets(), captcha::frames(&page)),
        Err(refusal) => refusal.into(),
    }
}

/// By what a message got to the address that is shown: a number begins with its sign, or with the dots that hide it.
pub(crate) fn channel(shown: &str) -> &'static str {
    if shown.trim_start().starts_with(['+', '•']) { "sms" } else { "email" }
}

pub(crate) fn written(cx: &Browser, name: &str, page: &Value) -> Result<String, Refusal> {
    pages::render(name, &frame::of(cx), page).map_err(|error| {
        tracing::error!(%error, "a page could not be written");
        Refusal::new(ErrorCode::Internal, "internal", "Something went wrong on our side.")
    })
}
