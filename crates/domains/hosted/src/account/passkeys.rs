//! One's own passkeys.

use edge::{Browser, Endpoint, Fields, Html, Named, NoFields, Reply};
use identity::doors::passkeys;
use macros::endpoint;
use pages::Form;
use serde::Deserialize;
use serde_json::json;

use super::{
    security::{self, HERE},
    signed_in,
};
use crate::{return_to::ReturnTo, show};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PasskeyForm {
    /// What the browser made, as its `toJSON` writes it.
    credential: Option<String>,
}

/// What its person calls it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NameForm {
    name: Option<String>,
}

pub(super) fn endpoints() -> [Endpoint; 4] {
    [begin_passkey(), add_passkey(), rename_passkey(), remove_passkey()]
}

/// Begin to add a passkey
#[endpoint(POST "/account/passkeys", id = "pages.account.passkeys.begin", limit = SignIn,
    silent = "a challenge that nobody has answered yet")]
async fn begin_passkey(cx: Browser, _form: Fields<NoFields>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    match passkeys::begin_adding(&cx, &caller).await {
        Ok(options) => {
            let page = json!({
                "form": Form::new(), "action": "/account/passkeys/add", "options": options.to_string(),
                "factor_kind": null, "return_to": null, "back_href": HERE,
            });
            show::page(&cx, "add-passkey", &page, &ReturnTo::default())
        }
        Err(failure) => security::refused(&cx, failure, &caller, Form::new(), &[]).await,
    }
}

/// Add a passkey
#[endpoint(POST "/account/passkeys/add", id = "pages.account.passkeys.add", limit = SignIn,
    silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn add_passkey(cx: Browser, form: Fields<PasskeyForm>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    match passkeys::add(&cx, &caller, form.0.credential.as_deref().unwrap_or_default()).await {
        Ok(_) => cx.go("/account/security?done=saved"),
        Err(failure) => security::refused(&cx, failure, &caller, Form::new(), &[]).await,
    }
}

/// Rename a passkey
#[endpoint(POST "/account/passkeys/{passkey}/rename", id = "pages.account.passkeys.rename",
    silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn rename_passkey(cx: Browser, passkey: Named, form: Fields<NameForm>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    match passkeys::rename(&cx, &caller, &passkey.0, form.0.name.unwrap_or_default()).await {
        Ok(()) => cx.go("/account/security?done=saved"),
        Err(failure) => security::refused(&cx, failure, &caller, Form::new().open(passkey.0), &["name"]).await,
    }
}

/// Remove a passkey
#[endpoint(POST "/account/passkeys/{passkey}/remove", id = "pages.account.passkeys.remove",
    silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn remove_passkey(cx: Browser, passkey: Named, _form: Fields<NoFields>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    match passkeys::remove(&cx, &caller, &passkey.0).await {
        Ok(()) => cx.go("/account/security?done=removed"),
        Err(failure) => security::refused(&cx, failure, &caller, Form::new(), &[]).await,
    }
}
