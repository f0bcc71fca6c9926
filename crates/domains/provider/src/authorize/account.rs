//! Choosing an account (`prompt=select_account`): whoever is signed in, or somebody else.

use edge::{Browser, Endpoint, Fields, Html, Query, Reply};
use identity::users::User;
use macros::endpoint;
use oauth::NextStep;
use serde::Deserialize;
use serde_json::json;

use super::{
    decide::{open_visit, step},
    endpoint::HandleQuery,
    park,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChoiceForm {
    request: Option<String>,
    /// Which button: `continue` or `other`.
    decision: Option<String>,
}

pub(super) fn endpoints() -> [Endpoint; 2] {
    [show_choice(), choose()]
}

/// Show who is signed in
#[endpoint(GET "/oauth2/select-account", id = "pages.oauth2.account")]
async fn show_choice(cx: Browser, query: Query<HandleQuery>) -> Reply<Html> {
    let handle = query.0.request.as_deref();
    let visit = open_visit(&cx, handle).await?;
    let standing = step(&cx, &visit).await?;
    match standing {
        Ok(standing) if standing.step == NextStep::SelectAccount => {
            let page = json!({
                "client": visit.client.name, "request": handle, "who": standing.who.map(|who| name_of(who.user)),
            });
            hosted::shown(&cx, "select-account", &page, &[])
        }
        _ => cx.go(&park::address(handle.unwrap_or_default())),
    }
}

/// Choose an account
#[endpoint(POST "/oauth2/select-account", id = "pages.oauth2.account.choose", silent = "a choice on the way is no event")]
async fn choose(cx: Browser, form: Fields<ChoiceForm>) -> Reply<Html> {
    let mut visit = open_visit(&cx, form.0.request.as_deref()).await?;
    if form.0.decision.as_deref() == Some("continue") {
        visit.asked.has_chosen = true;
        let here = park::keep(&cx, &visit).await?;
        return cx.go(&here);
    }
    let here = park::address(form.0.request.as_deref().unwrap_or_default());
    cx.go(&hosted::sign_in_href(&here, true, None))
}

/// What a person knows themselves by.
pub(crate) fn name_of(user: &User) -> String {
    let email = user.primary_email.as_ref().map(|email| email.address.clone());
    let phone = || user.primary_phone.as_ref().map(|phone| phone.number.clone());
    email.or_else(|| user.username.clone()).or_else(phone).or_else(|| user.profile.name.clone()).unwrap_or_default()
}
