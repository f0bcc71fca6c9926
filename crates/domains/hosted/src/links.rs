//! Where the links of messages lead: a page with a button. Looking changes nothing, since mail scanners look too.

use edge::{Browser, Endpoint, Fields, Html, Query, Reply};
use identity::{
    passwordless,
    verification::{self, Received},
};
use kernel::{ErrorCode, Refusal, Secret};
use macros::endpoint;
use pages::Form;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{return_to::ReturnTo, show, step};

/// What the link holds.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct LinkQuery {
    token: Option<String>,
}

/// The button.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkForm {
    token: Secret,
    return_to: Option<String>,
}

pub(crate) fn endpoints() -> [Endpoint; 6] {
    [show_magic_link(), redeem_magic_link(), show_verify(), verify(), show_email_change(), change_email()]
}

/// Show where a sign-in link leads
#[endpoint(GET "/magic-link", id = "pages.magic_link")]
async fn show_magic_link(cx: Browser, query: Query<LinkQuery>) -> Reply<Html> {
    let to = ReturnTo::remembered(&cx);
    land(&cx, "magic-link", "/magic-link", &query.0, &to)
}

/// Sign in by a link
#[endpoint(POST "/magic-link", id = "pages.magic_link.submit", limit = SignIn)]
async fn redeem_magic_link(cx: Browser, form: Fields<LinkForm>) -> Reply<Html> {
    let to = ReturnTo::checked(&cx, form.0.return_to)?;
    let outcome = passwordless::redeem_link(&cx, &form.0.token, Some(cx.id()), None).await?;
    step::go_on(&cx, outcome, &to)
}

/// Show where a link that proves an address leads
#[endpoint(GET "/verify", id = "pages.verify")]
async fn show_verify(cx: Browser, query: Query<LinkQuery>) -> Reply<Html> {
    land(&cx, "verify-email", "/verify", &query.0, &ReturnTo::default())
}

/// Prove an address by a link
#[endpoint(POST "/verify", id = "pages.verify.submit", limit = SignIn)]
async fn verify(cx: Browser, form: Fields<LinkForm>) -> Reply<Html> {
    match verification::confirm(&cx, Received::Token(form.0.token), None).await? {
        Some(outcome) => step::go_on(&cx, outcome, &ReturnTo::default()),
        None => done(&cx),
    }
}

/// Show where the link of another email address leads
#[endpoint(GET "/verify/email-change", id = "pages.email_change")]
async fn show_email_change(cx: Browser, query: Query<LinkQuery>) -> Reply<Html> {
    land(&cx, "change-email", "/verify/email-change", &query.0, &ReturnTo::default())
}

/// Change an email address by a link
#[endpoint(POST "/verify/email-change", id = "pages.email_change.submit", limit = SignIn)]
async fn change_email(cx: Browser, form: Fields<LinkForm>) -> Reply<Html> {
    verification::confirm_change(&cx, &form.0.token).await?;
    done(&cx)
}

fn land(cx: &Browser, kind: &str, action: &str, query: &LinkQuery, to: &ReturnTo) -> Reply<Html> {
    let token = token(query.token.as_deref().unwrap_or_default())?;
    let page: Value = json!({
        "form": Form::new(), "kind": kind, "icon": "mail", "action": action, "token": token,
        "return_to": to.as_deref(),
    });
    show::page(cx, "land", &page, to)
}

fn done(cx: &Browser) -> Reply<Html> {
    let page = json!({ "kind": "verified", "icon": "check", "href": "/account" });
    show::page(cx, "done", &page, &ReturnTo::default())
}

/// The shape of every token; what has another is no link of ours.
pub(crate) fn token(text: &str) -> Result<String, Refusal> {
    let is_token = (16..=256).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    let refused = || Refusal::new(ErrorCode::BadRequest, "invalid_token", "The link is not whole.");
    if is_token { Ok(text.to_owned()) } else { Err(refused()) }
}
