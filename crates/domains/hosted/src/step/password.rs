//! Another password, which a sign-in waits for.

use edge::{Browser, Endpoint, Fields, Html, Reply};
use identity::recovery::{self, ResetProof};
use kernel::{Refusal, Secret};
use macros::endpoint;
use pages::Form;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{go_on, pending::must_have_flow};
use crate::{frame, problem, return_to::ReturnTo, show};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPasswordForm {
    password: Option<Secret>,
    #[expect(dead_code, reason = "there for whoever remembers passwords")]
    username: Option<String>,
    return_to: Option<String>,
}

pub(super) fn endpoints() -> [Endpoint; 1] {
    [set_password()]
}

/// Set the password that a sign-in waits for
#[endpoint(POST "/sign-in/new-password", id = "pages.step.password", limit = SignIn)]
async fn set_password(cx: Browser, form: Fields<NewPasswordForm>) -> Reply<Html> {
    let to = ReturnTo::checked(&cx, form.0.return_to)?;
    let proof = ResetProof::Flow(must_have_flow(&cx)?);
    let missing = || Refusal::validation("password", "required", "This field is required.");
    let password = form.0.password.ok_or_else(missing)?;
    match Box::pin(recovery::reset(&cx, proof, &password, None)).await {
        Ok(outcome) => go_on(&cx, outcome, &to),
        Err(failure) if failure.reason() == "flow_not_found" => Err(failure),
        Err(failure) => {
            let form = problem::told(Form::new(), frame::of(&cx).locale(), &failure, &["password"]);
            Err(show::refused(&cx, failure, "reset", &page(&cx, &form, &to), &to))
        }
    }
}

pub(super) fn page(cx: &Browser, form: &Form, to: &ReturnTo) -> Value {
    json!({
        "form": form, "action": "/sign-in/new-password", "token": null, "username": null, "return_to": to.as_deref(),
        "min_length": tenancy::settings_of(cx.tenant()).passwords.min_length,
    })
}
