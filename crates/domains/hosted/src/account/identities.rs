//! One's own accounts at providers: linking, which takes the browser there and back, and unlinking.

use edge::{Browser, Endpoint, Failure, Fields, Html, Named, NoFields, Query, Reply};
use federation::doors::{self, OwnIdentity};
use kernel::{Secret, ports::SessionCaller};
use macros::endpoint;
use pages::Form;
use serde::Deserialize;
use serde_json::{Value, json};
use tenancy::{
    providers::{self, Provider},
    settings::SignInMethod,
    settings_of,
};

use super::{
    day,
    security::{self, HERE},
    signed_in,
};
use crate::{
    providers::{BackQuery, refused, verifier},
    return_to::ReturnTo,
    show,
};

const BACK: &str = "/account/identities/back";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProviderForm {
    provider: String,
}

pub(super) fn endpoints() -> [Endpoint; 3] {
    [begin_link(), finish_link(), unlink()]
}

/// Begin to connect an account at a provider
///
/// A page with the way there: a form's own redirects may not leave this site.
#[endpoint(POST "/account/identities", id = "pages.account.identities.begin", limit = SignIn,
    silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn begin_link(cx: Browser, form: Fields<ProviderForm>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    let back = format!("{}{BACK}", cx.tenant().issuer);
    let challenge = federation::code_challenge(&verifier(&cx));
    match doors::begin_link(&cx, &caller, &form.0.provider, back, challenge).await {
        Ok(url) => {
            let name = named(&providers::enabled(&cx).await?, &form.0.provider);
            let page = json!({ "provider": name, "mark": form.0.provider, "href": url, "back_href": HERE });
            show::page(&cx, "leave", &page, &ReturnTo::default())
        }
        Err(failure) => security::refused(&cx, failure, &caller, Form::new(), &[]).await,
    }
}

/// Come back from a provider with an account to connect
#[endpoint(GET "/account/identities/back", id = "pages.account.identities.back", limit = SignIn,
    silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn finish_link(cx: Browser, query: Query<BackQuery>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    let BackQuery { code, error, .. } = query.0;
    let linked = match (code, error.as_deref()) {
        (Some(code), _) => doors::complete_link(&cx, &caller, &code, &Secret::new(verifier(&cx))).await,
        // Who changed their mind is back where they were.
        (None, Some("access_denied")) => return cx.go(HERE),
        (None, error) => Err(refused(error).into()),
    };
    match linked {
        Ok(()) => cx.go("/account/security?done=saved"),
        Err(failure) => security::refused(&cx, failure, &caller, Form::new(), &[]).await,
    }
}

/// Disconnect an account at a provider
#[endpoint(POST "/account/identities/{identity}/remove", id = "pages.account.identities.remove",
    silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn unlink(cx: Browser, identity: Named, _form: Fields<NoFields>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    match doors::unlink(&cx, &caller, &identity.0).await {
        Ok(()) => cx.go("/account/security?done=removed"),
        Err(failure) => security::refused(&cx, failure, &caller, Form::new(), &[]).await,
    }
}

/// The accounts that are connected, and the providers that could be; nothing where the application has none of either.
pub(super) async fn part(cx: &Browser, caller: &SessionCaller) -> Result<(Option<Vec<Value>>, Vec<Value>), Failure> {
    let own = doors::own(cx, caller).await?;
    let is_offered = settings_of(cx.tenant()).sign_in.allows(SignInMethod::Social);
    let enabled = if is_offered { providers::enabled(cx).await? } else { Vec::new() };
    let view = |identity: &OwnIdentity| {
        json!({
            "id": identity.id, "mark": identity.provider, "name": named(&enabled, &identity.provider),
            "label": identity.label, "added": day(identity.created_at),
        })
    };
    let links = enabled
        .iter()
        .filter(|provider| !own.iter().any(|identity| identity.provider == provider.slug.as_str()))
        .map(|provider| json!({ "mark": provider.slug.as_str(), "name": provider.title() }));
    let links: Vec<Value> = links.collect();
    let rows = own.iter().map(view).collect();
    Ok(((!own.is_empty() || !links.is_empty()).then_some(rows), links))
}

/// What people call it; one that is gone keeps its name in the settings.
fn named(enabled: &[Provider], slug: &str) -> String {
    let known = enabled.iter().find(|provider| provider.slug.as_str() == slug);
    known.map_or_else(|| slug.to_owned(), |provider| provider.title().to_owned())
}
