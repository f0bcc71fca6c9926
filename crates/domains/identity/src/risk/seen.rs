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

/// What is known of an attempt under the keys `$3`, `$4` and `$5` and of the devices of `$user`, for [`Seen::take`]: in the columns of
/// `factors::held_rows`, so that one read can bring both.
macro_rules! seen_rows {
    ($user:literal) => {
        concat!(
            "select t.key, 'tally', null, null, t.last_failed_at, cast(null as bigint), t.failures, cast(null as bigint)
             from throttles t
             where t.tenant_id = $1 and t.key in ($3, $4, $5)
             union all
             select d.digest, 'device', null, null, d.last_seen_at, d.latitude, d.hours, d.longitude
             from known_devices d
             where d.tenant_id = $1 and d.user_id = ", $user)
    };
}

pub(crate) use seen_rows;

sql! {
    LOOK = seen_rows!("$2");
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

    /// Of an attempt from here, before anything is read.
    pub(crate) fn begin(cx: &Context, account: Option<&Account>) -> Self {
        let place = cx.ip().and_then(|ip| cx.part::<Intelligence>().place(ip));
        Self { keys: Keys::of(cx, account), tallies: Vec::new(), devices: Vec::new(), device: digest(cx), place }
    }

    /// What is looked for: that of the pair, of the account and of the network.
    pub(crate) fn sought(&self) -> [[u8; 32]; 3] {
        [Scope::Pair, Scope::Account, Scope::Network].map(|scope| *self.keys.get(scope))
    }

    /// Take in a row of [`seen_rows`], whose columns begin at `at`. `false` where it is somebody else's row.
    pub(crate) fn take(&mut self, row: &Row<'_>, at: usize) -> Result<bool, StoreError> {
        match row.get::<String>(at + 1)?.as_str() {
            "tally" => {
                let tally = Tally { failures: row.get(at + 6)?, last_failed_at: row.get(at + 4)? };
                self.tallies.extend(self.keys.scope_of(&row.get(at)?).map(|scope| (scope, tally)));
            }
            "device" => self.devices.push(known_device(row, at)?),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// Look, once for each attempt. Without a user the same is asked about nobody.
pub(crate) async fn look(cx: &Context, account: Option<&Account>, user: Option<UserId>) -> Result<Seen, Failure> {
    let mut seen = Seen::begin(cx, account);
    // Nobody has the nil id.
    let user = user.unwrap_or(Id::from_u128(0));
    let [pair, account, network] = seen.sought();
    cx.read().all(&LOOK, params![user, pair, account, network], |row| seen.take(row, 0)).await?;
    Ok(seen)
}

fn known_device(row: &Row<'_>, at: usize) -> Result<KnownDevice, StoreError> {
    let (latitude, longitude): (Option<i64>, Option<i64>) = (row.get(at + 5)?, row.get(at + 7)?);
    Ok(KnownDevice {
        digest: row.get(at)?,
        hours: row.get(at + 6)?,
        last_seen_at: row.get(at + 4)?,
        place: latitude.zip(longitude).map(|(latitude, longitude)| Place { latitude, longitude }),
    })
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
