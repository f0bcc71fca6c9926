//! What can be done with users, once for both surfaces: decide, store, emit.

use edge::{Context, Failure};
use kernel::Page;

use super::{
    Delegations, User, UserError, UserState,
    delegations::shut_out,
    erasure::ErasedAlong,
    event::{UserCreated, UserDeleted, UserDisabled, UserEnabled, UserUpdated},
    input::{NewPassword, NewUser, UserChanges, UserFilter, UserKey},
    platform::UserView,
    store,
};
use crate::{passwords, sessions::EndReason};

pub(crate) async fn list(
    cx: &Context,
    filter: &UserFilter,
    request: &kernel::PageRequest<UserKey>,
) -> Result<Page<User, UserKey>, Failure> {
    Ok(store::page(&cx.read(), filter, request).await?)
}

/// A user made by the application, with a password or without.
pub(crate) async fn create(cx: &Context, new: NewUser) -> Result<User, Failure> {
    let user = blank(cx).change(new.changes, cx.now())?;
    // Hashed before the transaction opens: nobody waits for the writer behind a hash.
    let password = match new.password {
        Some(NewPassword::Plain { password, must_change }) => {
            Some((passwords::hash_new(cx, &password, &user).await?, must_change))
        }
        Some(NewPassword::Hashed(phc)) => Some((passwords::adopt(phc)?, false)),
        None => None,
    };
    let tx = cx.tx().await?;
    store::insert(tx, &user).await.map_err(UserError::from)?;
    if let Some((phc, must_change)) = password {
        passwords::store::put(tx, user.id, &phc, must_change, cx.now()).await?;
    }
    tx.emit(&UserCreated { user_id: user.id, user: UserView::from(user.clone()) });
    Ok(user)
}

pub(crate) async fn patch(cx: &Context, user: User, changes: UserChanges) -> Result<User, Failure> {
    cx.expect_version(user.version)?;
    let after = change(cx, &user, changes).await?;
    cx.tx().await?.emit(&UserUpdated { user_id: after.id, user: UserView::from(after.clone()) });
    Ok(after)
}

/// The user after the changes, saved. What has happened is the caller's to tell.
pub(crate) async fn change(cx: &Context, user: &User, changes: UserChanges) -> Result<User, Failure> {
    let after = user.clone().change(changes, cx.now())?;
    save(cx, user, &after).await?;
    Ok(after)
}

/// Somebody new, without a password, saved. What has happened is the caller's to tell.
pub(crate) async fn begin(cx: &Context, changes: UserChanges) -> Result<User, Failure> {
    let user = blank(cx).change(changes, cx.now())?;
    store::insert(cx.tx().await?, &user).await.map_err(UserError::from)?;
    Ok(user)
}

/// Sign-in is refused, sessions and refresh tokens end now, those of applications among them.
pub(crate) async fn disable(cx: &Context, user: User) -> Result<User, Failure> {
    cx.expect_version(user.version)?;
    if user.state == UserState::Disabled {
        return Ok(user);
    }
    let after = user.clone().disable(cx.now());
    save(cx, &user, &after).await?;
    let tx = cx.tx().await?;
    let ended = shut_out(tx, *cx.part::<Delegations>(), after.id, EndReason::UserDisabled, cx.now()).await?;
    tx.emit(&UserDisabled { user_id: after.id, ended_grants: ended.delegations });
    Ok(after)
}

pub(crate) async fn enable(cx: &Context, user: User) -> Result<User, Failure> {
    cx.expect_version(user.version)?;
    if user.state == UserState::Active {
        return Ok(user);
    }
    let after = user.clone().enable(cx.now());
    save(cx, &user, &after).await?;
    cx.tx().await?.emit(&UserEnabled { user_id: after.id });
    Ok(after)
}

/// Erase a person: the row, all that hangs on it, and what is theirs elsewhere. The audit trail learns of it from the event, and keeps
/// the id alone.
pub(crate) async fn delete(cx: &Context, user: &User) -> Result<(), Failure> {
    cx.expect_version(user.version)?;
    let tx = cx.tx().await?;
    // Nobody proves an address between the look at what goes along and the end of the row.
    store::hold(tx, user.id).await?;
    cx.part::<ErasedAlong>().erase(tx, user.id).await?;
    if !store::delete(tx, user.id).await? {
        return Err(UserError::Changed.into());
    }
    tx.emit(&UserDeleted { user_id: user.id });
    Ok(())
}

async fn save(cx: &Context, before: &User, after: &User) -> Result<(), Failure> {
    let saved = store::save(cx.tx().await?, before, after).await.map_err(UserError::from)?;
    if saved { Ok(()) } else { Err(UserError::Changed.into()) }
}

/// Nobody yet; `change` fills it in.
pub(crate) fn blank(cx: &Context) -> User {
    User::nobody(cx.new_id(), cx.now())
}
