//! One's own second factors.

use edge::{Browser, Endpoint, Fields, Html, Named, NoFields, Reply};
use identity::doors::{self, factors};
use macros::endpoint;
use pages::Form;
use serde::Deserialize;

use super::{
    security::{self, HERE},
    signed_in,
};
use crate::{
    return_to::ReturnTo,
    show,
    step::{Enrolment, address_form, address_page, ask_address, codes_page, enrolling, needs_address},
};

const BEGIN: &str = "/account/factors";
const FINISH: &str = "/account/factors/finish";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindForm {
    kind: String,
    /// Where codes go.
    address: Option<String>,
}

pub(super) fn endpoints() -> [Endpoint; 4] {
    [begin_factor(), finish_factor(), remove_factor(), new_recovery_codes()]
}

/// Begin to add a second factor
#[endpoint(POST "/account/factors", id = "pages.account.factors.begin", limit = SignIn,
    silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn begin_factor(cx: Browser, form: Fields<KindForm>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    let (KindForm { kind, address }, to) = (form.0, ReturnTo::default());
    if let (Some(kind), None) = (needs_address(&kind), &address)
        && let Some(form) = address_form(kind, doors::who(&caller)?.user)
    {
        return show::page(&cx, "address", &address_page(kind, BEGIN, &form, Some(HERE), &to), &to);
    }
    match factors::enrol(&cx, None, &kind, address.clone()).await {
        Ok(begun) => enrolling(&cx, &begun, FINISH, Some(HERE), &to),
        Err(failure) if failure.reason() == "invalid_fields" => {
            Err(ask_address(&cx, failure, &kind, address, BEGIN, Some(HERE), &to))
        }
        Err(failure) => security::refused(&cx, failure, &caller, Form::new(), &[]).await,
    }
}

/// Finish adding a second factor
#[endpoint(POST "/account/factors/finish", id = "pages.account.factors.finish", limit = SignIn,
    silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn finish_factor(cx: Browser, form: Fields<Enrolment>) -> Reply<Html> {
    let _caller = signed_in!(&cx, HERE);
    match factors::activate(&cx, None, form.0.answer()?).await {
        Ok(enrolled) if enrolled.recovery_codes.is_empty() => cx.go("/account/security?done=saved"),
        Ok(enrolled) => {
            let page = codes_page(&enrolled.recovery_codes, HERE);
            show::page(&cx, "recovery-codes", &page, &ReturnTo::default())
        }
        Err(failure) => Err(form.0.once_more(&cx, failure, FINISH, Some(HERE), &ReturnTo::default())),
    }
}

/// Remove a second factor
#[endpoint(POST "/account/factors/{factor}/remove", id = "pages.account.factors.remove",
    silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn remove_factor(cx: Browser, factor: Named, _form: Fields<NoFields>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    match factors::remove(&cx, &caller, &factor.0).await {
        Ok(()) => cx.go("/account/security?done=removed"),
        Err(failure) => security::refused(&cx, failure, &caller, Form::new(), &[]).await,
    }
}

/// Get new recovery codes
#[endpoint(POST "/account/recovery-codes", id = "pages.account.recovery_codes",
    silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn new_recovery_codes(cx: Browser, _form: Fields<NoFields>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    match factors::new_recovery_codes(&cx, &caller).await {
        Ok(codes) => show::page(&cx, "recovery-codes", &codes_page(&codes, HERE), &ReturnTo::default()),
        Err(failure) => security::refused(&cx, failure, &caller, Form::new(), &[]).await,
    }
}
