//! Rows of device codes. No decisions.

use std::time::Duration;

use kernel::Timestamp;
use oauth::DeviceState;
use store::{Query, Row, StoreError, Tx, params, sql};

use super::model::{Device, from_name, name};
use crate::grants::GrantId;

macro_rules! select_devices {
    ($where:literal) => {
        concat!(
            "select hash, user_code_hash, client_id, request, state, claimed_by, grant_id, ip, user_agent, interval_seconds, polled_at,
                    created_at, expires_at
             from oauth_devices
             where tenant_id = $1",
            $where
        )
    };
}

sql! {
    FIND = select_devices!(" and hash = $2");
    FIND_BY_USER_CODE = select_devices!(" and user_code_hash = $2");
    INSERT = "
        insert into oauth_devices (tenant_id, hash, user_code_hash, client_id, request, state, ip, user_agent, interval_seconds,
                                   created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        on conflict do nothing";
    POLLED = "
        update oauth_devices set polled_at = $3, interval_seconds = $4 where tenant_id = $1 and hash = $2 and state = 'pending'";
    // The first browser that looks; the same one may look again.
    CLAIM = "
        update oauth_devices set claimed_by = $3
        where tenant_id = $1 and hash = $2 and state = 'pending' and expires_at > $4 and (claimed_by is null or claimed_by = $3)";
    DECIDE = "
        update oauth_devices set state = $4, grant_id = $5
        where tenant_id = $1 and hash = $2 and claimed_by = $3 and state = 'pending' and expires_at > $6";
    TAKE = "update oauth_devices set state = 'redeemed' where tenant_id = $1 and hash = $2 and state = 'approved'";
}

pub(super) async fn find(db: &impl Query, hash: &[u8; 32]) -> Result<Option<Device>, StoreError> {
    db.one(&FIND, params![&hash[..]], device).await
}

pub(super) async fn find_by_user_code(db: &impl Query, hash: &[u8; 32]) -> Result<Option<Device>, StoreError> {
    db.one(&FIND_BY_USER_CODE, params![&hash[..]], device).await
}

/// `false` where another device shows the same code.
pub(super) async fn insert(tx: &Tx, device: &Device) -> Result<bool, StoreError> {
    let request = serde_json::to_string(&device.request).map_err(|error| StoreError::Internal(error.to_string()))?;
    let inserted = tx
        .execute(
            &INSERT,
            params![
                &device.hash[..],
                &device.user_code_hash[..],
                device.client_id,
                request,
                name(device.state),
                device.ip.as_deref(),
                device.user_agent.as_deref(),
                seconds(device.interval),
                device.created_at,
                device.expires_at
            ],
        )
        .await?;
    Ok(inserted == 1)
}

pub(super) async fn polled(tx: &Tx, hash: &[u8; 32], interval: Duration, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(&POLLED, params![&hash[..], now, seconds(interval)]).await.map(drop)
}

/// `false` where another browser looked first.
pub(super) async fn claim(tx: &Tx, hash: &[u8; 32], browser: &[u8; 32], now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(&CLAIM, params![&hash[..], &browser[..], now]).await? == 1)
}

/// `false` where it was decided, is over, or another browser's to decide.
pub(super) async fn decide(
    tx: &Tx,
    hash: &[u8; 32],
    browser: &[u8; 32],
    state: DeviceState,
    grant: Option<GrantId>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let params = params![&hash[..], &browser[..], name(state), grant, now];
    Ok(tx.execute(&DECIDE, params).await? == 1)
}

/// `false` where it was taken before.
pub(super) async fn take(tx: &Tx, hash: &[u8; 32]) -> Result<bool, StoreError> {
    Ok(tx.execute(&TAKE, params![&hash[..]]).await? == 1)
}

fn seconds(interval: Duration) -> i64 {
    i64::try_from(interval.as_secs()).unwrap_or(i64::MAX)
}

fn device(row: &Row<'_>) -> Result<Device, StoreError> {
    Ok(Device {
        hash: row.get(0)?,
        user_code_hash: row.get(1)?,
        client_id: row.get(2)?,
        request: row.named(3, "a device's request", |text| serde_json::from_str(text).ok())?,
        state: row.named(4, "a device's state", from_name)?,
        claimed_by: row.get(5)?,
        grant_id: row.get(6)?,
        ip: row.get(7)?,
        user_agent: row.get(8)?,
        interval: Duration::from_secs(u64::try_from(row.get::<i64>(9)?).unwrap_or(0)),
        polled_at: row.get(10)?,
        created_at: row.get(11)?,
        expires_at: row.get(12)?,
    })
}
