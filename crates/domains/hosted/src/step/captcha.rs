//! The captcha that a risky sign-in waits for.

use edge::{Browser, Endpoint, Fields, Html, Reply};
use identity::doors;
use kernel::{ErrorCode, Refusal, Secret};
use macros::endpoint;
use pages::Form;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{go_on, pending::must_have_flow};
use crate::{captcha::waited_for, frame, problem, return_to::ReturnTo, show};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaptchaForm {
    /// What the page's script worked out.
    captcha: Option<Secret>,
    return_to: Option<String>,
}

pub(super) fn endpoints() -> [Endpoint; 1] {
    [solve_captcha()]
}

/// Solve the captcha that a sign-in waits for
#[endpoint(POST "/sign-in/captcha", id = "pages.step.captcha", limit = SignIn)]
async fn solve_captcha(cx: Browser, form: Fields<CaptchaForm>) -> Reply<Html> {
    let to = ReturnTo::checked(&cx, form.0.return_to)?;
    let flow = must_have_flow(&cx)?;
    let outcome = match form.0.captcha {
        Some(token) => doors::solve_captcha(&cx, flow, &token).await,
        None => Err(Refusal::new(ErrorCode::Forbidden, "captcha_required", "Solve the captcha.").into()),
    };
    match outcome {
        Ok(outcome) => go_on(&cx, outcome, &to),
        Err(failure) if failure.reason() == "flow_not_found" => Err(failure),
        Err(failure) => {
            let form = problem::told(Form::new(), frame::of(&cx).locale(), &failure, &[]);
            Err(show::refused(&cx, failure, "captcha", &page(&cx, &form, &to), &to))
        }
    }
}

pub(super) fn page(cx: &Browser, form: &Form, to: &ReturnTo) -> Value {
    json!({ "form": form, "captcha": waited_for(cx), "return_to": to.as_deref() })
}
