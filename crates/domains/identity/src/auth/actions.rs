//! Signing up, in and out, once for every door.

use edge::{Context, Failure, refuse};
use kernel::{Id, Secret, ports::SessionCaller};
use tenancy::settings_of;

use super::{
    error::AuthError,
    event::{AttemptRefused, SignInFailed, SignedIn, SignedOut, SignedUp},
    model::{Identifier, Registration, check_sign_up},
};
use crate::{
    passwords,
    sessions::{self, EndReason, Opened},
    users::{self, User, UserError, UserId, UserState},
};

/// The method of RFC 8176 for a password.
const PASSWORD: &str = "pwd";

/// A session for whoever knows the password. Unknown account, wrong password and no password cost the same and answer the same.
pub(crate) async fn sign_in(
    cx: &Context,
    identifier: &Identifier,
    password: &Secret,
) -> Result<(User, Opened), Failure> {
    passwords::ensure_room(cx)?;
    let user = find(cx, identifier).await?;
    let stored = match &user {
        Some(user) => passwords::store::find(&cx.read(), user.id).await?,
        None => None,
    };
    let is_right = passwords::verify(cx, password, stored.as_ref().map(|stored| stored.phc.as_str())).await?;
    let (Some(user), Some(stored), true) = (user.as_ref(), stored, is_right) else {
        let tx = cx.tx().await?;
        match &user {
            Some(user) => tx.emit(&SignInFailed { user_id: user.id, reason: "invalid_credentials" }),
            None => tx.emit(&AttemptRefused { tenant_id: cx.tenant_id(), attempt: "sign_in" }),
        }
        return Err(refuse(AuthError::InvalidCredentials));
    };
    // Only who knows the password learns of the account's state.
    if user.state == UserState::Disabled {
        return Err(failed(cx, user.id, AuthError::AccountDisabled).await);
    }
    if stored.must_change {
        return Err(failed(cx, user.id, AuthError::PasswordMustBeReset).await);
    }
    let rehashed = passwords::rehashed(cx, password, &stored.phc).await;
    let opened = sessions::open(cx, user.id, PASSWORD).await?;
    let tx = cx.tx().await?;
    if let Some(phc) = rehashed {
        passwords::store::replace_hash(tx, user.id, &stored.phc, &phc).await?;
    }
    users::store::note_sign_in(tx, user.id, cx.now()).await?;
    tx.emit(&SignedIn { user_id: user.id, session_id: opened.session.id, amr: vec![PASSWORD.to_owned()] });
    Ok((User { last_sign_in_at: Some(cx.now()), ..user.clone() }, opened))
}

/// An account for whoever asks, where the application takes them. A taken email address or phone number costs the same and
/// answers the same as a free one; a taken username is said, since usernames are public.
pub(crate) async fn sign_up(cx: &Context, registration: Registration) -> Result<Option<UserId>, Failure> {
    passwords::ensure_room(cx)?;
    check_sign_up(&settings_of(cx.tenant()).sign_up, &registration.identifier)?;
    let context: Vec<&str> = vec![registration.identifier.words(), &cx.tenant().slug];
    let phc = passwords::check_and_hash(cx, &registration.password, &context).await.map_err(AuthError::from)?;
    let user = users::blank(cx).change(registration.into_changes(), cx.now()).map_err(AuthError::from)?;
    let tx = cx.tx().await?;
    if !users::store::insert_if_free(tx, &user).await.map_err(UserError::from)? {
        tx.emit(&AttemptRefused { tenant_id: cx.tenant_id(), attempt: "sign_up" });
        return Ok(None);
    }
    passwords::store::put(tx, user.id, &phc, false, cx.now()).await?;
    tx.emit(&SignedUp { user_id: user.id });
    Ok(Some(user.id))
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

async fn failed(cx: &Context, user_id: UserId, error: AuthError) -> Failure {
    let reason = kernel::Refusal::from(error);
    match cx.tx().await {
        Ok(tx) => {
            tx.emit(&SignInFailed { user_id, reason: reason.reason });
            refuse(reason)
        }
        Err(error) => error.into(),
    }
}
