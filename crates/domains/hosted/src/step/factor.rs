//! The second factor: choosing one, and proving it.

use edge::{Browser, Endpoint, Failure, Fields, Html, Reply};
use identity::{
    doors::factors::{self, Answer, Choice},
    flows::{self, Outcome, Pending},
};
use kernel::{Refusal, Secret};
use macros::endpoint;
use pages::Form;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    go_on,
    pending::{flow, must_have_flow},
};
use crate::{frame, problem, return_to::ReturnTo, show};

/// A proof of a second factor.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactorForm {
    factor: Option<String>,
    kind: Option<String>,
    code: Option<Secret>,
    credential: Option<String>,
    trust: Option<String>,
    return_to: Option<String>,
}

/// Another factor.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChooseForm {
    factor: String,
    #[expect(dead_code, reason = "sent along by the same button as the proof")]
    kind: Option<String>,
    return_to: Option<String>,
}

pub(super) fn endpoints() -> [Endpoint; 2] {
    [prove_factor(), choose_factor()]
}

/// Prove a second factor
#[endpoint(POST "/sign-in/factor", id = "pages.step.factor", limit = SignIn)]
async fn prove_factor(cx: Browser, form: Fields<FactorForm>) -> Reply<Html> {
    let FactorForm { factor, kind, code, credential, trust, return_to } = form.0;
    let to = ReturnTo::checked(&cx, return_to)?;
    let flow = must_have_flow(&cx)?;
    let answer = answer(kind.as_deref(), factor.clone(), code, credential)?;
    match factors::complete(&cx, flow, answer, trust.is_some()).await {
        Ok(outcome) => go_on(&cx, outcome, &to),
        Err(failure) if failure.reason() == "flow_not_found" => Err(failure),
        Err(failure) => Err(once_more(&cx, failure, factor.as_deref(), &to).await?),
    }
}

/// Choose another second factor
#[endpoint(POST "/sign-in/factor/choose", id = "pages.step.factor.choose", limit = SignIn,
    silent = "an app or a recovery code needs nothing to be begun; a message and a passkey have their event")]
async fn choose_factor(cx: Browser, form: Fields<ChooseForm>) -> Reply<Html> {
    let to = ReturnTo::checked(&cx, form.0.return_to)?;
    let flow = must_have_flow(&cx)?;
    let Outcome::Pending(pending) = flows::look(&cx, flow).await? else { return cx.go(to.target()) };
    let choices = factors::choices(&pending);
    match factors::begin(&cx, flow, &form.0.factor).await {
        Ok(begun) => {
            let page = page(&cx, &begun.factor, &choices, begun.passkey_options.as_ref(), &Form::new(), &to);
            show::page(&cx, "factor", &page, &to)
        }
        Err(failure) => {
            let form = problem::told(Form::new(), frame::of(&cx).locale(), &failure, &[]);
            Err(show::refused(&cx, failure, "choose", &choose(&choices, &form, &to), &to))
        }
    }
}

/// The page at first sight: an app or a recovery code can be asked for at once; what must be sent waits for a button.
pub(super) fn first(cx: &Browser, pending: &Pending, to: &ReturnTo) -> Reply<Html> {
    let choices = factors::choices(pending);
    match choices.iter().find(|choice| choice.kind == "totp") {
        Some(app) => show::page(cx, "factor", &page(cx, app, &choices, None, &Form::new(), to), to),
        None => show::page(cx, "choose", &choose(&choices, &Form::new(), to), to),
    }
}

/// The same page with what was wrong. A passkey begins anew, since its challenge is used up.
async fn once_more(cx: &Browser, failure: Failure, factor: Option<&str>, to: &ReturnTo) -> Result<Failure, Failure> {
    let Some(flow) = flow(cx) else { return Ok(failure) };
    // The fifth wrong answer ends the flow.
    let Ok(Outcome::Pending(pending)) = flows::look(cx, flow).await else { return Ok(failure) };
    let choices = factors::choices(&pending);
    let form = problem::told(Form::new(), frame::of(cx).locale(), &failure, &["code"]);
    Ok(match choices.iter().find(|choice| Some(choice.id.as_str()) == factor) {
        Some(choice) if choice.kind != "webauthn" => {
            let page = page(cx, choice, &choices, None, &form, to);
            show::refused(cx, failure, "factor", &page, to)
        }
        _ => {
            let form = problem::told(Form::new(), frame::of(cx).locale(), &failure, &[]);
            show::refused(cx, failure, "choose", &choose(&choices, &form, to), to)
        }
    })
}

fn answer(
    kind: Option<&str>,
    factor: Option<String>,
    code: Option<Secret>,
    credential: Option<String>,
) -> Result<Answer, Refusal> {
    let missing = || Refusal::validation("code", "required", "This field is required.");
    match (kind, credential) {
        (Some("webauthn"), Some(credential)) => Ok(Answer::Passkey(credential)),
        (Some("recovery_code"), None) => Ok(Answer::Recovery(code.ok_or_else(missing)?)),
        (_, None) => Ok(Answer::Code { factor: factor.ok_or_else(missing)?, code: plain(&code.ok_or_else(missing)?) }),
        _ => Err(missing()),
    }
}

/// People type the blanks that apps show.
pub(crate) fn plain(code: &Secret) -> Secret {
    Secret::new(code.reveal().split_whitespace().collect::<String>())
}

fn page(
    cx: &Browser,
    chosen: &Choice,
    choices: &[Choice],
    options: Option<&Value>,
    form: &Form,
    to: &ReturnTo,
) -> Value {
    let days = tenancy::settings_of(cx.tenant()).mfa.trusted_device_days;
    let others: Vec<Value> = choices.iter().filter(|choice| choice.id != chosen.id).map(choice_view).collect();
    json!({
        "form": form, "factor": choice_view(chosen), "others": others, "options": options.map(Value::to_string),
        "trust_days": (days > 0).then_some(days), "return_to": to.as_deref(),
    })
}

fn choose(choices: &[Choice], form: &Form, to: &ReturnTo) -> Value {
    let others: Vec<Value> = choices.iter().map(choice_view).collect();
    json!({ "form": form, "others": others, "return_to": to.as_deref() })
}

fn choice_view(choice: &Choice) -> Value {
    // Where the label is only the kind once more, the page has its own word for it.
    let label = match choice.kind {
        "sms" | "email" | "webauthn" => Some(&choice.label),
        _ => None,
    };
    json!({ "id": choice.id, "kind": choice.kind, "label": label, "icon": icon(choice.kind) })
}

pub(crate) fn kind_view(kind: &'static str) -> Value {
    json!({ "kind": kind, "icon": icon(kind) })
}

pub(crate) fn icon(kind: &str) -> &'static str {
    match kind {
        "totp" => "shield",
        "sms" => "message",
        "email" => "mail",
        "webauthn" => "passkey",
        _ => "key",
    }
}
