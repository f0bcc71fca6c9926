//! Rows of passkeys. No decisions.

use kernel::Timestamp;
use store::{Query, Row, StoreError, Tx, params, sql};
use uuid::Uuid;

use super::{Passkey, PasskeyId, model::OtherWays};
use crate::users::{
    User, UserId,
    store::{hold, user_at, user_columns, user_joins},
};

/// What [`passkey`] reads.
macro_rules! passkey_columns {
    () => {
        "k.id, k.user_id, k.credential_id, k.public_key, k.sign_count, k.aaguid, k.attested, k.backup_eligible, k.backed_up,
         k.transports, k.name, k.created_at, k.last_used_at"
    };
}

/// How many they are.
const COLUMNS: usize = 13;

sql! {
    FIND = concat!("select ", passkey_columns!(), " from passkeys k where k.tenant_id = $1 and k.user_id = $2 and k.id = $3");
    OF_USER = concat!("select ", passkey_columns!(), " from passkeys k where k.tenant_id = $1 and k.user_id = $2 order by k.id");
    WITH_USER = concat!(
        "select ", passkey_columns!(), ", ", user_columns!(),
        " from passkeys k join users u on u.tenant_id = k.tenant_id and u.id = k.user_id", user_joins!(),
        " where k.tenant_id = $1 and k.credential_id = $2");
    // A credential is one person's: whoever comes second with the same id gets nothing.
    INSERT = "insert into passkeys (tenant_id, id, user_id, credential_id, public_key, sign_count, aaguid, attested, backup_eligible,
                                    backed_up, transports, name, created_at)
              values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
              on conflict (tenant_id, credential_id) do nothing";
    // The counter is compared where it is kept: of two that present the same count, one changes the row.
    USED = "update passkeys set sign_count = $3, backed_up = $4, last_used_at = $5
            where tenant_id = $1 and id = $2 and (sign_count < $3 or (sign_count = 0 and $3 = 0))";
    RENAME = "update passkeys set name = $4 where tenant_id = $1 and user_id = $2 and id = $3";
    DELETE = "delete from passkeys where tenant_id = $1 and user_id = $2 and id = $3";
    DELETE_ALL = "delete from passkeys where tenant_id = $1 and user_id = $2";
    OTHER_WAYS = "select (select count(*) from passkeys where tenant_id = $1 and user_id = $2 and id <> $3),
                         exists (select 1 from passwords where tenant_id = $1 and user_id = $2),
                         exists (select 1 from user_emails where tenant_id = $1 and user_id = $2 and verified_at is not null),
                         exists (select 1 from user_phones where tenant_id = $1 and user_id = $2 and verified_at is not null)";
}

/// A passkey of this person.
pub(super) async fn find(db: &impl Query, user: UserId, id: PasskeyId) -> Result<Option<Passkey>, StoreError> {
    db.one(&FIND, params![user, id], passkey).await
}

/// All that a person has, oldest first; a person has few.
pub(super) async fn of_user(db: &impl Query, user: UserId) -> Result<Vec<Passkey>, StoreError> {
    db.all(&OF_USER, params![user], passkey).await
}

/// The passkey of this credential and whose it is, in one read.
pub(super) async fn find_with_user(
    db: &impl Query,
    credential_id: &[u8],
) -> Result<Option<(Passkey, User)>, StoreError> {
    db.one(&WITH_USER, params![credential_id], |row| Ok((passkey(row)?, user_at(row, COLUMNS)?))).await
}

/// `false` where somebody has the credential already.
pub(super) async fn insert(tx: &Tx, passkey: &Passkey) -> Result<bool, StoreError> {
    let values = params![
        passkey.id,
        passkey.user_id,
        &passkey.credential_id,
        &passkey.public_key,
        passkey.sign_count,
        passkey.aaguid,
        passkey.attested,
        passkey.backup_eligible,
        passkey.backed_up,
        &passkey.transports,
        &passkey.name,
        passkey.created_at
    ];
    Ok(tx.execute(&INSERT, values).await? == 1)
}

/// `false` where the counter did not rise, because another request was faster, or the passkey is gone.
pub(super) async fn note_use(
    tx: &Tx,
    id: PasskeyId,
    sign_count: u32,
    backed_up: bool,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(tx.execute(&USED, params![id, sign_count, backed_up, now]).await? == 1)
}

pub(super) async fn rename(tx: &Tx, user: UserId, id: PasskeyId, name: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(&RENAME, params![user, id, name]).await? == 1)
}

pub(super) async fn delete(tx: &Tx, user: UserId, id: PasskeyId) -> Result<bool, StoreError> {
    Ok(tx.execute(&DELETE, params![user, id]).await? == 1)
}

pub(super) async fn delete_all(tx: &Tx, user: UserId) -> Result<u64, StoreError> {
    tx.execute(&DELETE_ALL, params![user]).await
}

/// The ways in that are left without this passkey, held still until the transaction ends.
pub(super) async fn other_ways(tx: &Tx, user: UserId, without: PasskeyId) -> Result<OtherWays, StoreError> {
    hold(tx, user).await?;
    let ways = tx
        .one(&OTHER_WAYS, params![user, without], |row| {
            Ok(OtherWays {
                passkeys: row.get(0)?,
                has_password: row.get(1)?,
                has_proven_email: row.get(2)?,
                has_proven_phone: row.get(3)?,
                identities: 0,
            })
        })
        .await?;
    Ok(ways.unwrap_or_default())
}

fn passkey(row: &Row<'_>) -> Result<Passkey, StoreError> {
    Ok(Passkey {
        id: row.get(0)?,
        user_id: row.get(1)?,
        credential_id: row.get(2)?,
        public_key: row.get(3)?,
        sign_count: row.get(4)?,
        aaguid: row.get::<Uuid>(5)?,
        attested: row.get(6)?,
        backup_eligible: row.get(7)?,
        backed_up: row.get(8)?,
        transports: row.get(9)?,
        name: row.get(10)?,
        created_at: row.get(11)?,
        last_used_at: row.get(12)?,
    })
}
