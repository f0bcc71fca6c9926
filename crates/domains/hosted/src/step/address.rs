//! An address that must be proven before the sign-in goes on.

use edge::{Browser, Endpoint, Fields, Html, Reply};
use identity::verification::{self, Received, Request, Whose};
use kernel::{Refusal, Secret};
use macros::endpoint;
use pages::Form;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{factor::plain, go_on, pending::must_have_flow};
use crate::{again, frame, problem, return_to::ReturnTo, show};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SendForm {
    return_to: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeForm {
    challenge: Option<String>,
    code: Option<Secret>,
    to: Option<String>,
    return_to: Option<String>,
}

pub(super) fn endpoints() -> [Endpoint; 2] {
    [send_code(), confirm_code()]
}

/// Send the code that proves an address
#[endpoint(POST "/sign-in/verification/send", id = "pages.step.verification.send", limit = SignIn)]
async fn send_code(cx: Browser, form: Fields<SendForm>) -> Reply<Html> {
    let to = ReturnTo::checked(&cx, form.0.return_to)?;
    let whose = Whose::Flow(must_have_flow(&cx)?);
    let sent = verification::send(&cx, Request { whose, contact: None, by_code: true, landing: None }).await?;
    let page = page(&sent.challenge_id.to_string(), &sent.contact.masked(), &Form::new(), &to);
    show::page(&cx, "sent", &page, &to)
}

/// Prove an address by its code
#[endpoint(POST "/sign-in/verification", id = "pages.step.verification", limit = SignIn)]
async fn confirm_code(cx: Browser, form: Fields<CodeForm>) -> Reply<Html> {
    let CodeForm { challenge, code, to: shown, return_to } = form.0;
    let to = ReturnTo::checked(&cx, return_to)?;
    let flow = must_have_flow(&cx)?;
    let challenge = challenge.unwrap_or_default();
    let missing = || Refusal::validation("code", "required", "This field is required.");
    let received = Received::Code(again::id(&challenge)?, plain(&code.ok_or_else(missing)?));
    match verification::confirm(&cx, received, Some(flow)).await {
        Ok(Some(outcome)) => go_on(&cx, outcome, &to),
        Ok(None) => cx.go(&to.via("/sign-in/continue")),
        Err(failure) => {
            let form = problem::told(Form::new(), frame::of(&cx).locale(), &failure, &["code"]);
            let page = page(&challenge, &shown.unwrap_or_default(), &form, &to);
            Err(show::refused(&cx, failure, "sent", &page, &to))
        }
    }
}

fn page(challenge: &str, shown: &str, form: &Form, to: &ReturnTo) -> Value {
    json!({
        "form": form, "kind": "verify-code", "channel": show::channel(shown), "to": shown,
        "asks_code": true, "action": "/sign-in/verification", "challenge": challenge, "factor": null, "factor_kind": null,
        "return_to": to.as_deref(), "again_href": to.via("/sign-in/continue"), "again_label": null,
    })
}
