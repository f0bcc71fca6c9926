//! The page of a refusal that no form shows.

use edge::ErrorPage;
use kernel::{ErrorCode, Refusal};
use pages::{Frame, Locale, Look, ThemeMode, render, say};
use serde_json::json;
use tenancy::settings_of;

use crate::{frame, problem};

/// What a person reads when a page is refused. `None` where it can't even be written.
pub fn error_page(error: &ErrorPage<'_>) -> Option<String> {
    let (frame, locale) = if let Some(tenant) = error.tenant {
        let locale = frame::best(&settings_of(tenant).branding, error.accept_language);
        (frame::bare(tenant, locale), locale)
    } else {
        let locale = Locale::negotiate(error.accept_language, &Locale::ALL, Locale::default());
        (Frame::new(Look::named("Portcullis"), ThemeMode::Auto, "0", locale), locale)
    };
    let kind = kind(error.refusal);
    let word = |part: &str| say(locale, &format!("error-{kind}-{part}"));
    let page = json!({
        "title": word("title").or_else(|| say(locale, "error-title")),
        "text": word("text").map_or_else(|| problem::sentence(locale, error.refusal), std::borrow::Cow::into_owned),
        "href": error.tenant.is_some().then_some("/sign-in"),
        "link": say(locale, "back-to-sign-in"),
        "request_id": error.request_id,
    });
    render("error", &frame, page).ok()
}

fn kind(refusal: &Refusal) -> &'static str {
    match (refusal.reason, refusal.code) {
        ("csrf_failed" | "flow_not_found", _) => "expired",
        ("invalid_token" | "other_browser", _) => "link",
        (
            "invalid_request"
            | "invalid_client"
            | "unauthorized_client"
            | "invalid_request_uri"
            | "invalid_request_object",
            _,
        ) => "oauth",
        (_, ErrorCode::NotFound) => "not-found",
        (_, ErrorCode::RateLimited) => "rate_limited",
        (_, ErrorCode::Internal | ErrorCode::Unavailable) => "internal",
        _ => "other",
    }
}
