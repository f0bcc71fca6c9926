//! `/activate`: the page where a person types the code that a device shows (RFC 8628, section 3.3).
//!
//! Looking changes nothing. To go on with a code claims it for this browser, so that who was sent a link with somebody else's code can't
//! be watched for a yes that another browser then gives (section 5.4).

use std::sync::Arc;

use edge::{Browser, Endpoint, Failure, Fields, Html, Limit, Query, Reply};
use identity::doors::{self, Whoever};
use macros::endpoint;
use oauth::{DeviceState, normalize_user_code, scope::OFFLINE_ACCESS};
use pages::Form;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use tenancy::settings_of;

use super::{
    error::DeviceError,
    event::{DeviceApproved, DeviceDenied},
    model::Device,
    store,
};
use crate::{
    clients::{Client, Clients},
    consents,
    grants::{self, Grant, RefreshLine},
};

#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct ActivateQuery {
    /// From the address that the device shows as a picture.
    user_code: Option<String>,
    /// What was decided just before: `approved` or `denied`.
    done: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActivateForm {
    user_code: Option<String>,
    /// Absent, go on with the code; `allow` or `deny`.
    decision: Option<String>,
}

pub(super) fn endpoints() -> [Endpoint; 2] {
    [show_activate(), activate()]
}

/// What a code is known by here: too short for a plain digest, which anybody who saw it could turn around.
pub(super) fn digest(cx: &edge::Context, code: &str) -> [u8; 32] {
    cx.vault().mac("device user code", &[cx.tenant_id().as_bytes(), code.as_bytes()])
}

/// Show where a code is typed
///
/// Where a device sends its owner (RFC 8628, section 3.3), with the code in the address or to be typed. They sign in first.
#[endpoint(GET "/activate", id = "oauth2.activate", limit = Authorize)]
async fn show_activate(cx: Browser, query: Query<ActivateQuery>) -> Reply<Html> {
    let ActivateQuery { user_code, done } = query.0;
    if let Some(done) = done.filter(|done| matches!(done.as_str(), "approved" | "denied")) {
        let icon = if done == "approved" { "check" } else { "alert" };
        let page = json!({ "kind": format!("device-{done}"), "icon": icon, "href": null });
        return hosted::shown(&cx, "done", &page, &[]);
    }
    let code = user_code.as_deref().and_then(normalize_user_code);
    let Some(who) = who(&cx)? else { return sign_in(&cx, code.as_deref()).await };
    if let Some(code) = &code
        && let Some(device) = store::find_by_user_code(&cx.read(), &digest(&cx, code)).await?
        && device.is_open(cx.now())
        && device.claimed_by == Some(browser(&cx))
        && let Some(client) = client(&cx, &device).await?
    {
        return hosted::shown(&cx, "device", &decision_page(&cx, &client, &device, who, code), &[]);
    }
    hosted::shown(&cx, "activate", &code_page(&Form::new().value("user_code", user_code.unwrap_or_default())), &[])
}

/// Go on with a code, or decide
///
/// The form of the page: first the code, then whether the device is let in.
#[endpoint(POST "/activate", id = "oauth2.post_activate", limit = SignIn,
    silent = "to look at a code allows nothing yet; what is decided is told")]
async fn activate(cx: Browser, form: Fields<ActivateForm>) -> Reply<Html> {
    let ActivateForm { user_code, decision } = form.0;
    let typed = user_code.unwrap_or_default();
    let code = normalize_user_code(&typed);
    let Some(who) = who(&cx)? else { return sign_in(&cx, code.as_deref()).await };
    let done = match (&code, decision.as_deref()) {
        (Some(code), None) => claim(&cx, code).await.map(|()| format!("/activate?user_code={code}")),
        (Some(code), Some("allow")) => approve(&cx, code, who).await.map(|()| "/activate?done=approved".to_owned()),
        (Some(code), Some(_)) => deny(&cx, code, who).await.map(|()| "/activate?done=denied".to_owned()),
        (None, _) => Err(missed(&cx)),
    };
    match done {
        Ok(next) => cx.go(&next),
        Err(failure) if failure.refusal().status() >= 500 => Err(failure),
        Err(failure) => {
            let locale = hosted::locale(&cx);
            let key = format!("device-{}", failure.reason());
            let text =
                pages::say(locale, &key).map_or_else(|| failure.message().to_owned(), std::borrow::Cow::into_owned);
            let form = Form::new().value("user_code", typed).error("user_code", text);
            Err(hosted::refused(&cx, failure, "activate", &code_page(&form)))
        }
    }
}

/// Signed in, as somebody and not as a guest.
fn who(cx: &Browser) -> Result<Option<Whoever<'_>>, Failure> {
    let who = cx.session().map(doors::who).transpose()?;
    Ok(who.filter(|who| !who.user.is_anonymous))
}

