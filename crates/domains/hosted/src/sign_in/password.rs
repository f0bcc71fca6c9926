//! Signing in by the form: with a password, or by having something sent.

use edge::{Browser, Endpoint, Fields, Html, Query, Reply};
use identity::{
    doors,
    passwordless::{How, Request},
};
use kernel::Secret;
use macros::endpoint;
use pages::Form;
use serde::Deserialize;
use serde_json::json;

use super::{
    DoorQuery, Typed, code,
    view::{self, refused},
};
use crate::{again, frame, return_to::ReturnTo, show, step};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignInForm {
    identifier: Option<String>,
    password: Option<Secret>,
    /// Which button: `password`, `link` or `code`.
    how: Option<String>,
    /// What the page's script worked out.
    captcha: Option<Secret>,
    return_to: Option<String>,
}

pub(super) fn endpoints() -> [Endpoint; 2] {
    [show_sign_in(), sign_in()]
}

/// Show the sign-in page
#[endpoint(GET "/sign-in", id = "pages.sign_in", silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn show_sign_in(cx: Browser, query: Query<DoorQuery>) -> Reply<Html> {
    let DoorQuery { return_to, prompt, login_hint } = query.0;
    let to = ReturnTo::checked(&cx, return_to)?;
    if prompt.as_deref() != Some("login") {
        if identity::is_somebody(&cx)? {
            return cx.go(to.target());
        }
        // A guest is shown the door: it is how they become somebody.
        if cx.session().is_none()
            && let Some(reply) = again::resumed(&cx).await?
        {
            return reply;
        }
    }
    let page = view::page(&cx, &Typed::of(login_hint).form(), &to).await?;
    show::page(&cx, "sign-in", &page, &to)
}

/// Sign in
#[endpoint(POST "/sign-in", id = "pages.sign_in.submit", limit = SignIn)]
async fn sign_in(cx: Browser, form: Fields<SignInForm>) -> Reply<Html> {
    let SignInForm { identifier, password, how, captcha, return_to } = form.0;
    let (to, typed) = (ReturnTo::checked(&cx, return_to)?, Typed::of(identifier));
    match how.as_deref() {
        Some("link") => send(&cx, true, &typed, captcha, &to).await,
        Some("code") => send(&cx, false, &typed, captcha, &to).await,
        _ => {
            let password = password.unwrap_or_else(|| Secret::new(String::new()));
            match doors::sign_in(&cx, &typed.0, password, captcha).await {
                Ok(outcome) => step::go_on(&cx, outcome, &to),
                Err(failure) => Err(refused(&cx, failure, &typed, &to).await),
            }
        }
    }
}

/// The same page follows whether or not there is an account.
async fn send(cx: &Browser, by_link: bool, typed: &Typed, captcha: Option<Secret>, to: &ReturnTo) -> Reply<Html> {
    let contact = match doors::contact(&typed.0) {
        Ok(contact) => contact,
        Err(refusal) => return Err(refused(cx, refusal.into(), typed, to).await),
    };
    let request = Request {
        contact,
        how: if by_link { How::Link { landing: None } } else { How::Code },
        locale: Some(frame::of(cx).locale().code().to_owned()),
        browser: Some(cx.id().clone()),
        captcha,
    };
    match doors::send(cx, request).await {
        Ok(_) if by_link => {
            let page = json!({
                "form": Form::new(), "kind": "link", "channel": show::channel(&typed.0), "to": typed.0, "asks_code": false,
                "again_href": to.via("/sign-in"), "again_label": pages::say(frame::of(cx).locale(), "send-again"),
            });
            Ok(show::page(cx, "sent", &page, to)?.headers(to.remember(cx)))
        }
        Ok(sent) => {
            let page = code::page(cx, &sent.challenge_id.to_string(), &typed.0, &Form::new(), to);
            show::page(cx, "sent", &page, to)
        }
        Err(failure) => Err(refused(cx, failure, typed, to).await),
    }
}
