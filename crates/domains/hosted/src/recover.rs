//! A forgotten password: asking for the message, and what its link opens.

use edge::{Browser, Endpoint, Failure, Fields, Html, Query, Reply};
use identity::{
    doors,
    recovery::{self, Forgetful, ResetProof},
};
use kernel::{Refusal, Secret};
use macros::endpoint;
use pages::Form;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    captcha::{self, Door},
    frame, links, problem,
    return_to::ReturnTo,
    show,
    sign_in::Typed,
    step,
};

/// What the link of the message holds.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct RecoverQuery {
    token: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ForgotForm {
    identifier: Option<String>,
    /// What the page's script worked out.
    captcha: Option<Secret>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResetForm {
    token: Option<Secret>,
    password: Option<Secret>,
    #[expect(dead_code, reason = "there for whoever remembers passwords")]
    username: Option<String>,
}

pub(crate) fn endpoints() -> [Endpoint; 3] {
    [show_recover(), forgot(), reset()]
}

/// Show the recovery page
///
/// Without a token: where to send the message. With the one of a message: the new password. Looking changes nothing.
#[endpoint(GET "/recover", id = "pages.recover")]
async fn show_recover(cx: Browser, query: Query<RecoverQuery>) -> Reply<Html> {
    let to = ReturnTo::default();
    match query.0.token {
        Some(token) => show::page(&cx, "reset", &reset_page(&cx, &links::token(&token)?, &Form::new()), &to),
        None => show::page(&cx, "recover", &forgot_page(&cx, &Form::new()), &to),
    }
}

/// Send a link for a new password
#[endpoint(POST "/recover", id = "pages.recover.send", limit = SignIn)]
async fn forgot(cx: Browser, form: Fields<ForgotForm>) -> Reply<Html> {
    let (to, typed) = (ReturnTo::default(), Typed::of(form.0.identifier));
    match send(&cx, &typed, form.0.captcha).await {
        Ok(()) => {
            let page = json!({
                "form": Form::new(), "kind": "reset", "channel": "email", "to": typed.0, "asks_code": false,
                "again_href": "/recover", "again_label": pages::say(frame::of(&cx).locale(), "send-again"),
            });
            show::page(&cx, "sent", &page, &to)
        }
        Err(failure) => {
            let form = problem::told(typed.form(), frame::of(&cx).locale(), &failure, &["identifier"]);
            Err(show::refused(&cx, failure, "recover", &forgot_page(&cx, &form), &to))
        }
    }
}

/// Set a new password
#[endpoint(POST "/recover/reset", id = "pages.recover.reset", limit = SignIn)]
async fn reset(cx: Browser, form: Fields<ResetForm>) -> Reply<Html> {
    let ResetForm { token, password, .. } = form.0;
    let to = ReturnTo::default();
    let missing = |field| Refusal::validation(field, "required", "This field is required.");
    let token = token.ok_or_else(|| missing("token"))?;
    let outcome = match password {
        Some(password) => Box::pin(recovery::reset(&cx, ResetProof::Token(token.clone()), &password, None)).await,
        None => Err(missing("password").into()),
    };
    match outcome {
        Ok(outcome) => step::go_on(&cx, outcome, &to),
        // A link that is over gets the page which says so.
        Err(failure) if failure.reason() == "invalid_token" => Err(failure),
        Err(failure) => {
            let form = problem::told(Form::new(), frame::of(&cx).locale(), &failure, &["password"]);
            Err(show::refused(&cx, failure, "reset", &reset_page(&cx, token.reveal(), &form), &to))
        }
    }
}

async fn send(cx: &Browser, typed: &Typed, captcha: Option<Secret>) -> Result<(), Failure> {
    let contact = doors::contact(&typed.0)?;
    // A text message would carry a code, for which there is the application's own page.
    if !matches!(contact, identity::identifiers::Contact::Email(_)) {
        return Err(Refusal::validation("email", "invalid", "This is not an email address.").into());
    }
    let locale = frame::of(cx).locale().code().to_owned();
    let forgetful = Forgetful { contact, landing: None, locale: Some(locale), captcha };
    recovery::forgot(cx, forgetful).await.map(|_| ())
}

fn forgot_page(cx: &Browser, form: &Form) -> Value {
    json!({ "form": form, "email_only": true, "identifier": "email", "captcha": captcha::at(cx, Door::SignIn) })
}

fn reset_page(cx: &Browser, token: &str, form: &Form) -> Value {
    json!({
        "form": form, "action": "/recover/reset", "token": token, "username": null, "return_to": null,
        "min_length": tenancy::settings_of(cx.tenant()).passwords.min_length,
    })
}
