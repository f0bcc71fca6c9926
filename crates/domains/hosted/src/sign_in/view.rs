//! The page of the door.

use edge::{Browser, Failure};
use pages::Form;
use serde_json::{Value, json};

use crate::{
    captcha::{self, Door},
    client, frame,
    options::Options,
    problem,
    return_to::ReturnTo,
    show,
};

/// What was typed into the first field, which a page may show again.
#[derive(Clone, Default)]
pub(crate) struct Typed(pub(crate) String);

impl Typed {
    /// No longer than the field takes.
    pub(crate) fn of(text: Option<String>) -> Self {
        Self(text.unwrap_or_default().chars().take(320).collect())
    }

    pub(crate) fn form(&self) -> Form {
        if self.0.is_empty() { Form::new() } else { Form::new().value("identifier", self.0.clone()) }
    }
}

/// The door with what was wrong.
pub(super) async fn refused(cx: &Browser, failure: Failure, typed: &Typed, to: &ReturnTo) -> Failure {
    let form = problem::told(typed.form(), frame::of(cx).locale(), &failure, &["identifier", "password"]);
    match page(cx, &form, to).await {
        Ok(page) => show::refused(cx, failure, "sign-in", &page, to),
        Err(failure) => failure,
    }
}

pub(super) async fn page(cx: &Browser, form: &Form, to: &ReturnTo) -> Result<Value, Failure> {
    let options = Options::of(cx, to).await?;
    Ok(json!({
        "form": form, "identifier": options.identifier, "has_form": options.has_form(), "password": options.password,
        "link": options.link, "code": options.code && !options.link, "passkey": options.passkey,
        "providers": options.providers, "sign_up": options.sign_up, "sign_up_href": to.via("/sign-up"),
        "captcha": captcha::at(cx, Door::SignIn), "return_to": to.as_deref(),
        "client": client::behind(cx, to).await,
    }))
}
