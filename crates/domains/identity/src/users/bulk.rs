//! Many users at once, and two that become one: what import, export and merge need of this slice. The rules stay here; which rows
//! come in which order is the caller's affair.

use kernel::{Id, Timestamp};
use store::{Query, Row, StoreError, Tx, params, sql};

use super::{
    Delegations, User, UserChanges, UserError, UserId, delegations,
    store::{self as rows, user_at, user_columns, user_joins},
};
use crate::{
    challenges::{self, ChallengeKind},
    identifiers::{EmailAddress, PhoneNumber},
    passwords,
    sessions::{self, EndReason},
};

sql! {
    HOLDERS = "select 'id', id from users where tenant_id = $1 and id = $2
               union all select 'external_id', id from users where tenant_id = $1 and external_id = $3
               union all select 'primary_email', user_id from user_emails where tenant_id = $1 and address_key = $4
               union all select 'primary_phone', user_id from user_phones where tenant_id = $1 and number = $5
               union all select 'username', id from users where tenant_id = $1 and username_key = $6";
    PAGE = concat!(
        "select w.phc, w.must_change, ", user_columns!(), " from users u", user_joins!(),
        " left join passwords w on w.tenant_id = u.tenant_id and w.user_id = u.id
          where u.tenant_id = $1 and u.id > $2 order by u.id limit $3");
    // Locks the row where the database locks rows, and changes nothing.
    HOLD = "update users set version = version where tenant_id = $1 and id = $2 and version = $3";
}

/// Who has the identifiers of a user that is to be, by the field's name.
pub type Holders = Vec<(String, UserId)>;

/// A user and the hash of their password.
pub struct WithPassword {
    pub user: User,
    pub password_hash: Option<String>,
    pub must_change: bool,
}

/// The user after the changes, as everywhere.
pub fn changed(user: User, changes: UserChanges, now: Timestamp) -> Result<User, UserError> {
    user.change(changes, now)
}

pub async fn find(db: &impl Query, id: UserId) -> Result<Option<User>, StoreError> {
    rows::find(db, id).await
}

/// Whoever has one of these identifiers, this user's own row included.
pub async fn holders(
    db: &impl Query,
    id: Option<UserId>,
    external_id: Option<&str>,
    email: Option<&EmailAddress>,
    phone: Option<&PhoneNumber>,
    username_key: Option<&str>,
) -> Result<Holders, StoreError> {
    let values = params![id, external_id, email.map(EmailAddress::key), phone.map(PhoneNumber::as_str), username_key];
    db.all(&HOLDERS, values, |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?))).await
}

/// A user with their password's hash. Whoever calls knows that the identifiers are free.
pub async fn insert(tx: &Tx, new: &WithPassword, now: Timestamp) -> Result<(), StoreError> {
    let user = &new.user;
    rows::insert(tx, user).await?;
    if let Some(at) = user.last_sign_in_at {
        rows::note_sign_in(tx, user.id, at).await?;
    }
    if let Some(phc) = &new.password_hash {
        passwords::store::put(tx, user.id, phc, new.must_change, now).await?;
    }
    Ok(())
}

/// `false` where somebody else was faster.
pub async fn save(tx: &Tx, before: &User, after: &User) -> Result<bool, StoreError> {
    rows::save(tx, before, after).await
}

pub async fn has_password(db: &impl Query, id: UserId) -> Result<bool, StoreError> {
    Ok(passwords::store::find(db, id).await?.is_some())
}

pub async fn put_password(tx: &Tx, id: UserId, phc: &str, must_change: bool, now: Timestamp) -> Result<(), StoreError> {
    passwords::store::put(tx, id, phc, must_change, now).await?;
    challenges::void(tx, id, ChallengeKind::ResetPassword, now).await
}

/// The next users behind `after`, in the order of their ids, which is that of their making.
pub async fn page(db: &impl Query, after: UserId, limit: u32) -> Result<Vec<WithPassword>, StoreError> {
    db.all(&PAGE, params![after, limit], |row: &Row<'_>| {
        Ok(WithPassword {
            password_hash: row.get(0)?,
            must_change: row.get::<Option<bool>>(1)?.unwrap_or_default(),
            user: user_at(row, 2)?,
        })
    })
    .await
}

/// Hold the row until the transaction ends; `false` where it is no longer of this version.
pub async fn hold(tx: &Tx, user: &User) -> Result<bool, StoreError> {
    Ok(tx.execute(&HOLD, params![user.id, user.version]).await? == 1)
}

/// The row and all that still hangs on it.
pub async fn remove(tx: &Tx, id: UserId) -> Result<bool, StoreError> {
    rows::delete(tx, id).await
}

/// End all sessions of a user; how many ended.
pub async fn end_sessions(tx: &Tx, id: UserId, reason: EndReason, now: Timestamp) -> Result<u64, StoreError> {
    sessions::end_all(tx, id, None, reason, now).await
}

/// End all that speaks for a user who was disabled, as everywhere.
pub async fn shut_out(tx: &Tx, delegations: Delegations, id: UserId, now: Timestamp) -> Result<(), StoreError> {
    delegations::shut_out(tx, delegations, id, EndReason::UserDisabled, now).await.map(drop)
}

/// The lowest id there can be: the page behind it is the first.
pub const FIRST: UserId = Id::from_u128(0);
