//! The page of the step that a sign-in waits for. Looking changes nothing.

use edge::{Browser, Endpoint, Failure, FlowCookie, Html, Query, Reply};
use identity::{
    doors::factors,
    flows::{self, FlowId, Outcome, Pending, State},
    identifiers::Contact,
};
use kernel::{ErrorCode, Refusal};
use macros::endpoint;
use pages::Form;
use serde_json::json;
use tenancy::settings_of;

use super::{captcha, factor, password, profile};
use crate::{return_to::ReturnTo, show, sign_in::DoorQuery};

pub(super) fn endpoints() -> [Endpoint; 1] {
    [show_step()]
}

/// Show the next step of a sign-in
#[endpoint(GET "/sign-in/continue", id = "pages.step")]
async fn show_step(cx: Browser, query: Query<DoorQuery>) -> Reply<Html> {
    let to = ReturnTo::checked(&cx, query.0.return_to)?;
    let Some(flow) = flow(&cx) else { return cx.go(&to.via("/sign-in")) };
    match flows::look(&cx, flow).await {
        Ok(Outcome::Pending(pending)) => step(&cx, &pending, &to).await,
        Ok(Outcome::Complete(_)) => cx.go(to.target()),
        Err(failure) if failure.reason() == "flow_not_found" => {
            Ok(cx.go(&to.via("/sign-in"))?.headers(FlowCookie::clear(&cx)))
        }
        Err(failure) => Err(failure),
    }
}

async fn step(cx: &Browser, pending: &Pending, to: &ReturnTo) -> Reply<Html> {
    match pending.state {
        State::SecondFactor => factor::first(cx, pending, to),
        State::Enrolment => {
            let kinds: Vec<_> = factors::enrollable(pending).into_iter().map(factor::kind_view).collect();
            let page = json!({
                "form": Form::new(), "kinds": kinds, "action": "/sign-in/enrol", "return_to": to.as_deref(), "back_href": null,
            });
            show::page(cx, "enrol", &page, to)
        }
        State::Verification => {
            let due = flows::due(&settings_of(cx.tenant()).sign_in, &pending.user);
            let to_prove = due.or_else(|| Contact::of_email(&pending.user));
            let icon = if matches!(to_prove, Some(Contact::Phone(_))) { "message" } else { "mail" };
            let page = json!({
                "form": Form::new(), "kind": "verify", "icon": icon, "to": to_prove.map(|contact| contact.masked()),
                "action": "/sign-in/verification/send", "return_to": to.as_deref(),
            });
            show::page(cx, "ask", &page, to)
        }
        State::PasswordReset => show::page(cx, "reset", &password::page(cx, &Form::new(), to), to),
        State::Captcha => show::page(cx, "captcha", &captcha::page(cx, &Form::new(), to), to),
        State::Profile => profile::first(cx, &lifecycle::profile::questions(cx, pending.flow.id).await?, to),
        State::Refused | State::Complete => cx.go(&to.via("/sign-in")),
    }
}

/// The pending sign-in of this browser.
pub(super) fn flow(cx: &Browser) -> Option<FlowId> {
    FlowCookie::read(cx).and_then(|handle| handle.reveal().parse().ok())
}

/// The same, where there must be one.
pub(super) fn must_have_flow(cx: &Browser) -> Result<FlowId, Failure> {
    let missing = || Refusal::new(ErrorCode::NotFound, "flow_not_found", "The pending sign-in is over. Sign in again.");
    Ok(flow(cx).ok_or_else(missing)?)
}
