//! Signing out.

use edge::{Browser, Endpoint, Fields, FlowCookie, Html, NoFields, Reply, SessionCookies};
use identity::doors;
use macros::endpoint;
use serde_json::json;

use crate::{again, return_to::ReturnTo, show};

pub(super) fn endpoints() -> [Endpoint; 2] {
    [sign_out(), show_signed_out()]
}

/// Sign out
#[endpoint(POST "/sign-out", id = "pages.sign_out",
    silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn sign_out(cx: Browser, _form: Fields<NoFields>) -> Reply<Html> {
    match cx.session() {
        Some(caller) => doors::sign_out(&cx, caller).await?,
        // The access token may be too old while the session lives: it gets a new one first, and is then ended.
        None => {
            if let Some(reply) = again::resumed(&cx).await? {
                return reply;
            }
        }
    }
    Ok(cx.go("/signed-out")?.headers(SessionCookies::clear(&cx)).headers(FlowCookie::clear(&cx)))
}

/// Show that one is signed out
#[endpoint(GET "/signed-out", id = "pages.signed_out")]
async fn show_signed_out(cx: Browser) -> Reply<Html> {
    let page = json!({ "kind": "signed-out", "icon": "check", "href": "/sign-in" });
    show::page(&cx, "done", &page, &ReturnTo::default())
}
