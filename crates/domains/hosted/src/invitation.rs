//! Signing up on an invitation: the address is the invitation's, and proven by it.

use edge::{Browser, Endpoint, Failure, Fields, Html, Reply};
use kernel::{Refusal, Secret};
use lifecycle::invitations::{self, Acceptance, Invitation};
use macros::endpoint;
use pages::{Form, say};
use serde::Deserialize;
use serde_json::{Value, json};
use tenancy::{settings::SignInMethod, settings_of};

use crate::{frame, links, problem, return_to::ReturnTo, show, step};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InvitationForm {
    invitation_token: Option<Secret>,
    name: Option<String>,
    password: Option<Secret>,
    /// Which button: `password` or `none`.
    how: Option<String>,
    return_to: Option<String>,
    #[expect(dead_code, reason = "there for whoever remembers passwords")]
    username: Option<String>,
}

pub(crate) fn endpoints() -> [Endpoint; 1] {
    [accept_invitation()]
}

/// Where the link of an invitation leads.
pub(crate) async fn show(cx: &Browser, token: &str, to: &ReturnTo) -> Reply<Html> {
    let token = match links::token(token) {
        Ok(token) => Secret::new(token),
        Err(refusal) => return Err(refused(cx, refusal.into(), to)),
    };
    match invitations::look(cx, &token).await {
        Ok(invitation) => {
            let form = Form::new().value("name", invitation.name.clone().unwrap_or_default());
            show::page(cx, "invited", &page(cx, &token, &invitation, &form, to), to)
        }
        Err(failure) => Err(refused(cx, failure, to)),
    }
}

/// Sign up on an invitation
#[endpoint(POST "/sign-up/invitation", id = "pages.sign_up.invitation", limit = SignIn)]
async fn accept_invitation(cx: Browser, form: Fields<InvitationForm>) -> Reply<Html> {
    let InvitationForm { invitation_token, name, password, how, return_to, .. } = form.0;
    let to = ReturnTo::checked(&cx, return_to)?;
    let missing = |field| Refusal::validation(field, "required", "This field is required.");
    let token = invitation_token.ok_or_else(|| missing("invitation_token"))?;
    let typed = Form::new().value("name", name.clone().unwrap_or_default());
    let locale = frame::of(&cx).locale();
    // A field that was left empty arrives as none, and is no wish for an account without a password.
    let outcome = if how.as_deref() == Some("password") && password.is_none() {
        Err(missing("password").into())
    } else {
        let password = password.filter(|_| how.as_deref() != Some("none"));
        let acceptance = Acceptance { password, name, locale: locale.code().to_owned() };
        Box::pin(invitations::accept(&cx, &token, acceptance)).await
    };
    match outcome {
        Ok(outcome) => step::go_on(&cx, outcome, &to),
        Err(failure) if is_over(&failure) => Err(refused(&cx, failure, &to)),
        Err(failure) => match invitations::look(&cx, &token).await {
            Ok(invitation) => {
                let form = problem::told(typed, locale, &failure, &["name", "password"]);
                Err(show::refused(&cx, failure, "invited", &page(&cx, &token, &invitation, &form, &to), &to))
            }
            Err(failure) => Err(refused(&cx, failure, &to)),
        },
    }
}

/// Is there nothing that another try with this form could change?
fn is_over(failure: &Failure) -> bool {
    matches!(failure.reason(), "invalid_token" | "account_exists" | "already_signed_in")
}

/// A page that says why the invitation leads nowhere, and where to go instead.
fn refused(cx: &Browser, failure: Failure, to: &ReturnTo) -> Failure {
    let locale = frame::of(cx).locale();
    let (title, text, href, link) = match failure.reason() {
        "invalid_token" => ("error-invitation-title", "error-invitation-text", "/sign-in", "back-to-sign-in"),
        "account_exists" => ("error-invitation-title", "reason-account_exists", "/sign-in", "sign-in-link"),
        "already_signed_in" => ("error-title", "reason-already_signed_in", "/account", "done-signed-in-button"),
        _ => return failure,
    };
    let page = json!({
        "title": say(locale, title), "text": say(locale, text), "href": href, "link": say(locale, link),
        "request_id": cx.request_id(),
    });
    show::refused(cx, failure, "error", &page, to)
}

fn page(cx: &Browser, token: &Secret, invitation: &Invitation, form: &Form, to: &ReturnTo) -> Value {
    let settings = settings_of(cx.tenant());
    let passwordless = settings.sign_in.passwordless_sign_up;
    json!({
        "form": form, "token": token.reveal(), "email": invitation.email,
        "password": settings.sign_in.allows(SignInMethod::Password) || !passwordless, "passwordless": passwordless,
        "min_length": settings.passwords.min_length, "sign_in_href": to.via("/sign-in"), "return_to": to.as_deref(),
    })
}
