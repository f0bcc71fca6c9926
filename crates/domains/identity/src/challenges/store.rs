//! Rows of challenges. No decisions.

use std::time::Duration;

use kernel::{Timestamp, tenant::CONSOLE};
use serde_json::Value;
use store::{Db, Origin, Query, Row, StoreError, Tx, params, sql};

use super::{
    ChallengeId,
    model::{Challenge, ChallengeKind, MAX_TRIES, NewChallenge, channel_of},
};
use crate::{flows::FlowKey, users::UserId};

sql! {
    INSERT = "insert into challenges (tenant_id, id, kind, secret_mac, user_id, subject_mac, channel, flow_key,
                                      browser_digest, payload, tries, created_at, expires_at)
              values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12)";
    // One statement takes it: of fifty that redeem it at once, one gets the row.
    TAKE = "update challenges set used_at = $5
            where tenant_id = $1 and id = $2 and kind = $3 and secret_mac = $4 and used_at is null and expires_at > $5 and tries < $6
              and (browser_digest is null or browser_digest = $7 or $8)
            returning id, user_id, flow_key, payload, created_at";
    LOOK = "select id, user_id, flow_key, payload, created_at from challenges
            where tenant_id = $1 and id = $2 and kind = $3 and secret_mac = $4 and used_at is null and expires_at > $5 and tries < $6";
    MISS = "update challenges set tries = tries + 1
            where tenant_id = $1 and id = $2 and kind = $3 and used_at is null and tries < $4
            returning tries";
    VOID = "update challenges set used_at = $4 where tenant_id = $1 and user_id = $2 and kind = $3 and used_at is null";
    COUNT_TO_ADDRESS = "select count(*), min(created_at) from challenges where tenant_id = $1 and subject_mac = $2 and created_at > $3";
    COUNT_SMS = "select count(*), min(created_at) from challenges where tenant_id = $1 and channel = 'sms' and created_at > $2";
    system PURGE = "delete from challenges where (tenant_id, id) in
                      (select tenant_id, id from challenges where expires_at < $1 limit 500)";
}

/// The keyed digests of a new challenge.
pub(super) struct Digests {
    pub(super) secret: [u8; 32],
    pub(super) subject: Option<[u8; 32]>,
    pub(super) browser: Option<[u8; 32]>,
}

pub(super) async fn insert(
    tx: &Tx,
    id: ChallengeId,
    new: &NewChallenge<'_>,
    digests: &Digests,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        &INSERT,
        params![
            id,
            new.kind.name(),
            &digests.secret,
            new.user,
            digests.subject.map(Vec::from),
            new.subject.map(|subject| channel_of(subject).as_str()),
            new.flow.map(|key| key.to_vec()),
            digests.browser.map(Vec::from),
            new.payload.to_string(),
            now,
            now + new.lifetime
        ],
    )
    .await
    .map(drop)
}

/// Who presents a challenge, and with what.
pub(super) struct Presented {
    pub(super) id: ChallengeId,
    pub(super) kind: ChallengeKind,
    pub(super) secret: [u8; 32],
    pub(super) browser: Option<[u8; 32]>,
    /// May another browser than the one that asked redeem it?
    pub(super) any_browser: bool,
}

pub(super) async fn take(tx: &Tx, presented: &Presented, now: Timestamp) -> Result<Option<Challenge>, StoreError> {
    tx.one(
        &TAKE,
        params![
            presented.id,
            presented.kind.name(),
            &presented.secret,
            now,
            MAX_TRIES,
            presented.browser.map(Vec::from),
            presented.any_browser
        ],
        challenge,
    )
    .await
}

pub(super) async fn look(
    db: &impl Query,
    presented: &Presented,
    now: Timestamp,
) -> Result<Option<Challenge>, StoreError> {
    db.one(&LOOK, params![presented.id, presented.kind.name(), &presented.secret, now, MAX_TRIES], challenge).await
}

/// Count a wrong code; how many there were, `None` where the challenge is dead or was never.
pub(super) async fn miss(tx: &Tx, id: ChallengeId, kind: ChallengeKind) -> Result<Option<u32>, StoreError> {
    tx.one(&MISS, params![id, kind.name(), MAX_TRIES], |row| row.get(0)).await
}

/// Void every outstanding challenge of one kind that a user has.
pub async fn void(tx: &Tx, user: UserId, kind: ChallengeKind, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(&VOID, params![user, kind.name(), now]).await.map(drop)
}

/// How many since then, and when the oldest of them was made.
pub(super) type Counted = (u32, Option<Timestamp>);

pub(super) async fn count_to_address(
    db: &impl Query,
    subject: &[u8; 32],
    since: Timestamp,
) -> Result<Counted, StoreError> {
    Ok(db.one(&COUNT_TO_ADDRESS, params![subject, since], counted).await?.unwrap_or_default())
}

pub(super) async fn count_sms(db: &impl Query, since: Timestamp) -> Result<Counted, StoreError> {
    Ok(db.one(&COUNT_SMS, params![since], counted).await?.unwrap_or_default())
}

pub(super) async fn purge(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    // The caps look back over a day.
    const KEPT_AFTER_THE_END: Duration = Duration::from_hours(24);
    let tx = db.begin_system(Origin::system(CONSOLE)).await?;
    let gone = tx.execute(&PURGE, params![now - KEPT_AFTER_THE_END]).await?;
    tx.commit().await?;
    Ok(gone)
}

fn counted(row: &Row<'_>) -> Result<Counted, StoreError> {
    Ok((row.get(0)?, row.get(1)?))
}

fn challenge(row: &Row<'_>) -> Result<Challenge, StoreError> {
    Ok(Challenge {
        id: row.get(0)?,
        user_id: row.get(1)?,
        flow: row.get::<Option<Vec<u8>>>(2)?.and_then(|bytes| FlowKey::try_from(bytes).ok()),
        payload: row.named(3, "JSON", |text| serde_json::from_str::<Value>(text).ok())?,
        created_at: row.get(4)?,
    })
}
