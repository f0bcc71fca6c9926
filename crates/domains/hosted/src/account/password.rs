//! Changing one's own password.

use edge::{Browser, Endpoint, Fields, Html, Reply};
use identity::doors;
use kernel::Secret;
use macros::endpoint;
use pages::Form;
use serde::Deserialize;

use super::{
    security::{self, HERE},
    signed_in,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PasswordForm {
    current_password: Option<Secret>,
    new_password: Option<Secret>,
    end_others: Option<String>,
    #[expect(dead_code, reason = "there for whoever remembers passwords")]
    username: Option<String>,
}

pub(super) fn endpoints() -> [Endpoint; 1] {
    [change_password()]
}

/// Change one's own password
#[endpoint(POST "/account/password", id = "pages.account.password", limit = SignIn,
    silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn change_password(cx: Browser, form: Fields<PasswordForm>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    let PasswordForm { current_password, new_password, end_others, .. } = form.0;
    let given = |password: Option<Secret>| password.unwrap_or_else(|| Secret::new(String::new()));
    let (current, new) = (given(current_password), given(new_password));
    match doors::change_password(&cx, &caller, &current, &new, end_others.is_some()).await {
        Ok(()) => cx.go("/account/security?done=saved"),
        Err(failure) => {
            let form = Form::new().open("password");
            security::refused(&cx, failure, &caller, form, &["current_password", "new_password"]).await
        }
    }
}