async fn sign_in(cx: &Browser, code: Option<&str>) -> Reply<Html> {
    // A browser whose access token is too old gets a new one and asks again.
    if cx.session().is_none()
        && let Some(reply) = hosted::resumed(cx).await?
    {
        return reply;
    }
    let here = code.map_or_else(|| "/activate".to_owned(), |code| format!("/activate?user_code={code}"));
    cx.go(&hosted::sign_in_href(&here, false, None))
}

/// Which browser it is: only the one that claimed a code decides about it.
fn browser(cx: &Browser) -> [u8; 32] {
    cx.vault().mac("device browser", &[cx.tenant_id().as_bytes(), cx.id().reveal().as_bytes()])
}

/// A code that leads nowhere counts against all guesses at this application together, beside those of the network (section 5.1).
fn missed(cx: &Browser) -> Failure {
    match cx.count(Limit::TokenUser, cx.tenant_id().uuid()) {
        Ok(()) => DeviceError::Unknown.into(),
        Err(refusal) => refusal.into(),
    }
}

async fn found(cx: &Browser, code: &str) -> Result<Device, Failure> {
    let device = store::find_by_user_code(&cx.read(), &digest(cx, code)).await?;
    device.filter(|device| device.is_open(cx.now())).ok_or_else(|| missed(cx))
}

async fn client(cx: &Browser, device: &Device) -> Result<Option<Arc<Client>>, Failure> {
    let known = cx.part::<Clients>().find(cx.tenant_id(), device.client_id, cx.now()).await?;
    Ok(known.map(|known| Arc::clone(&known.client)).filter(|client| client.is_active()))
}

async fn claim(cx: &Browser, code: &str) -> Result<(), Failure> {
    let device = found(cx, code).await?;
    if client(cx, &device).await?.is_none() {
        return Err(missed(cx));
    }
    if store::claim(cx.tx().await?, &device.hash, &browser(cx), cx.now()).await? {
        Ok(())
    } else {
        Err(DeviceError::OtherBrowser.into())
    }
}

async fn approve(cx: &Browser, code: &str, who: Whoever<'_>) -> Result<(), Failure> {
    let device = found(cx, code).await?;
    let client = client(cx, &device).await?.ok_or_else(|| missed(cx))?;
    let grant = grant(cx, &client, &device, who);
    let tx = cx.tx().await?;
    grants::insert(tx, &grant).await?;
    let state = DeviceState::Approved;
    if !store::decide(tx, &device.hash, &browser(cx), state, Some(grant.id), cx.now()).await? {
        return Err(DeviceError::OtherBrowser.into());
    }
    tx.emit(&DeviceApproved { application_id: client.id, user_id: who.user.id, scope: grant.scope });
    Ok(())
}

async fn deny(cx: &Browser, code: &str, who: Whoever<'_>) -> Result<(), Failure> {
    let device = found(cx, code).await?;
    let tx = cx.tx().await?;
    if !store::decide(tx, &device.hash, &browser(cx), DeviceState::Denied, None, cx.now()).await? {
        return Err(DeviceError::OtherBrowser.into());
    }
    tx.emit(&DeviceDenied { application_id: device.client_id, user_id: who.user.id });
    Ok(())
}

fn grant(cx: &Browser, client: &Client, device: &Device, who: Whoever<'_>) -> Grant {
    let own = client.metadata.refresh_token_lifetime.map(|seconds| std::time::Duration::from_secs(seconds.into()));
    let lifetime = own.unwrap_or_else(|| settings_of(cx.tenant()).oauth.refresh_token_lifetime());
    Grant {
        id: cx.new_id(),
        client_id: client.id,
        user_id: who.user.id,
        session_id: who.session.id,
        scope: device.request.scopes.to_string(),
        resources: device.request.resources.clone(),
        details: json!(device.request.details),
        claims: None,
        auth_time: who.session.authenticated_at,
        aal: who.session.aal(),
        amr: who.session.amr(),
        binding: None,
        is_offline: device.request.scopes.contains(OFFLINE_ACCESS),
        redeem_by: device.expires_at,
        redeemed_at: None,
        refresh: RefreshLine { generation: 1, nonce: cx.env().random(), rotated_at: None, rotated_by: None },
        created_at: cx.now(),
        expires_at: cx.now() + lifetime,
        ended: None,
        has_holdings: who.user.has_holdings,
    }
}

fn code_page(form: &Form) -> Value {
    json!({ "form": form })
}

/// Who asks, for what, and from where and when: the person compares it with the device in front of them.
fn decision_page(cx: &Browser, client: &Client, device: &Device, who: Whoever<'_>, code: &str) -> Value {
    let settings = &settings_of(cx.tenant()).oauth;
    json!({
        "user_code": code,
        "client": { "name": client.name, "description": client.metadata.description },
        "who": who.user.primary_email.as_ref().map(|email| &email.address).or(who.user.username.as_ref()),
        "scopes": consents::scope_words(hosted::locale(cx), &device.request.scopes, settings),
        "place": device.ip,
        "agent": device.user_agent,
        "time": device.created_at.to_string().replace('T', " ").chars().take(16).collect::<String>(),
    })
}
