//! Rows of flows. No decisions.

use kernel::{Timestamp, tenant::CONSOLE};
use store::{Db, Origin, Query, Row, StoreError, Tx, params, sql};

use super::{
    FlowId,
    machine::Evidence,
    model::{Flow, FlowKey, MAX_TRIES, key},
};

sql! {
    INSERT = "insert into flows (tenant_id, key, user_id, session_id, version, evidence, tries, created_at, expires_at)
              values ($1, $2, $3, $4, $5, $6, 0, $7, $8)";
    FIND = "select user_id, session_id, version, evidence, created_at, expires_at from flows
            where tenant_id = $1 and key = $2 and finished_at is null and expires_at > $3 and tries < $4";
    // Compare-and-set: of two that take the same step, one goes on.
    SAVE = "update flows set version = version + 1, evidence = $4
            where tenant_id = $1 and key = $2 and version = $3 and finished_at is null";
    FINISH = "update flows set finished_at = $4 where tenant_id = $1 and key = $2 and version = $3 and finished_at is null";
    MISS = "update flows set tries = tries + 1 where tenant_id = $1 and key = $2 and finished_at is null returning tries";
    END_ALL = "update flows set finished_at = $3 where tenant_id = $1 and user_id = $2 and finished_at is null";
    system PURGE = "delete from flows where (tenant_id, key) in
                      (select tenant_id, key from flows where expires_at < $1 limit 500)";
}

pub(super) async fn insert(tx: &Tx, flow: &Flow) -> Result<(), StoreError> {
    tx.execute(
        &INSERT,
        params![
            &flow.key(),
            flow.user_id,
            flow.session_id,
            flow.version,
            evidence_text(&flow.evidence),
            flow.created_at,
            flow.expires_at
        ],
    )
    .await
    .map(drop)
}

pub(super) async fn find(db: &impl Query, id: FlowId, now: Timestamp) -> Result<Option<Flow>, StoreError> {
    db.one(&FIND, params![&key(id), now, MAX_TRIES], |row: &Row<'_>| {
        Ok(Flow {
            id,
            user_id: row.get(0)?,
            session_id: row.get(1)?,
            version: row.get(2)?,
            evidence: row.named(3, "evidence", |text| serde_json::from_str(text).ok())?,
            created_at: row.get(4)?,
            expires_at: row.get(5)?,
        })
    })
    .await
}

/// `false` where another request took a step first.
pub(super) async fn save(tx: &Tx, flow: &Flow, evidence: &Evidence) -> Result<bool, StoreError> {
    Ok(tx.execute(&SAVE, params![&flow.key(), flow.version, evidence_text(evidence)]).await? == 1)
}

/// `false` where another request took a step first.
pub(super) async fn finish(tx: &Tx, flow: &Flow, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(&FINISH, params![&flow.key(), flow.version, now]).await? == 1)
}

/// Count a wrong code against the flow.
pub(super) async fn miss(tx: &Tx, flow: &FlowKey) -> Result<(), StoreError> {
    tx.one(&MISS, params![flow], |row| row.get::<u32>(0)).await.map(drop)
}

/// End every pending flow of a user.
pub(crate) async fn end_all(tx: &Tx, user: crate::users::UserId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(&END_ALL, params![user, now]).await.map(drop)
}

pub(super) async fn purge(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    let tx = db.begin_system(Origin::system(CONSOLE)).await?;
    let gone = tx.execute(&PURGE, params![now]).await?;
    tx.commit().await?;
    Ok(gone)
}

fn evidence_text(evidence: &Evidence) -> String {
    serde_json::to_string(evidence).unwrap_or_default()
}
