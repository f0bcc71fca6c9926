//! Enrolling a second factor, in a sign-in that waits for it or in one's own account.

use edge::{Browser, Endpoint, Failure, Fields, FlowCookie, Html, Reply};
use identity::{
    doors::{
        self,
        factors::{self, Answer, Enrolled, Enrolling},
    },
    flows::{self, Outcome},
    users::User,
};
use kernel::{Refusal, Secret};
use macros::endpoint;
use pages::Form;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    factor::{icon, plain},
    go_on,
    pending::must_have_flow,
};
use crate::{frame, problem, return_to::ReturnTo, show};

/// Which factor to enrol.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EnrolForm {
    kind: String,
    /// Where codes go.
    address: Option<String>,
    return_to: Option<String>,
}

/// The first proof of it. What the page showed comes back with it, because it is kept nowhere else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Enrolment {
    factor: Option<String>,
    kind: Option<String>,
    code: Option<Secret>,
    credential: Option<String>,
    secret: Option<String>,
    uri: Option<String>,
    qr: Option<String>,
    to: Option<String>,
    return_to: Option<String>,
}

pub(super) fn endpoints() -> [Endpoint; 2] {
    [begin_enrolment(), finish_enrolment()]
}

/// Begin to enrol a second factor
#[endpoint(POST "/sign-in/enrol", id = "pages.step.enrol", limit = SignIn)]
async fn begin_enrolment(cx: Browser, form: Fields<EnrolForm>) -> Reply<Html> {
    let to = ReturnTo::checked(&cx, form.0.return_to)?;
    let EnrolForm { kind, address, .. } = form.0;
    let flow = must_have_flow(&cx)?;
    if let (Some(kind), None) = (needs_address(&kind), &address) {
        let Outcome::Pending(pending) = flows::look(&cx, flow).await? else { return cx.go(to.target()) };
        if let Some(form) = address_form(kind, &pending.user) {
            return show::page(&cx, "address", &address_page(kind, "/sign-in/enrol", &form, None, &to), &to);
        }
    }
    match factors::enrol(&cx, Some(flow), &kind, address.clone()).await {
        Ok(begun) => enrolling(&cx, &begun, "/sign-in/enrol/finish", None, &to),
        Err(failure) => Err(ask_address(&cx, failure, &kind, address, "/sign-in/enrol", None, &to)),
    }
}

/// Finish enrolling a second factor
#[endpoint(POST "/sign-in/enrol/finish", id = "pages.step.enrol.finish", limit = SignIn)]
async fn finish_enrolment(cx: Browser, form: Fields<Enrolment>) -> Reply<Html> {
    let to = ReturnTo::checked(&cx, form.0.return_to.clone())?;
    let flow = must_have_flow(&cx)?;
    match factors::activate(&cx, Some(flow), form.0.answer()?).await {
        Ok(Enrolled { recovery_codes, sign_in: Some(outcome) }) if !recovery_codes.is_empty() => {
            codes_then(&cx, &recovery_codes, outcome, &to)
        }
        Ok(Enrolled { sign_in: Some(outcome), .. }) => go_on(&cx, outcome, &to),
        Ok(_) => cx.go(to.target()),
        Err(failure) if failure.reason() == "flow_not_found" => Err(failure),
        Err(failure) => Err(form.0.once_more(&cx, failure, "/sign-in/enrol/finish", None, &to)),
    }
}

/// The page on which a factor gets its first proof.
pub(crate) fn enrolling(
    cx: &Browser,
    begun: &Enrolling,
    action: &str,
    back: Option<&str>,
    to: &ReturnTo,
) -> Reply<Html> {
    let shown = |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.reveal().to_owned());
    let kept = Enrolment {
        factor: Some(begun.id.clone()),
        kind: Some(begun.kind.to_owned()),
        code: None,
        credential: None,
        secret: shown(&begun.secret),
        uri: shown(&begun.uri),
        qr: shown(&begun.qr),
        to: Some(begun.label.clone()),
        return_to: None,
    };
    if let Some(options) = &begun.passkey_options {
        let page = json!({
            "form": Form::new(), "action": action, "options": options.to_string(), "factor_kind": "webauthn",
            "return_to": to.as_deref(), "back_href": back,
        });
        return show::page(cx, "add-passkey", &page, to);
    }
    let (name, page) = kept.page(&Form::new(), action, back, to);
    show::page(cx, name, &page, to)
}

