//! Signing up, in and out, once for every door.

use edge::{Context, Failure, refuse};
use kernel::{Id, Patch, ports::SessionCaller};
use tenancy::{
    settings::{SignInMethod, SignUpMode},
    settings_of,
};

use super::{
    error::AuthError,
    event::{AttemptRefused, SignInFailed, SignedOut, SignedUp},
    guest,
    model::{Attempt, Identifier, Registration, check_sign_up, must_take},
};
use crate::{
    captcha::{self, Door},
    flows::{self, Arrival, Method, Outcome},
    identifiers::Contact,
    passwords, risk,
    sessions::{self, EndReason},
    throttles::{self, Account},
    users::{self, User, UserChanges, UserError, UserId},
    verification,
};

/// A session, or a flow that asks for more, for whoever knows the password. Unknown account, wrong password and no password cost
/// the same and answer the same.
pub(crate) async fn sign_in(cx: &Context, attempt: Attempt) -> Result<Outcome, Failure> {
    let Attempt { identifier, password, device_token, captcha } = attempt;
    passwords::ensure_room(cx)?;
    must_take(&settings_of(cx.tenant()).sign_in, SignInMethod::Password, identifier.kind())?;
    sessions::ready(cx).await?;
    let user = find(cx, &identifier).await?;
    let account = Account::of(&identifier);
    let seen = risk::look(cx, Some(&account), user.as_ref().map(|user| user.id)).await?;
    throttles::check(cx, &seen)?;
    let captcha = captcha::require(cx, captcha.as_ref(), Door::SignIn).await?;
    let stored = match &user {
        Some(user) => passwords::store::find(&cx.read(), user.id).await?,
        None => None,
    };
    let is_right = passwords::verify(cx, &password, stored.as_ref().map(|stored| stored.phc.as_str())).await?;
    let (user, stored) = match (user, stored) {
        (Some(user), Some(stored)) if is_right => (user, stored),
        (user, _) => {
            cx.answer_evenly();
            throttles::failed(cx, &seen).await?;
            let tx = cx.tx().await?;
            match user {
                Some(user) => tx.emit(&SignInFailed { user_id: user.id, reason: "invalid_credentials" }),
                None => tx.emit(&AttemptRefused { tenant_id: cx.tenant_id(), attempt: "sign_in" }),
            }
            return Err(refuse(AuthError::InvalidCredentials));
        }
    };
    // Hashed before the transaction opens: nobody waits for the writer behind a hash.
    if let Some(phc) = passwords::rehashed(cx, &password, &stored.phc).await {
        passwords::store::replace_hash(cx.tx().await?, user.id, &stored.phc, &phc).await?;
    }
    throttles::succeeded(cx, &seen).await?;
    let arrival = Arrival::new(user, Method::Password);
    let must_reset_password = stored.must_change;
    flows::arrive(cx, Arrival { device_token, must_reset_password, captcha, seen: Some(seen), ..arrival }).await
}

/// An account for whoever asks, where the application takes them. A taken email address or phone number costs the same, answers the
/// same and has one message sent as a free one does; a taken username is said, since usernames are public.
pub(crate) async fn sign_up(cx: &Context, registration: Registration) -> Result<Option<UserId>, Failure> {
    cx.answer_evenly();
    passwords::ensure_room(cx)?;
    let settings = settings_of(cx.tenant());
    must_take(&settings.sign_in, SignInMethod::Password, registration.identifier.kind())?;
    check_sign_up(settings, &registration.identifier)?;
    captcha::require(cx, registration.captcha.as_ref(), Door::SignUp).await?;
    let context: Vec<&str> = vec![registration.identifier.words(), &cx.tenant().slug];
    let phc = passwords::check_and_hash(cx, &registration.password, &context).await.map_err(AuthError::from)?;
    let email = match &registration.identifier {
        Identifier::Email(email) => Some(email.clone()),
        Identifier::Phone(_) | Identifier::Username(_) => None,
    };
    if guest::is_somebody(cx)? {
        return Err(AuthError::SignedInAlready.into());
    }
    let guest = guest::presented(cx).await?;
    let user = guest.clone().unwrap_or_else(|| users::blank(cx));
    let user = user.change(registration.into_changes(), cx.now()).map_err(AuthError::from)?;
    let tx = cx.tx().await?;
    let is_free = match &guest {
        Some(guest) => users::store::save_if_free(tx, guest, &user).await,
        None => users::store::insert_if_free(tx, &user).await,
    };
    let new = is_free.map_err(UserError::from)?.then_some(&user);
    match new {
        Some(user) => {
            passwords::store::put(tx, user.id, &phc, false, cx.now()).await?;
            tx.emit(&SignedUp { user_id: user.id });
        }
        None => tx.emit(&AttemptRefused { tenant_id: cx.tenant_id(), attempt: "sign_up" }),
    }
    if let Some(email) = email {
        verification::greet(cx, &email, new).await?;
    }
    Ok(new.map(|user| user.id))
}

/// A guest: a session of somebody who is nobody yet.
pub(crate) async fn anonymous(cx: &Context, locale: Option<String>) -> Result<Outcome, Failure> {
    if !settings_of(cx.tenant()).sign_in.anonymous {
        return Err(AuthError::MethodOff.into());
    }
    sessions::ready(cx).await?;
    let changes = UserChanges { locale: locale.map_or(Patch::Absent, Patch::Value), ..UserChanges::default() };
    let user = User { is_anonymous: true, ..users::blank(cx) }.change(changes, cx.now()).map_err(AuthError::from)?;
    let tx = cx.tx().await?;
    users::store::insert(tx, &user).await.map_err(UserError::from)?;
    tx.emit(&SignedUp { user_id: user.id });
    flows::arrive(cx, Arrival::new(user, Method::Anonymous)).await
}

/// Does the application take a new person with this address?
pub(crate) fn takes_sign_up(cx: &Context, contact: &Contact) -> Result<(), AuthError> {
    let identifier = match contact {
        Contact::Email(email) => Identifier::Email(email.clone()),
        Contact::Phone(phone) => Identifier::Phone(phone.clone()),
    };
    check_sign_up(settings_of(cx.tenant()), &identifier)
}

/// The same for somebody who comes without an address, as some do by a provider: where domains are listed, nobody does.
pub(crate) fn takes_newcomer(cx: &Context, contact: Option<&Contact>) -> Result<(), AuthError> {
    let is_open = settings_of(cx.tenant()).sign_up.mode == SignUpMode::Open;
    match contact {
        Some(contact) => takes_sign_up(cx, contact),
        None if is_open => Ok(()),
        None => Err(AuthError::SignUpClosed),
    }
}

/// End the session that asks.
pub(crate) async fn sign_out(cx: &Context, caller: &SessionCaller) -> Result<(), Failure> {
    let (user_id, session_id) = (Id::from_uuid(caller.user_id), Id::from_uuid(caller.session_id));
    sessions::end(cx, user_id, session_id, EndReason::SignedOut).await?;
    cx.tx().await?.emit(&SignedOut { user_id, session_id });
    Ok(())
}

async fn find(cx: &Context, identifier: &Identifier) -> Result<Option<User>, Failure> {
    let read = cx.read();
    Ok(match identifier {
        Identifier::Email(email) => users::store::find_by_email(&read, email).await?,
        Identifier::Phone(phone) => users::store::find_by_phone(&read, phone).await?,
        Identifier::Username(username) => users::store::find_by_username(&read, username).await?,
    })
}
