//! Trusted devices: where a person passed a second factor and asked not to be asked again for some days.
//!
//! A token of 256 random bits in a cookie or with the application; its digest in the store, under its user. It stands for the
//! second factor alone: whoever holds it still has to prove the first. A new password and a reset of second factors end all.

use std::time::Duration;

use edge::{Context, Failure, TrustedDeviceCookie};
use kernel::{Id, Secret, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Db, Origin, Query, Row, StoreError, Tx, params, sql};
use vault::OpaqueToken;

use super::event::DevicesForgotten;
use crate::{sessions::Device, users::UserId};

const PREFIX: &str = "pc_td_";
/// The oldest gives way: a forgotten browser is no reason to refuse a new one.
const MOST: u32 = 20;

/// One trusted device, as its person sees it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TrustedDevice {
    pub(crate) id: Id<Self>,
    pub(crate) device: Device,
    pub(crate) ip: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) expires_at: Timestamp,
}

kernel::resource! { TrustedDevice, prefix: "tdv", noun: "trusted_device" }

sql! {
    INSERT = "insert into trusted_devices (tenant_id, id, user_id, token_digest, device, ip, created_at, expires_at)
              values ($1, $2, $3, $4, $5, $6, $7, $8)";
    DROP_OLDEST = "delete from trusted_devices where tenant_id = $1 and id in
                     (select id from trusted_devices where tenant_id = $1 and user_id = $2 order by id desc limit 1000 offset $3)";
    FIND = "select id from trusted_devices where tenant_id = $1 and user_id = $2 and token_digest = $3 and expires_at > $4";
    NOTE_USE = "update trusted_devices set last_used_at = $3 where tenant_id = $1 and id = $2";
    LIST = "select id, device, ip, created_at, last_used_at, expires_at from trusted_devices
            where tenant_id = $1 and user_id = $2 and expires_at > $3
            order by id desc limit 100";
    DELETE = "delete from trusted_devices where tenant_id = $1 and user_id = $2 and id = $3";
    DELETE_ALL = "delete from trusted_devices where tenant_id = $1 and user_id = $2";
    system PURGE = "delete from trusted_devices where (tenant_id, id) in
                      (select tenant_id, id from trusted_devices where expires_at < $1 limit 500)";
}

/// Trust the device that asks, where the application lets people. The token, and how long it is good.
pub(super) async fn trust(cx: &Context, user: UserId) -> Result<Option<(Secret, Duration)>, Failure> {
    let Some(lifetime) = tenancy::settings_of(cx.tenant()).mfa.trusted_device_lifetime() else { return Ok(None) };
    let token = OpaqueToken::generate(&*cx.env().entropy, PREFIX);
    let device = serde_json::to_string(&Device::of(cx.user_agent())).unwrap_or_else(|_| "{}".to_owned());
    let values = params![
        cx.new_id::<TrustedDevice>(),
        user,
        digest(&token),
        device,
        cx.ip().map(|ip| ip.to_string()),
        cx.now(),
        cx.now() + lifetime
    ];
    let tx = cx.tx().await?;
    tx.execute(&INSERT, values).await?;
    tx.execute(&DROP_OLDEST, params![user, MOST]).await?;
    Ok(Some((token, lifetime)))
}

/// Does whoever signs in as this user come from a device that they trusted? `token` is the body's; without one the cookie's is
/// looked at. Another user's token, an old one and none are the same.
pub(crate) async fn is_trusted(cx: &Context, user: UserId, token: Option<&Secret>) -> Result<bool, Failure> {
    if tenancy::settings_of(cx.tenant()).mfa.trusted_device_lifetime().is_none() {
        return Ok(false);
    }
    let Some(token) = token.cloned().or_else(|| TrustedDeviceCookie::read(cx)) else { return Ok(false) };
    let found: Option<Id<TrustedDevice>> =
        cx.read().one(&FIND, params![user, digest(&token), cx.now()], |row| row.get(0)).await?;
    let Some(id) = found else { return Ok(false) };
    cx.tx().await?.execute(&NOTE_USE, params![id, cx.now()]).await?;
    Ok(true)
}

/// The trusted devices of a person, newest first.
pub(super) async fn list(cx: &Context, user: UserId) -> Result<Vec<TrustedDevice>, StoreError> {
    cx.read().all(&LIST, params![user, cx.now()], trusted_device).await
}

/// `false` where the person has no such device.
pub(super) async fn forget(tx: &Tx, user: UserId, id: Id<TrustedDevice>) -> Result<bool, StoreError> {
    let is_gone = tx.execute(&DELETE, params![user, id]).await? == 1;
    if is_gone {
        tx.emit(&DevicesForgotten { user_id: user, count: 1 });
    }
    Ok(is_gone)
}

/// Every device of a person is asked again. How many there were.
pub(crate) async fn forget_all(tx: &Tx, user: UserId) -> Result<u64, StoreError> {
    let count = tx.execute(&DELETE_ALL, params![user]).await?;
    if count > 0 {
        tx.emit(&DevicesForgotten { user_id: user, count });
    }
    Ok(count)
}

/// Forget devices whose days are over, in small bites. How many are gone.
pub(crate) async fn purge(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    let tx = db.begin_system(Origin::system(kernel::tenant::CONSOLE)).await?;
    let gone = tx.execute(&PURGE, params![now]).await?;
    tx.commit().await?;
    Ok(gone)
}

fn digest(token: &Secret) -> [u8; 32] {
    vault::digest(token.reveal().as_bytes())
}

fn trusted_device(row: &Row<'_>) -> Result<TrustedDevice, StoreError> {
    Ok(TrustedDevice {
        id: row.get(0)?,
        device: row.named(1, "JSON", |text| serde_json::from_str(text).ok())?,
        ip: row.get(2)?,
        created_at: row.get(3)?,
        last_used_at: row.get(4)?,
        expires_at: row.get(5)?,
    })
}
