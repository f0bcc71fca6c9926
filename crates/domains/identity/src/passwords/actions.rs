use edge::{Context, Failure, refuse};
use kernel::{Id, Secret};
use vault::{Argon2Params, PasswordPool, PoolError};

use super::{
    error::PasswordError,
    event::{PasswordChangeFailed, PasswordChanged},
    store,
};
use crate::{
    challenges::{self, ChallengeKind},
    factors,
    sessions::{self, EndReason},
    users::User,
};

/// Refuse at once where no hash could be taken: before anything is read, and the same for every account.
pub(crate) fn ensure_room(cx: &Context) -> Result<(), PasswordError> {
    let pool = cx.part::<PasswordPool>();
    if pool.has_room() { Ok(()) } else { Err(of_pool(pool, PoolError::Busy)) }
}

/// A new password against the policy, then hashed.
pub(crate) async fn check_and_hash(cx: &Context, password: &Secret, context: &[&str]) -> Result<String, PasswordError> {
    tenancy::settings_of(cx.tenant()).passwords.policy().check(password, context)?;
    let pool = cx.part::<PasswordPool>();
    cx.off_beat(pool.hash(password, params(cx))).await.map_err(|error| of_pool(pool, error))
}

/// A new password of a user who exists or is about to.
pub(crate) async fn hash_new(cx: &Context, password: &Secret, user: &User) -> Result<String, PasswordError> {
    let mut context: Vec<&str> = vec![&cx.tenant().slug];
    context.extend(user.primary_email.as_ref().map(|email| email.address.as_str()));
    context.extend(user.username.as_deref());
    context.extend(user.profile.name.as_deref());
    check_and_hash(cx, password, &context).await
}

/// A hash from elsewhere, if it can ever be verified here.
pub(crate) fn adopt(phc: String) -> Result<String, PasswordError> {
    if vault::is_supported_hash(&phc) { Ok(phc) } else { Err(PasswordError::UnsupportedHash) }
}

/// Is this the password? Costs the same where there is none to compare with.
pub(crate) async fn verify(cx: &Context, password: &Secret, stored: Option<&str>) -> Result<bool, PasswordError> {
    let pool = cx.part::<PasswordPool>();
    let result = match stored {
        Some(phc) => cx.off_beat(pool.verify(password, phc)).await,
        None => cx.off_beat(pool.verify_absent(password, params(cx))).await,
    };
    match result {
        // Too long for any password that was ever set here.
        Err(PoolError::TooLong) => Ok(false),
        result => result.map_err(|error| of_pool(pool, error)),
    }
}

/// The hash again with today's parameters, where yesterday's were other ones.
pub(crate) async fn rehashed(cx: &Context, password: &Secret, phc: &str) -> Option<String> {
    if !vault::needs_rehash(phc, params(cx)) {
        return None;
    }
    // A convenience for later: a full queue is no reason to refuse someone who is already proven.
    cx.part::<PasswordPool>().hash(password, params(cx)).await.ok()
}

/// An administrator's doing: a new password, or the demand for one.
pub(crate) async fn set(
    cx: &Context,
    user: &User,
    password: Option<Secret>,
    must_change: bool,
    end_sessions: bool,
) -> Result<(), Failure> {
    let phc = match &password {
        Some(password) => Some(hash_new(cx, password, user).await?),
        None => None,
    };
    match &phc {
        Some(phc) => put(cx, user.id, phc, must_change).await?,
        None => {
            if must_change && !store::demand_change(cx.tx().await?, user.id).await? {
                return Err(PasswordError::NotSet.into());
            }
        }
    }
    changed(cx, user.id, must_change, end_sessions, None).await
}

/// A person's own doing: the current password proves that it is them.
pub(crate) async fn change(
    cx: &Context,
    user: &User,
    current: &Secret,
    new: &Secret,
    end_others: bool,
) -> Result<(), Failure> {
    confirm(cx, user, current).await?;
    let phc = hash_new(cx, new, user).await?;
    put(cx, user.id, &phc, false).await?;
    let this = cx.session().map(|session| Id::from_uuid(session.session_id));
    changed(cx, user.id, false, end_others, this).await
}

/// That somebody with a session knows the password too.
pub(crate) async fn confirm(cx: &Context, user: &User, current: &Secret) -> Result<(), Failure> {
    let stored = store::find(&cx.read(), user.id).await?.ok_or(PasswordError::NotSet)?;
    if verify(cx, current, Some(&stored.phc)).await? {
        return Ok(());
    }
    cx.tx().await?.emit(&PasswordChangeFailed { user_id: user.id });
    Err(refuse(PasswordError::Wrong))
}

/// A new password in the place of the old one. What would set another is void from now on: a link in a mailbox that somebody reads must
/// not outlive the change that is to keep them out.
pub(crate) async fn put(cx: &Context, user: Id<User>, phc: &str, must_change: bool) -> Result<(), Failure> {
    let tx = cx.tx().await?;
    store::put(tx, user, phc, must_change, cx.now()).await?;
    Ok(challenges::void(tx, user, ChallengeKind::ResetPassword, cx.now()).await?)
}

async fn changed(
    cx: &Context,
    user: Id<User>,
    must_change: bool,
    end_sessions: bool,
    except: Option<sessions::SessionId>,
) -> Result<(), Failure> {
    let tx = cx.tx().await?;
    let sessions_ended =
        if end_sessions { sessions::end_all(tx, user, except, EndReason::PasswordChanged, cx.now()).await? } else { 0 };
    // Trust was given to whoever knew the old one.
    factors::devices::forget_all(tx, user).await?;
    tx.emit(&PasswordChanged { user_id: user, must_change, sessions_ended });
    Ok(())
}

fn params(cx: &Context) -> Argon2Params {
    tenancy::settings_of(cx.tenant()).passwords.params()
}

fn of_pool(pool: &PasswordPool, error: PoolError) -> PasswordError {
    match error {
        PoolError::Busy => PasswordError::Busy(pool.expected_wait()),
        error => PasswordError::Pool(error),
    }
}
