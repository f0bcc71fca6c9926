//! What the store knows of an attempt: one read for the throttles and the score together.

use edge::{Context, Failure};
use kernel::Id;
use store::{Query, Row, StoreError, params, sql};

use super::{Intelligence, model::KnownDevice, places::Place};
use crate::{
    sessions::Device,
    throttles::{Account, Keys, Scope, Tally, neighbourhood},
    users::UserId,
};

sql! {
    LOOK = "select key, failures, last_failed_at, null, null, true from throttles
             where tenant_id = $1 and key in ($2, $3, $4)
            union all
            select digest, hours, last_seen_at, latitude, longitude, false from known_devices
             where tenant_id = $1 and user_id = $5";
}

/// Who attempts, from where, and what happened before.
#[derive(Clone, Debug)]
pub struct Seen {
    pub(crate) keys: Keys,
    pub(crate) tallies: Vec<(Scope, Tally)>,
    pub(crate) devices: Vec<KnownDevice>,
    /// Of the device that attempts.
    pub(super) device: [u8; 32],
    pub(super) place: Option<Place>,
}

impl Seen {
    /// Did the person sign in from this device before?
    pub(crate) fn is_known_device(&self) -> bool {
        self.devices.iter().any(|device| device.digest == self.device)
    }
}

/// Look, once for each attempt. Without a user the same is asked about nobody.
pub(crate) async fn look(cx: &Context, account: Option<&Account>, user: Option<UserId>) -> Result<Seen, Failure> {
    let keys = Keys::of(cx, account);
    // Nobody has the nil id.
    let user = user.unwrap_or(Id::from_u128(0));
    let scopes = [Scope::Pair, Scope::Account, Scope::Network].map(|scope| *keys.get(scope));
    let values = params![scopes[0], scopes[1], scopes[2], user];
    let found = cx.read().all(&LOOK, values, found).await?;
    let (mut tallies, mut devices) = (Vec::new(), Vec::new());
    for row in found {
        match row {
            Found::Tally(key, tally) => tallies.extend(keys.scope_of(&key).map(|scope| (scope, tally))),
            Found::Device(device) => devices.push(device),
        }
    }
    let place = cx.ip().and_then(|ip| cx.part::<Intelligence>().place(ip));
    Ok(Seen { keys, tallies, devices, device: digest(cx), place })
}

enum Found {
    Tally([u8; 32], Tally),
    Device(KnownDevice),
}

fn found(row: &Row<'_>) -> Result<Found, StoreError> {
    let is_tally: bool = row.get(5)?;
    if is_tally {
        return Ok(Found::Tally(row.get(0)?, Tally { failures: row.get(1)?, last_failed_at: row.get(2)? }));
    }
    let (latitude, longitude): (Option<i64>, Option<i64>) = (row.get(3)?, row.get(4)?);
    Ok(Found::Device(KnownDevice {
        digest: row.get(0)?,
        hours: row.get(1)?,
        last_seen_at: row.get(2)?,
        place: latitude.zip(longitude).map(|(latitude, longitude)| Place { latitude, longitude }),
    }))
}

/// What tells a device apart without following anybody: its network, and what kind of program it says it is.
fn digest(cx: &Context) -> [u8; 32] {
    let Device { browser, os, is_mobile } = Device::of(cx.user_agent());
    let network = neighbourhood(cx.ip());
    let parts = [browser.unwrap_or_default(), os.unwrap_or_default()];
    let tenant = cx.tenant_id();
    cx.vault()
        .mac("device", &[tenant.as_bytes(), &network, parts[0].as_bytes(), parts[1].as_bytes(), &[u8::from(is_mobile)]])
}
