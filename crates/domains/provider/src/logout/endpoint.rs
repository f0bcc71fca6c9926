//! The doors of logout.

use edge::{
    Browser, Endpoint, Failure, Fields, FlowCookie, Html, Parameters, Public, Redirect, Reply, SessionCookies, redirect,
};
use http::{HeaderName, HeaderValue};
use identity::doors::{self, Whoever};
use macros::endpoint;
use oauth::{EndingSession, HintVerdict, LogoutDecision, LogoutRequest, front_channel_url};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::store;
use crate::{
    authorize,
    clients::{self, Clients},
    error::refused,
    grants::{self, GrantEnd},
    tokens,
};

const SIGNED_OUT: &str = "/signed-out";
/// Seconds in which the frames are loaded.
const MOMENT: u8 = 2;

/// RP-Initiated Logout 1.0, section 2.
#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "only documents the parameters, which are read by the rules of the protocol")]
struct LogoutParameters {
    /// An ID token of the session that is to end; it may have expired. Without one the person is asked.
    id_token_hint: Option<String>,
    /// The client, where there is no ID token to name it.
    client_id: Option<String>,
    /// One of those that are registered, byte for byte.
    post_logout_redirect_uri: Option<String>,
    /// Comes back with the browser.
    state: Option<String>,
    /// Who is to sign out, as the client knows them.
    logout_hint: Option<String>,
    /// Languages of the pages, the best first.
    ui_locales: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfirmForm {
    id_token_hint: Option<String>,
    client_id: Option<String>,
    post_logout_redirect_uri: Option<String>,
    state: Option<String>,
    /// Which button: `yes` or `no`.
    decision: Option<String>,
}

/// A wish to sign out, and what is known of it.
struct Wish<'c> {
    request: LogoutRequest,
    decision: LogoutDecision,
    who: Option<Whoever<'c>>,
}

pub(super) fn endpoints() -> [Endpoint; 3] {
    [log_out(), log_out_by_form(), confirm()]
}

/// Sign out
///
/// At a client's wish. With an ID token of this very session it ends at once; else the person is asked. The browser goes on to a
/// registered address, or to a page that says that the session is over. The other clients of the session are told.
#[endpoint(GET "/oauth2/logout", id = "oauth2.logout", silent = "nobody may be signed in, and the session says itself that it ended")]
async fn log_out(cx: Browser, parameters: Parameters<LogoutParameters>) -> Reply<Html> {
    if cx.session().is_none()
        && let Some(reply) = hosted::resumed(&cx).await?
    {
        return reply;
    }
    let parameters = oauth::Parameters::from_pairs(parameters.into_pairs()).map_err(refused)?;
    let wish = wish(&cx, LogoutRequest::read(&parameters)).await?;
    if wish.decision.must_ask && wish.who.is_some() {
        let targets: Vec<String> = wish.decision.redirect_to.iter().cloned().collect();
        return hosted::shown(&cx, "sign-out", &page(&wish), &targets);
    }
    end(&cx, &wish).await
}

/// Sign out by a form
///
/// The same. Another site's form brings no cookies along, so that the browser is sent on to look with its own.
#[endpoint(POST "/oauth2/logout", id = "oauth2.post_logout", silent = "the browser is only sent on")]
async fn log_out_by_form(_cx: Public, parameters: Parameters<LogoutParameters>) -> Reply<Redirect> {
    let parameters = oauth::Parameters::from_pairs(parameters.into_pairs()).map_err(refused)?;
    let query = serde_urlencoded::to_string(parameters.pairs()).unwrap_or_default();
    redirect(&format!("/oauth2/logout?{query}"))
}

/// Say whether one meant to sign out
#[endpoint(POST "/oauth2/logout/confirm", id = "pages.oauth2.logout", silent = "the session says itself that it ended")]
async fn confirm(cx: Browser, form: Fields<ConfirmForm>) -> Reply<Html> {
    let ConfirmForm { id_token_hint, client_id, post_logout_redirect_uri, state, decision } = form.0;
    let request =
        LogoutRequest { id_token_hint, client_id, post_logout_redirect_uri, state, ..LogoutRequest::default() };
    if cx.session().is_none()
        && let Some(reply) = hosted::resumed(&cx).await?
    {
        return reply;
    }
    let wish = wish(&cx, request).await?;
    if decision.as_deref() == Some("yes") { end(&cx, &wish).await } else { cx.go("/account") }
}

