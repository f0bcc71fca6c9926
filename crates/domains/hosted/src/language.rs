//! Choosing a language.

use std::time::Duration;

use edge::{Browser, Endpoint, Html, LanguageCookie, Named, Query, Reply};
use kernel::Refusal;
use macros::endpoint;
use pages::Locale;
use schemars::JsonSchema;
use serde::Deserialize;

const KEPT: Duration = Duration::from_hours(365 * 24);

/// Where the person was.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct LanguageQuery {
    page: Option<String>,
}

pub(crate) fn endpoints() -> [Endpoint; 1] {
    [choose_language()]
}

/// Choose the language of the pages
#[endpoint(GET "/language/{locale}", id = "pages.language")]
async fn choose_language(cx: Browser, locale: Named, query: Query<LanguageQuery>) -> Reply<Html> {
    let locale = Locale::of_tag(&locale.0).ok_or_else(Refusal::not_found)?;
    let page = query.0.page.filter(|page| is_page(page)).unwrap_or_else(|| "/sign-in".to_owned());
    Ok(cx.go(&page)?.headers(LanguageCookie::set(&cx, locale.code(), KEPT)))
}

pub(crate) fn link(locale: Locale, page: &str) -> String {
    let query = serde_urlencoded::to_string([("page", page)]).unwrap_or_default();
    format!("/language/{}?{query}", locale.code())
}

/// The page that shows what an address belongs to: forms are sent to addresses that show nothing themselves. Tokens of links stay
/// out of it, since they would stand in the history twice.
pub(crate) fn page_of(here: &str) -> &str {
    const PAGES: [&str; 5] = ["/account/security", "/account/sessions", "/account", "/sign-up", "/recover"];
    let path = here.split('?').next().unwrap_or_default();
    if matches!(path, "/sign-in" | "/sign-up") && !here.contains("token=") {
        return here;
    }
    if matches!(path, "/oauth2/consent" | "/oauth2/select-account") {
        return here;
    }
    if path.starts_with("/sign-in/") && path != "/sign-in/step-up" && path != "/sign-in/social" {
        return "/sign-in/continue";
    }
    PAGES.into_iter().find(|page| path.starts_with(page)).unwrap_or("/sign-in")
}

fn is_page(page: &str) -> bool {
    crate::return_to::is_local(page) && page_of(page) == page
}
