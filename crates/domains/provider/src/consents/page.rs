//! The page that asks.

use edge::{Browser, Endpoint, Fields, Html, Query, Reply};
use identity::doors::Whoever;
use macros::endpoint;
use oauth::NextStep;
use serde::Deserialize;
use serde_json::{Value, json};
use tenancy::settings_of;

use super::words;
use crate::authorize::{self, HandleQuery, Visit};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsentForm {
    request: Option<String>,
    /// Which button: `allow` or `deny`.
    decision: Option<String>,
}

pub(super) fn endpoints() -> [Endpoint; 2] {
    [show_consent(), decide_consent()]
}

/// Show what an application asks for
#[endpoint(GET "/oauth2/consent", id = "pages.oauth2.consent")]
async fn show_consent(cx: Browser, query: Query<HandleQuery>) -> Reply<Html> {
    let handle = query.0.request.unwrap_or_default();
    let visit = authorize::open_visit(&cx, Some(&handle)).await?;
    match authorize::step(&cx, &visit).await? {
        Ok(standing) if standing.step == NextStep::Consent => {
            let targets = [visit.asked.request.redirect_uri.clone()];
            hosted::shown(&cx, "consent", &page(&cx, &visit, standing.who, &handle), &targets)
        }
        _ => cx.go(&authorize::address(&handle)),
    }
}

/// Allow or deny
///
/// What is allowed stands in the request that waits, and nothing of it comes from the form.
#[endpoint(POST "/oauth2/consent", id = "pages.oauth2.consent.decide", silent = "who lost their session is asked to sign in again")]
async fn decide_consent(cx: Browser, form: Fields<ConsentForm>) -> Reply<Html> {
    let handle = form.0.request.unwrap_or_default();
    let visit = authorize::open_visit(&cx, Some(&handle)).await?;
    // Anew: the person may have signed out, or be somebody else by now.
    let standing = match authorize::step(&cx, &visit).await? {
        Ok(standing) if standing.step == NextStep::Consent => standing,
        _ => return cx.go(&authorize::address(&handle)),
    };
    let Some(who) = standing.who else { return cx.go(&authorize::address(&handle)) };
    match form.0.decision.as_deref() {
        Some("allow") => authorize::allow(&cx, visit, who, standing.consent).await,
        Some("deny") => authorize::deny(&cx, visit, who).await,
        _ => cx.go(&format!("/oauth2/consent?request={handle}")),
    }
}

fn page(cx: &Browser, visit: &Visit, who: Option<Whoever<'_>>, handle: &str) -> Value {
    let settings = &settings_of(cx.tenant()).oauth;
    let request = &visit.asked.request;
    json!({
        "request": handle,
        "who": who.map(|who| authorize::name_of(who.user)),
        "client": visit.client.face(&request.redirect_uri),
        "scopes": words::scopes(hosted::locale(cx), &request.consent_scopes(), settings),
        "resources": words::resources(request, settings),
        "details": words::details(request),
    })
}
