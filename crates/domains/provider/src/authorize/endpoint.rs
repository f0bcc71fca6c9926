//! The doors of the authorization endpoint.

use edge::{Browser, Endpoint, Html, Parameters, Public, Query, Redirect, Reply, redirect};
use macros::endpoint;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    answer::{Way, refuse},
    decide::{Visit, decide, must_be_here},
    park, read,
};
use crate::requests::Kept;

/// What a client asks for (RFC 6749, section 4.1.1; OpenID Connect Core 1.0, section 3.1.2.1).
#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "only documents the parameters, which are read by the rules of the protocol")]
pub(super) struct AuthorizationParameters {
    /// Who asks.
    client_id: String,
    /// `code`.
    response_type: Option<String>,
    /// One of those that are registered, byte for byte.
    redirect_uri: Option<String>,
    /// Space-separated. `openid` for an ID token, `offline_access` for a refresh token.
    scope: Option<String>,
    /// Comes back with the answer.
    state: Option<String>,
    /// `query`, `fragment`, `form_post`, or one of them as a signed JWT: `jwt`, `query.jwt`, `fragment.jwt`, `form_post.jwt`.
    response_mode: Option<String>,
    /// Stands in the ID token.
    nonce: Option<String>,
    /// RFC 7636.
    code_challenge: Option<String>,
    /// `S256`.
    code_challenge_method: Option<String>,
    /// `none`, or some of `login`, `consent`, `select_account`, `create`.
    prompt: Option<String>,
    /// Seconds since the person last proved who they are.
    max_age: Option<String>,
    /// Context classes, the best first.
    acr_values: Option<String>,
    /// Fills the field of the sign-in page.
    login_hint: Option<String>,
    /// An ID token of the person who is meant.
    id_token_hint: Option<String>,
    /// Languages of the pages, the best first.
    ui_locales: Option<String>,
    /// How the client would like the pages shown; they fit every window by themselves.
    display: Option<String>,
    /// Single claims, as JSON (OpenID Connect Core 1.0, section 5.5).
    claims: Option<String>,
    /// RFC 8707; may stand several times.
    resource: Option<String>,
    /// RFC 9396, as JSON.
    authorization_details: Option<String>,
    /// RFC 9449, section 10.
    dpop_jkt: Option<String>,
    /// A signed request object (RFC 9101).
    request: Option<String>,
    /// Of a pushed request (RFC 9126), or registered ahead.
    request_uri: Option<String>,
}

/// Names a request that waits for this browser.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct HandleQuery {
    pub(crate) request: Option<String>,
}

pub(super) fn endpoints() -> [Endpoint; 3] {
    [authorize(), authorize_by_form(), go_on()]
}

/// Authorize an application
///
/// The browser comes with a client's request and leaves with the answer for it. In between the person signs in and agrees, where that
/// is needed.
#[endpoint(GET "/oauth2/authorize", id = "oauth2.authorize", limit = Authorize, silent = "a request that waits for a person is no event yet")]
async fn authorize(cx: Browser, parameters: Parameters<AuthorizationParameters>) -> Reply<Html> {
    take(&cx, parameters.into_pairs(), Way::Straight).await
}

/// Authorize an application by a form
///
/// The same for a request that is too long for an address, or too private. Another site's form brings no cookies along, so that the
/// browser is sent on to look with its own.
#[endpoint(POST "/oauth2/authorize", id = "oauth2.post_authorize", limit = Authorize, silent = "what was asked waits for the browser to come for it")]
async fn authorize_by_form(cx: Public, parameters: Parameters<AuthorizationParameters>) -> Reply<Redirect> {
    redirect(&park::posted(&cx, parameters.into_pairs()).await?)
}

/// Go on with a request that waits
#[endpoint(GET "/oauth2/continue", id = "pages.oauth2.continue", limit = Authorize, silent = "a request that waits for a person is no event yet")]
async fn go_on(cx: Browser, query: Query<HandleQuery>) -> Reply<Html> {
    let row = must_be_here(&cx, query.0.request.as_deref()).await?;
    let handle = query.0.request.unwrap_or_default();
    match row.kept.clone() {
        Kept::Posted(pairs) => take(&cx, pairs, Way::Onward).await,
        Kept::Ask(asked) => {
            let client = super::decide::client_of(&cx, row.client_id).await?;
            let visit = Visit { client, asked: *asked, begun_at: row.created_at, kept: Some((handle, row.hash)) };
            decide(&cx, visit, Way::Onward).await
        }
        Kept::Pushed(_) => Err(super::decide::expired().into()),
    }
}

async fn take(cx: &Browser, pairs: Vec<(String, String)>, way: Way) -> Reply<Html> {
    match read::read(cx, pairs).await {
        Ok((client, asked)) => {
            let visit = Visit { client, asked, begun_at: cx.now(), kept: None };
            decide(cx, visit, way).await
        }
        Err(refused) => refuse(cx, refused, way).await,
    }
}
