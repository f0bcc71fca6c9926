//! What pages of other domains need of the pages here: the frame, and the doors that lead back to them.

use edge::{Browser, Failure, Html, Reply};
use kernel::ports::SessionCaller;
use pages::Locale;
use serde_json::Value;

use crate::{frame, return_to::ReturnTo, show, step};

/// The language that the reader chose, or the best for what the browser asks.
pub fn locale(cx: &Browser) -> Locale {
    frame::of(cx).locale()
}

/// 200 with the page `name` of the crate `pages`. `targets` are the addresses that its forms may lead to beside this site.
pub fn shown(cx: &Browser, name: &str, page: &Value, targets: &[String]) -> Reply<Html> {
    cx.page(show::written(cx, name, page)?, targets, &[])
}

/// The same with pages of others in it: `frames` are their addresses.
pub fn shown_with_frames(cx: &Browser, name: &str, page: &Value, frames: &[String]) -> Reply<Html> {
    cx.page(show::written(cx, name, page)?, &[], frames)
}

/// A refusal with the page `name` for a face.
pub fn refused(cx: &Browser, failure: Failure, name: &str, page: &Value) -> Failure {
    match show::written(cx, name, page) {
        Ok(text) => cx.refused(failure, text, &[], &[]),
        Err(refusal) => refusal.into(),
    }
}

/// The door, and from there to a page of this site. `is_forced`: whoever is signed in proves it once more.
pub fn sign_in_href(page: &str, is_forced: bool, login_hint: Option<&str>) -> String {
    let mut href = ReturnTo::here(page).via("/sign-in");
    if is_forced {
        href.push_str("&prompt=login");
    }
    href + &hint(login_hint)
}

/// The way to a new account, and from there to a page of this site.
pub fn sign_up_href(page: &str, login_hint: Option<&str>) -> String {
    ReturnTo::here(page).via("/sign-up") + &hint(login_hint)
}

/// A flow in which the session is raised to `level`; then back to a page of this site.
pub async fn step_up(cx: &Browser, caller: &SessionCaller, level: u8, page: &str) -> Reply<Html> {
    let outcome = identity::flows::step_up(cx, caller, level).await?;
    step::go_on(cx, outcome, &ReturnTo::here(page))
}

fn hint(login_hint: Option<&str>) -> String {
    let encoded = |hint: &str| serde_urlencoded::to_string([("login_hint", hint)]).unwrap_or_default();
    login_hint.map(|hint| format!("&{}", encoded(hint))).unwrap_or_default()
}
