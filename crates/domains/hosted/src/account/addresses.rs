//! Proving one's own addresses, and changing the email address.

use edge::{Browser, Endpoint, Failure, Fields, Html, NoFields, Reply};
use identity::{
    doors,
    identifiers::Contact,
    verification::{self, Received, Request, Whose},
};
use kernel::{Refusal, Secret, ports::SessionCaller};
use macros::endpoint;
use pages::Form;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    profile::{HERE, refused},
    signed_in,
};
use crate::{
    again::{self, Proof, prove_first},
    frame, problem,
    return_to::ReturnTo,
    show,
    step::plain,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EmailForm {
    new_email: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeForm {
    challenge: Option<String>,
    code: Option<Secret>,
    #[expect(dead_code, reason = "the page shows whose number it is from the session")]
    to: Option<String>,
}

pub(super) fn endpoints() -> [Endpoint; 4] {
    [verify_email(), verify_phone(), confirm_phone(), change_email()]
}

/// Have one's own email address proven
#[endpoint(POST "/account/email/verify", id = "pages.account.email.verify", limit = SignIn,
    silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn verify_email(cx: Browser, _form: Fields<NoFields>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    let request = Request { whose: Whose::Caller, contact: None, by_code: false, landing: None };
    let primary = doors::who(&caller)?.user.primary_email.as_ref();
    let address = primary.map(|email| email.address.clone()).unwrap_or_default();
    match verification::send(&cx, request).await {
        Ok(_) => show::page(&cx, "sent", &sent(&cx, &address, Some("/account/email/verify")), &ReturnTo::default()),
        Err(failure) => refused(&cx, failure, &caller, Form::new(), &[]).await,
    }
}

/// Have one's own phone number proven
#[endpoint(POST "/account/phone/verify", id = "pages.account.phone.verify", limit = SignIn,
    silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn verify_phone(cx: Browser, _form: Fields<NoFields>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    let number = own_number(&caller)?;
    let request = Request { whose: Whose::Caller, contact: doors::contact(&number).ok(), by_code: true, landing: None };
    match verification::send(&cx, request).await {
        Ok(sent) => {
            let page = code_page(&sent.challenge_id.to_string(), &number, &Form::new());
            show::page(&cx, "sent", &page, &ReturnTo::default())
        }
        Err(failure) => refused(&cx, failure, &caller, Form::new(), &[]).await,
    }
}

/// Prove one's own phone number by its code
#[endpoint(POST "/account/phone", id = "pages.account.phone", limit = SignIn,
    silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn confirm_phone(cx: Browser, form: Fields<CodeForm>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    let challenge = form.0.challenge.unwrap_or_default();
    let missing = || Refusal::validation("code", "required", "This field is required.");
    let received = Received::Code(again::id(&challenge)?, plain(&form.0.code.ok_or_else(missing)?));
    match verification::confirm(&cx, received, None).await {
        Ok(_) => cx.go("/account?done=saved"),
        Err(failure) => {
            let form = problem::told(Form::new(), frame::of(&cx).locale(), &failure, &["code"]);
            let page = code_page(&challenge, &own_number(&caller)?, &form);
            Err(show::refused(&cx, failure, "sent", &page, &ReturnTo::default()))
        }
    }
}

/// Ask for another email address
#[endpoint(POST "/account/email", id = "pages.account.email", limit = SignIn,
    silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn change_email(cx: Browser, form: Fields<EmailForm>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    let typed = form.0.new_email.unwrap_or_default();
    let asked = match doors::contact(&typed) {
        Ok(Contact::Email(email)) => verification::request_change(&cx, &caller, email, None).await,
        Ok(_) => Err(Refusal::validation("email", "invalid", "This is not an email address.").into()),
        Err(refusal) => Err(refusal.into()),
    };
    match asked {
        Ok(_) => show::page(&cx, "sent", &sent(&cx, &typed, None), &ReturnTo::default()),
        Err(failure) if failure.reason() == "step_up_required" => prove_first(&cx, failure, HERE, Proof::Two).await,
        Err(failure) => {
            let form = Form::new().open("email").value("new_email", typed);
            refused(&cx, failure, &caller, form, &["new_email"]).await
        }
    }
}

fn own_number(caller: &SessionCaller) -> Result<String, Failure> {
    let primary = doors::who(caller)?.user.primary_phone.as_ref();
    Ok(primary.map(|phone| phone.number.clone()).unwrap_or_default())
}

fn sent(cx: &Browser, address: &str, again: Option<&str>) -> Value {
    json!({
        "form": Form::new(), "kind": "verify", "channel": "email", "to": address, "asks_code": false, "again_action": again,
        "again_href": HERE, "again_label": pages::say(frame::of(cx).locale(), "back"),
    })
}

fn code_page(challenge: &str, number: &str, form: &Form) -> Value {
    json!({
        "form": form, "kind": "verify-code", "channel": "sms", "to": number, "asks_code": true, "action": "/account/phone",
        "challenge": challenge, "factor": null, "factor_kind": null, "return_to": null,
        "again_action": "/account/phone/verify", "again_href": null, "again_label": null,
    })
}
