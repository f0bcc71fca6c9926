//! A code that was sent, typed in.

use edge::{Browser, Endpoint, Fields, Html, Reply};
use identity::passwordless;
use kernel::{Refusal, Secret};
use macros::endpoint;
use pages::Form;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Typed;
use crate::{again, frame, problem, return_to::ReturnTo, show, step};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeForm {
    challenge: Option<String>,
    code: Option<Secret>,
    to: Option<String>,
    return_to: Option<String>,
}

pub(super) fn endpoints() -> [Endpoint; 1] {
    [redeem_code()]
}

/// Sign in with a code
#[endpoint(POST "/sign-in/code", id = "pages.sign_in.code", limit = SignIn)]
async fn redeem_code(cx: Browser, form: Fields<CodeForm>) -> Reply<Html> {
    let CodeForm { challenge, code, to: shown, return_to } = form.0;
    let to = ReturnTo::checked(&cx, return_to)?;
    let challenge = challenge.unwrap_or_default();
    let code = code.unwrap_or_else(|| Secret::new(String::new()));
    let plain = step::plain(&code);
    let id = again::id(&challenge).map_err(|_| Refusal::not_found())?;
    match passwordless::redeem_code(&cx, id, &plain, None).await {
        Ok(outcome) => step::go_on(&cx, outcome, &to),
        Err(failure) => {
            let form = problem::told(Form::new(), frame::of(&cx).locale(), &failure, &["code"]);
            let page = page(&cx, &challenge, &Typed::of(shown).0, &form, &to);
            Err(show::refused(&cx, failure, "sent", &page, &to))
        }
    }
}

pub(super) fn page(cx: &Browser, challenge: &str, shown: &str, form: &Form, to: &ReturnTo) -> Value {
    json!({
        "form": form, "kind": "code", "channel": show::channel(shown), "to": shown,
        "asks_code": true, "action": "/sign-in/code", "challenge": challenge, "factor": null, "factor_kind": null,
        "return_to": to.as_deref(), "again_href": to.via("/sign-in"),
        "again_label": pages::say(frame::of(cx).locale(), "send-again"),
    })
}
