//! Rows of the devices that a person signed in from. No decisions.

use std::time::Duration;

use kernel::Timestamp;
use store::{Db, Origin, StoreError, Tx, params, sql};

use super::{Seen, model::this_hour};
use crate::users::UserId;

/// The one that was not seen for longest gives way.
pub(super) const MOST: u32 = 20;

sql! {
    NOTE = "insert into known_devices (tenant_id, user_id, digest, first_seen_at, last_seen_at, hours, latitude, longitude)
            values ($1, $2, $3, $4, $4, $5, $6, $7)
            on conflict (tenant_id, user_id, digest) do update
            set last_seen_at = excluded.last_seen_at, hours = known_devices.hours | excluded.hours,
                latitude = excluded.latitude, longitude = excluded.longitude";
    DROP_OLDEST = "delete from known_devices where tenant_id = $1 and user_id = $2 and digest in
                     (select digest from known_devices where tenant_id = $1 and user_id = $2
                      order by last_seen_at desc limit 1000 offset $3)";
    system PURGE = "delete from known_devices where (tenant_id, user_id, digest) in
                      (select tenant_id, user_id, digest from known_devices where last_seen_at < $1 limit 500)";
}

pub(super) async fn note(tx: &Tx, user: UserId, seen: &Seen, now: Timestamp) -> Result<(), StoreError> {
    let (latitude, longitude) = seen.place.map(|place| (place.latitude, place.longitude)).unzip();
    let values = params![user, seen.device, now, i64::from(this_hour(now)), latitude, longitude];
    tx.execute(&NOTE, values).await.map(drop)
}

pub(super) async fn drop_oldest(tx: &Tx, user: UserId) -> Result<(), StoreError> {
    tx.execute(&DROP_OLDEST, params![user, i64::from(MOST)]).await.map(drop)
}

pub(super) async fn purge(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    const FORGOTTEN_AFTER: Duration = Duration::from_hours(365 * 24);
    let tx = db.begin_system(Origin::system(kernel::tenant::CONSOLE)).await?;
    let gone = tx.execute(&PURGE, params![now - FORGOTTEN_AFTER]).await?;
    tx.commit().await?;
    Ok(gone)
}