async fn wish(cx: &Browser, request: LogoutRequest) -> Result<Wish<'_>, Failure> {
    let mut hint = authorize::hinted(cx, request.id_token_hint.as_deref()).await?;
    let client = match request.client_id(&hint).map_err(refused)? {
        Some(client_id) => clients::find_public(cx, client_id).await?,
        None => None,
    };
    // A token of a client that is gone proves nothing of anybody who is here now.
    if client.is_none() && matches!(hint, HintVerdict::Good(_)) {
        hint = HintVerdict::Bad;
    }
    let who = cx.session().map(doors::who).transpose()?;
    let names = match (&client, who) {
        (Some(client), Some(who)) => {
            Some((tokens::subject(cx, client, who.user.id)?, tokens::session_name(cx, client, who.session.id)))
        }
        // Whoever is signed in is somebody, even where no client knows them by a name.
        (None, Some(_)) => Some((String::new(), String::new())),
        (_, None) => None,
    };
    let session = names.as_ref().map(|(sub, sid)| EndingSession { sub, sid });
    let metadata = client.as_ref().map(|client| &client.metadata);
    let decision = request.decide(&hint, metadata, session).map_err(refused)?;
    Ok(Wish { request, decision, who })
}

fn page(wish: &Wish<'_>) -> serde_json::Value {
    let LogoutRequest { id_token_hint, client_id, post_logout_redirect_uri, state, .. } = &wish.request;
    json!({
        "who": wish.who.map(|who| authorize::name_of(who.user)),
        "id_token_hint": id_token_hint, "client_id": client_id,
        "post_logout_redirect_uri": post_logout_redirect_uri, "state": state,
    })
}

/// The session is over, and the browser goes on.
async fn end(cx: &Browser, wish: &Wish<'_>) -> Reply<Html> {
    let frames = match wish.who {
        Some(who) => frames(cx, who).await?,
        None => Vec::new(),
    };
    if let (Some(who), Some(caller)) = (wish.who, cx.session()) {
        doors::sign_out(cx, caller).await?;
        grants::end_of_session(cx.tx().await?, who.user.id, who.session.id, GrantEnd::SignedOut, cx.now()).await?;
    }
    let to = wish.decision.redirect_to.as_deref().unwrap_or(SIGNED_OUT);
    let reply = if frames.is_empty() { cx.go(to)? } else { with_frames(cx, &frames, to)? };
    Ok(reply.headers(SessionCookies::clear(cx)).headers(FlowCookie::clear(cx)))
}

/// The addresses at which clients hear of it in the browser (Front-Channel Logout 1.0, section 3).
async fn frames(cx: &Browser, who: Whoever<'_>) -> Result<Vec<String>, Failure> {
    let mut frames = Vec::new();
    for id in store::clients_of_session(&cx.read(), who.user.id, who.session.id, cx.now()).await? {
        let Some(known) = cx.part::<Clients>().find(cx.tenant_id(), id, cx.now()).await? else { continue };
        let Some(uri) = &known.client.metadata.frontchannel_logout_uri else { continue };
        let sid = known.client.metadata.frontchannel_logout_session_required;
        let sid = sid.then(|| tokens::session_name(cx, &known.client, who.session.id));
        frames.extend(front_channel_url(uri, &cx.tenant().issuer, sid.as_deref()));
    }
    Ok(frames)
}

/// A page with the frames, which leads on by itself once they have had a moment.
fn with_frames(cx: &Browser, frames: &[String], to: &str) -> Reply<Html> {
    let shown = hosted::shown_with_frames(cx, "signing-out", &json!({ "frames": frames, "href": to }), frames)?;
    let refresh = HeaderValue::from_str(&format!("{MOMENT}; url={to}")).ok();
    Ok(shown.headers(refresh.map(|refresh| (HeaderName::from_static("refresh"), refresh))))
}