/// Codes go to an address that is asked for, or confirmed, first.
pub(crate) fn needs_address(kind: &str) -> Option<&'static str> {
    ["sms", "email"].into_iter().find(|own| *own == kind)
}

/// A number is always confirmed, since it may be an old one; a mailbox is asked for where there is none.
pub(crate) fn address_form(kind: &str, user: &User) -> Option<Form> {
    let phone = user.primary_phone.as_ref().map(|phone| phone.number.clone()).unwrap_or_default();
    match kind {
        "sms" => Some(Form::new().value("address", phone)),
        _ if user.primary_email.is_none() => Some(Form::new()),
        _ => None,
    }
}

pub(crate) fn address_page(kind: &str, action: &str, form: &Form, back: Option<&str>, to: &ReturnTo) -> Value {
    json!({ "form": form, "kind": kind, "icon": icon(kind), "action": action, "back_href": back, "return_to": to.as_deref() })
}

/// What was wrong with the address, where it was that; else the refusal as it is.
pub(crate) fn ask_address(
    cx: &Browser,
    failure: Failure,
    kind: &str,
    typed: Option<String>,
    action: &str,
    back: Option<&str>,
    to: &ReturnTo,
) -> Failure {
    let (Some(kind), "invalid_fields") = (needs_address(kind), failure.reason()) else { return failure };
    let form = Form::new().value("address", typed.unwrap_or_default());
    let form = problem::told(form, frame::of(cx).locale(), &failure, &["address"]);
    show::refused(cx, failure, "address", &address_page(kind, action, &form, back, to), to)
}

/// Signed in, and shown this once what helps when everything else is lost.
fn codes_then(cx: &Browser, codes: &[Secret], outcome: Outcome, to: &ReturnTo) -> Reply<Html> {
    let next = match &outcome {
        Outcome::Complete(_) => to.target().to_owned(),
        Outcome::Pending(_) => to.via("/sign-in/continue"),
    };
    let reply = show::page(cx, "recovery-codes", &codes_page(codes, &next), to)?;
    Ok(match outcome {
        Outcome::Complete(completed) => {
            reply.headers(doors::session_cookies(cx, &completed)).headers(FlowCookie::clear(cx))
        }
        Outcome::Pending(_) => reply,
    })
}

pub(crate) fn codes_page(codes: &[Secret], next: &str) -> Value {
    let codes: Vec<&str> = codes.iter().map(Secret::reveal).collect();
    json!({ "form": Form::new(), "codes": codes, "next_href": next })
}

impl Enrolment {
    pub(crate) fn answer(&self) -> Result<Answer, Refusal> {
        let missing = || Refusal::validation("code", "required", "This field is required.");
        match (&self.credential, &self.factor, &self.code) {
            (Some(credential), _, None) => Ok(Answer::Passkey(credential.clone())),
            (None, Some(factor), Some(code)) => Ok(Answer::Code { factor: factor.clone(), code: plain(code) }),
            _ => Err(missing()),
        }
    }

    /// The same page with what was wrong.
    pub(crate) fn once_more(
        &self,
        cx: &Browser,
        failure: Failure,
        action: &str,
        back: Option<&str>,
        to: &ReturnTo,
    ) -> Failure {
        if self.credential.is_some() {
            return failure;
        }
        let form = problem::told(Form::new(), frame::of(cx).locale(), &failure, &["code"]);
        let (name, page) = self.page(&form, action, back, to);
        show::refused(cx, failure, name, &page, to)
    }

    fn page(&self, form: &Form, action: &str, back: Option<&str>, to: &ReturnTo) -> (&'static str, Value) {
        if self.kind.as_deref() == Some("totp") {
            let own = |text: &Option<String>, begins: &str| text.clone().filter(|text| text.starts_with(begins));
            let page = json!({
                "form": form, "action": action, "factor": self.factor, "secret": self.secret, "back_href": back,
                "uri": own(&self.uri, "otpauth://totp/"), "qr": own(&self.qr, "data:image/"), "return_to": to.as_deref(),
            });
            return ("enrol-totp", page);
        }
        let page = json!({
            "form": form, "kind": "verify-code", "channel": self.kind, "to": self.to, "asks_code": true, "action": action,
            "challenge": null, "factor": self.factor, "factor_kind": self.kind, "return_to": to.as_deref(),
            "again_href": back, "again_label": null,
        });
        ("sent", page)
    }
}
