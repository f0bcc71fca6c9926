//! How a person proves who they are: all on one page.

use edge::{Browser, Endpoint, Failure, Html, Query, Reply};
use identity::{
    doors::{
        self,
        factors::{self, Choice},
    },
    users::User,
};
use kernel::ports::SessionCaller;
use macros::endpoint;
use pages::Form;
use serde_json::{Value, json};
use tenancy::{
    messaging::{Channel, can_send},
    settings::{MfaFactor, MfaPolicy, SignInMethod},
    settings_of,
};

use super::{RoomQuery, day, identities, signed_in};
use crate::{
    again::{Proof, prove_first},
    frame, problem,
    return_to::ReturnTo,
    show,
    step::{icon, kind_view},
};

pub(super) const HERE: &str = "/account/security";

pub(super) fn endpoints() -> [Endpoint; 1] {
    [show_security()]
}

/// Show how one proves who one is
#[endpoint(GET "/account/security", id = "pages.account.security",
    silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn show_security(cx: Browser, query: Query<RoomQuery>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    let page = page(&cx, &caller, &query.0.form(&cx)).await?;
    show::page(&cx, "security", &page, &ReturnTo::default())
}

/// The page with what was wrong, or the way to prove oneself first where that is what is wrong.
pub(super) async fn refused(
    cx: &Browser,
    failure: Failure,
    caller: &SessionCaller,
    form: Form,
    fields: &[&'static str],
) -> Reply<Html> {
    if failure.reason() == "step_up_required" {
        return prove_first(cx, failure, HERE, Proof::Fresh).await;
    }
    let form = problem::told(form, frame::of(cx).locale(), &failure, fields);
    let page = page(cx, caller, &form).await?;
    Err(show::refused(cx, failure, "security", &page, &ReturnTo::default()))
}

async fn page(cx: &Browser, caller: &SessionCaller, form: &Form) -> Result<Value, Failure> {
    let settings = settings_of(cx.tenant());
    let user = doors::who(caller)?.user;
    let held = factors::own(cx, caller).await?;
    let ways = doors::ways(cx, caller).await?;
    let own: Vec<Value> = held.iter().filter(|factor| is_app_or_message(factor)).map(factor_view).collect();
    let codes_left = held.iter().find(|factor| factor.kind == "recovery_code").map(|set| set.remaining.unwrap_or(0));
    let has_factor = held.iter().any(|factor| factor.kind != "recovery_code");
    let (identities, links) = identities::part(cx, caller).await?;
    let with_codes = settings.mfa.factors.contains(&MfaFactor::RecoveryCode);
    let is_off = settings.mfa.policy == MfaPolicy::Off;
    Ok(json!({
        "form": form, "room": "security", "username": super::profile::display(user),
        "has_password": ways.password, "min_length": settings.passwords.min_length,
        "passkeys": passkeys(cx, caller).await?,
        "factors": (!is_off).then_some(own), "enrol_kinds": addable(cx, &held).await?,
        "can_make_codes": with_codes && has_factor, "codes_left": codes_left.filter(|_| with_codes),
        "identities": identities, "links": links, "can_set_password": can_set_password(cx, user, ways.password),
    }))
}

/// What could be added: each kind once, and codes by message only where messages can be sent.
async fn addable(cx: &Browser, held: &[Choice]) -> Result<Vec<Value>, Failure> {
    let mut kinds = Vec::new();
    for kind in factors::addable(cx) {
        let can_be_had = match kind {
            "totp" => true,
            "sms" => can_send(cx, Channel::Sms).await?,
            "email" => can_send(cx, Channel::Email).await?,
            _ => false,
        };
        if can_be_had && !held.iter().any(|factor| factor.kind == kind) {
            kinds.push(kind_view(kind));
        }
    }
    Ok(kinds)
}

/// Passkeys have a part of their own, recovery codes a line.
fn is_app_or_message(factor: &Choice) -> bool {
    matches!(factor.kind, "totp" | "sms" | "email")
}

fn factor_view(factor: &Choice) -> Value {
    let label = (factor.kind != "totp").then_some(&factor.label);
    json!({ "id": factor.id, "kind": factor.kind, "label": label, "icon": icon(factor.kind), "added": day(factor.created_at) })
}

async fn passkeys(cx: &Browser, caller: &SessionCaller) -> Result<Option<Vec<Value>>, Failure> {
    if !settings_of(cx.tenant()).sign_in.allows(SignInMethod::Passkey) {
        return Ok(None);
    }
    let own = doors::passkeys::own(cx, caller).await?;
    let view = |passkey: doors::passkeys::OwnPasskey| {
        json!({
            "id": passkey.id, "name": passkey.name, "added": day(passkey.created_at),
            "used": passkey.last_used_at.map(day),
        })
    };
    Ok(Some(own.into_iter().map(view).collect()))
}

/// By the message of a forgotten one, which needs a mailbox.
fn can_set_password(cx: &Browser, user: &User, has_one: bool) -> bool {
    !has_one && user.primary_email.is_some() && settings_of(cx.tenant()).sign_in.allows(SignInMethod::Password)
}
