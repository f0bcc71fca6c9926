//! The profile, with the addresses by which a person is reached.

use edge::{Browser, Endpoint, Failure, Fields, Html, Query, Reply};
use identity::{doors, users::User};
use kernel::ports::SessionCaller;
use macros::endpoint;
use pages::Form;
use serde::Deserialize;
use serde_json::{Value, json};
use tenancy::messaging::{Channel, can_send};

use super::{RoomQuery, signed_in};
use crate::{frame, problem, return_to::ReturnTo, show};

pub(super) const HERE: &str = "/account";

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ProfileForm {
    name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
}

pub(super) fn endpoints() -> [Endpoint; 2] {
    [show_profile(), save_profile()]
}

/// Show one's own profile
#[endpoint(GET "/account", id = "pages.account", silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn show_profile(cx: Browser, query: Query<RoomQuery>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    let user = doors::who(&caller)?.user;
    let form = filled(query.0.form(&cx), user);
    show::page(&cx, "account", &page(&cx, user, &form).await?, &ReturnTo::default())
}

/// Save one's own profile
#[endpoint(POST "/account/profile", id = "pages.account.profile", silent = "a profile that did not change has no event")]
async fn save_profile(cx: Browser, form: Fields<ProfileForm>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    let ProfileForm { name, given_name, family_name } = form.0;
    match doors::update_profile(&cx, &caller, name, given_name, family_name).await {
        Ok(_) => cx.go("/account?done=saved"),
        Err(failure) => refused(&cx, failure, &caller, Form::new(), &["name", "given_name", "family_name"]).await,
    }
}

pub(super) async fn refused(
    cx: &Browser,
    failure: Failure,
    caller: &SessionCaller,
    form: Form,
    fields: &[&'static str],
) -> Reply<Html> {
    let user = doors::who(caller)?.user;
    let form = problem::told(filled(form, user), frame::of(cx).locale(), &failure, fields);
    let page = page(cx, user, &form).await?;
    Err(show::refused(cx, failure, "account", &page, &ReturnTo::default()))
}

fn filled(form: Form, user: &User) -> Form {
    let profile = &user.profile;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    form.value("name", text(&profile.name))
        .value("given_name", text(&profile.given_name))
        .value("family_name", text(&profile.family_name))
}

async fn page(cx: &Browser, user: &User, form: &Form) -> Result<Value, Failure> {
    let display = display(user);
    let monogram = display.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().collect::<String>());
    Ok(json!({
        "form": form, "room": "profile", "display": display, "monogram": monogram.unwrap_or_default(),
        "can_change_email": user.primary_email.is_some(), "addresses": addresses(cx, user).await?,
    }))
}

async fn addresses(cx: &Browser, user: &User) -> Result<Vec<Value>, Failure> {
    let mut addresses = Vec::new();
    if let Some(email) = &user.primary_email {
        let is_verified = email.verified_at.is_some();
        let can_verify = !is_verified && can_send(cx, Channel::Email).await?;
        addresses.push(json!({
            "icon": "mail", "kind": "email", "text": email.address, "verified": is_verified,
            "verify_action": can_verify.then_some("/account/email/verify"),
        }));
    }
    if let Some(phone) = &user.primary_phone {
        let is_verified = phone.verified_at.is_some();
        let can_verify = !is_verified && can_send(cx, Channel::Sms).await?;
        addresses.push(json!({
            "icon": "message", "kind": "phone", "text": phone.number, "verified": is_verified,
            "verify_action": can_verify.then_some("/account/phone/verify"),
        }));
    }
    if let Some(username) = &user.username {
        addresses.push(
            json!({ "icon": "user", "kind": "username", "text": username, "verified": null, "verify_action": null }),
        );
    }
    Ok(addresses)
}

/// What a person is called: the name, or what they sign in with.
pub(super) fn display(user: &User) -> String {
    let name = user.profile.name.clone().or_else(|| user.profile.given_name.clone());
    name.or_else(|| user.primary_email.as_ref().map(|email| email.address.clone()))
        .or_else(|| user.username.clone())
        .or_else(|| user.primary_phone.as_ref().map(|phone| phone.number.clone()))
        .unwrap_or_default()
}
