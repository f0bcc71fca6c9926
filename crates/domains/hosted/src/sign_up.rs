//! Signing up: with a password, or by proving a mailbox.

use edge::{Browser, Endpoint, Failure, Fields, Html, Query, Reply};
use identity::{
    doors::{self, Newcomer},
    passwordless::{How, Request},
};
use kernel::Secret;
use macros::endpoint;
use pages::Form;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    captcha::{self, Door},
    client, frame, invitation,
    options::Options,
    problem,
    return_to::ReturnTo,
    show,
    sign_in::Typed,
};

/// Where to go afterwards, and whether somebody was asked in.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct SignUpQuery {
    return_to: Option<String>,
    /// Taken as at the sign-in page, and asks for nothing here: whoever signs up proves themselves in any case.
    prompt: Option<String>,
    /// Fills the first field.
    login_hint: Option<String>,
    /// Of a message that asks somebody in.
    invitation_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignUpForm {
    name: Option<String>,
    identifier: Option<String>,
    password: Option<Secret>,
    /// Which button: `password` or `link`.
    how: Option<String>,
    /// What the page's script worked out.
    captcha: Option<Secret>,
    return_to: Option<String>,
}

pub(crate) fn endpoints() -> [Endpoint; 2] {
    [show_sign_up(), sign_up()]
}

/// Show the sign-up page
///
/// With the token of an invitation: the account that it leads to. Looking changes nothing.
#[endpoint(GET "/sign-up", id = "pages.sign_up")]
async fn show_sign_up(cx: Browser, query: Query<SignUpQuery>) -> Reply<Html> {
    let to = ReturnTo::checked(&cx, query.0.return_to)?;
    if let Some(token) = query.0.invitation_token {
        return invitation::show(&cx, &token, &to).await;
    }
    let page = page(&cx, &Typed::of(query.0.login_hint).form(), &to).await?;
    show::page(&cx, "sign-up", &page, &to)
}

/// Sign up
#[endpoint(POST "/sign-up", id = "pages.sign_up.submit", limit = SignIn)]
async fn sign_up(cx: Browser, form: Fields<SignUpForm>) -> Reply<Html> {
    let SignUpForm { name, identifier, password, how, captcha, return_to } = form.0;
    let (to, typed) = (ReturnTo::checked(&cx, return_to)?, Typed::of(identifier));
    let is_by_link = how.as_deref() == Some("link");
    let outcome = if is_by_link {
        by_link(&cx, &typed, captcha).await
    } else {
        by_password(&cx, &typed, name.clone(), password, captcha).await
    };
    match outcome {
        // The same for a taken address and a free one: what to do next is in the mailbox, or is to sign in.
        Ok(()) => Ok(show::page(&cx, "sent", &sent(&cx, &typed, is_by_link, &to), &to)?.headers(to.remember(&cx))),
        Err(failure) => {
            let form = typed.form().value("name", name.unwrap_or_default());
            let fields = ["name", "identifier", "password"];
            let form = problem::told(form, frame::of(&cx).locale(), &failure, &fields);
            let page = page(&cx, &form, &to).await?;
            Err(show::refused(&cx, failure, "sign-up", &page, &to))
        }
    }
}

async fn by_password(
    cx: &Browser,
    typed: &Typed,
    name: Option<String>,
    password: Option<Secret>,
    captcha: Option<Secret>,
) -> Result<(), Failure> {
    let missing = || kernel::Refusal::validation("password", "required", "This field is required.");
    let newcomer = Newcomer {
        identifier: typed.0.clone(),
        password: password.ok_or_else(missing)?,
        name,
        captcha,
        locale: frame::of(cx).locale().code().to_owned(),
    };
    doors::sign_up(cx, newcomer).await
}

async fn by_link(cx: &Browser, typed: &Typed, captcha: Option<Secret>) -> Result<(), Failure> {
    let request = Request {
        contact: doors::contact(&typed.0)?,
        how: How::Link { landing: None },
        locale: Some(frame::of(cx).locale().code().to_owned()),
        browser: Some(cx.id().clone()),
        captcha,
    };
    doors::send(cx, request).await.map(|_| ())
}

/// With a password, mailboxes alone are written to.
fn sent(cx: &Browser, typed: &Typed, is_by_link: bool, to: &ReturnTo) -> Value {
    let is_written_to = is_by_link || typed.0.contains('@');
    let (kind, channel) = if is_written_to { ("sign-up", Some(show::channel(&typed.0))) } else { ("account", None) };
    json!({
        "form": Form::new(), "kind": kind, "channel": channel, "to": typed.0, "asks_code": false,
        "again_href": to.via("/sign-in"), "again_label": pages::say(frame::of(cx).locale(), "sign-in-link"),
    })
}

async fn page(cx: &Browser, form: &Form, to: &ReturnTo) -> Result<Value, Failure> {
    let options = Options::of(cx, to).await?;
    let passwordless = tenancy::settings_of(cx.tenant()).sign_in.passwordless_sign_up;
    Ok(json!({
        "form": form, "identifier": options.identifier, "password": options.password,
        "link": options.link && passwordless, "min_length": options.min_length, "providers": options.providers,
        "sign_in_href": to.via("/sign-in"), "captcha": captcha::at(cx, Door::SignUp), "return_to": to.as_deref(),
        "client": client::behind(cx, to).await,
    }))
}
