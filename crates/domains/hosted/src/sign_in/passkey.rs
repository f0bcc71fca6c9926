//! Signing in with a passkey.

use edge::{Browser, Endpoint, Fields, Html, Reply};
use identity::doors;
use macros::endpoint;
use serde::Deserialize;

use super::{Typed, view};
use crate::{return_to::ReturnTo, step};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PasskeyForm {
    /// What the browser made, as its `toJSON` writes it.
    credential: Option<String>,
    return_to: Option<String>,
}

pub(super) fn endpoints() -> [Endpoint; 1] {
    [sign_in_with_passkey()]
}

/// Sign in with a passkey
#[endpoint(POST "/sign-in/passkey", id = "pages.sign_in.passkey", limit = SignIn)]
async fn sign_in_with_passkey(cx: Browser, form: Fields<PasskeyForm>) -> Reply<Html> {
    let to = ReturnTo::checked(&cx, form.0.return_to)?;
    match doors::passkeys::sign_in(&cx, form.0.credential.as_deref().unwrap_or_default(), None).await {
        Ok(outcome) => step::go_on(&cx, outcome, &to),
        Err(failure) => Err(view::refused(&cx, failure, &Typed::default(), &to).await),
    }
}
