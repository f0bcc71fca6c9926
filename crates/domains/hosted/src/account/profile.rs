//! The profile, and how a person is reached.

use edge::{Browser, Endpoint, Failure, Fields, Html, NoFields, Query, Reply};
use identity::{
    doors,
    identifiers::Contact,
    users::User,
    verification::{self, Request, Whose},
};
use kernel::ports::SessionCaller;
use macros::endpoint;
use pages::Form;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{RoomQuery, signed_in};
use crate::{again::prove_first, frame, problem, return_to::ReturnTo, show};

const HERE: &str = "/account";

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ProfileForm {
    name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EmailForm {
    new_email: Option<String>,
}

pub(super) fn endpoints() -> [Endpoint; 4] {
    [show_profile(), save_profile(), verify_email(), change_email()]
}

/// Show one's own profile
#[endpoint(GET "/account", id = "pages.account", silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn show_profile(cx: Browser, query: Query<RoomQuery>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    let user = doors::who(&caller)?.user;
    let form = filled(query.0.form(&cx), &user);
    show::page(&cx, "account", &page(&user, &form), &ReturnTo::default())
}

/// Save one's own profile
#[endpoint(POST "/account/profile", id = "pages.account.profile", silent = "a profile that did not change has no event")]
async fn save_profile(cx: Browser, form: Fields<ProfileForm>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    let ProfileForm { name, given_name, family_name } = form.0;
    match doors::update_profile(&cx, &caller, name, given_name, family_name).await {
        Ok(_) => cx.go("/account?done=saved"),
        Err(failure) => refused(&cx, failure, &caller, &["name", "given_name", "family_name"]),
    }
}

/// Have one's own email address proven
#[endpoint(POST "/account/email/verify", id = "pages.account.email.verify", limit = SignIn,
    silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn verify_email(cx: Browser, _form: Fields<NoFields>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    let request = Request { whose: Whose::Caller, contact: None, by_code: false, landing: None };
    match verification::send(&cx, request).await {
        Ok(_) => sent(&cx, &own_email(&caller)?),
        Err(failure) => refused(&cx, failure, &caller, &[]),
    }
}

/// Ask for another email address
#[endpoint(POST "/account/email", id = "pages.account.email", limit = SignIn,
    silent = "a browser that comes back gets new tokens, as a refresh does")]
async fn change_email(cx: Browser, form: Fields<EmailForm>) -> Reply<Html> {
    let caller = signed_in!(&cx, HERE);
    let typed = form.0.new_email.unwrap_or_default();
    let email = match doors::contact(&typed) {
        Ok(Contact::Email(email)) => email,
        Ok(_) => return refused(&cx, no_email().into(), &caller, &["new_email"]),
        Err(refusal) => return refused(&cx, refusal.into(), &caller, &["new_email"]),
    };
    match verification::request_change(&cx, &caller, email, None).await {
        Ok(_) => sent(&cx, &typed),
        Err(failure) if failure.reason() == "step_up_required" => prove_first(&cx, failure, HERE).await,
        Err(failure) => refused(&cx, failure, &caller, &["new_email"]),
    }
}

fn no_email() -> kernel::Refusal {
    kernel::Refusal::validation("email", "invalid", "This is not an email address.")
}

fn own_email(caller: &SessionCaller) -> Result<String, Failure> {
    Ok(doors::who(caller)?.user.primary_email.map(|email| email.address).unwrap_or_default())
}

fn sent(cx: &Browser, address: &str) -> Reply<Html> {
    let page = json!({
        "form": Form::new(), "kind": "verify", "channel": "email", "to": address, "asks_code": false,
        "again_href": HERE, "again_label": pages::say(frame::of(cx).locale(), "back"),
    });
    show::page(cx, "sent", &page, &ReturnTo::default())
}

fn refused(cx: &Browser, failure: Failure, caller: &SessionCaller, fields: &[&'static str]) -> Reply<Html> {
    let user = doors::who(caller)?.user;
    let form = problem::told(filled(Form::new(), &user), frame::of(cx).locale(), &failure, fields);
    Err(show::refused(cx, failure, "account", &page(&user, &form), &ReturnTo::default()))
}

fn filled(form: Form, user: &User) -> Form {
    let profile = &user.profile;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    form.value("name", text(&profile.name))
        .value("given_name", text(&profile.given_name))
        .value("family_name", text(&profile.family_name))
}

fn page(user: &User, form: &Form) -> Value {
    let display = display(user);
    let monogram = display.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().collect::<String>());
    json!({
        "form": form, "room": "profile", "display": display, "monogram": monogram.unwrap_or_default(),
        "can_change_email": user.primary_email.is_some(), "addresses": addresses(user),
    })
}

fn addresses(user: &User) -> Vec<Value> {
    let mut addresses = Vec::new();
    if let Some(email) = &user.primary_email {
        let is_verified = email.verified_at.is_some();
        addresses.push(json!({
            "icon": "mail", "kind": "email", "text": email.address, "verified": is_verified,
            "verify_action": (!is_verified).then_some("/account/email/verify"),
        }));
    }
    if let Some(phone) = &user.primary_phone {
        addresses.push(json!({
            "icon": "message", "kind": "phone", "text": phone.number, "verified": phone.verified_at.is_some(), "verify_action": null,
        }));
    }
    if let Some(username) = &user.username {
        addresses.push(json!({ "icon": "user", "kind": "username", "text": username, "verified": null, "verify_action": null }));
    }
    addresses
}

/// What a person is called: the name, or what they sign in with.
pub(super) fn display(user: &User) -> String {
    let name = user.profile.name.clone().or_else(|| user.profile.given_name.clone());
    name.or_else(|| user.primary_email.as_ref().map(|email| email.address.clone()))
        .or_else(|| user.username.clone())
        .or_else(|| user.primary_phone.as_ref().map(|phone| phone.number.clone()))
        .unwrap_or_default()
}
