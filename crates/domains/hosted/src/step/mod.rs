//! The steps between a first proof and a session: a captcha, the second factor, an enrolment, an address, another password, questions.

mod address;
mod captcha;
mod enrolment;
mod factor;
mod password;
mod pending;
mod profile;
mod questions;

use edge::{Browser, Endpoint, FlowCookie, Html, Reply};
use identity::{doors, flows::Outcome};
use kernel::Secret;

use crate::return_to::ReturnTo;

pub(crate) use enrolment::{Enrolment, address_form, address_page, ask_address, codes_page, enrolling, needs_address};
pub(crate) use factor::{icon, kind_view, plain};

/// As long as a flow lives.
const FLOW: std::time::Duration = std::time::Duration::from_mins(15);

pub(crate) fn endpoints() -> Vec<Endpoint> {
    let steps = pending::endpoints().into_iter().chain(factor::endpoints()).chain(enrolment::endpoints());
    let steps = steps.chain(address::endpoints()).chain(password::endpoints());
    steps.chain(captcha::endpoints()).chain(profile::endpoints()).collect()
}

/// What follows a proof: the cookies and the way back, or the page of the next step.
pub(crate) fn go_on(cx: &Browser, outcome: Outcome, to: &ReturnTo) -> Reply<Html> {
    match outcome {
        Outcome::Complete(completed) => {
            let cookies = doors::session_cookies(cx, &completed);
            Ok(cx.go(to.target())?.headers(cookies).headers(FlowCookie::clear(cx)))
        }
        Outcome::Pending(pending) => {
            let handle = Secret::new(pending.flow.id.to_string());
            Ok(cx.go(&to.via("/sign-in/continue"))?.headers(FlowCookie::set(cx, &handle, FLOW)))
        }
    }
}
