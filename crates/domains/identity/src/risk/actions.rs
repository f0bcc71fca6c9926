//! Scoring an attempt whose first proof was right, and remembering the device of one that succeeded.

use edge::{Context, Failure};
use serde_json::json;
use tenancy::{messaging::Template, settings::RiskMode, settings_of};

use super::{
    Intelligence, Seen, devices,
    event::{NewDevice, SignalRaised},
    model::{Attempt, is_worth_a_note, score},
};
use crate::{flows::Method, notices, users::User};

/// A score below is noise, and no event is written for it.
const NOTABLE: u8 = 20;

/// 0 to 100. Guests are nobody yet, so nothing speaks against them.
pub(crate) async fn assess(cx: &Context, user: &User, method: Method, seen: &Seen) -> Result<u8, Failure> {
    if method == Method::Anonymous || settings_of(cx.tenant()).risk.mode == RiskMode::Off {
        return Ok(0);
    }
    let attempt = Attempt {
        now: cx.now(),
        user_agent: cx.user_agent(),
        is_listed: cx.ip().is_some_and(|ip| cx.part::<Intelligence>().is_listed(ip)),
        place: seen.place,
        device: &seen.device,
        known: &seen.devices,
        tallies: &seen.tallies,
    };
    let score = score(&attempt, method);
    if score.value >= NOTABLE {
        cx.tx().await?.emit(&SignalRaised { user_id: user.id, score: score.value, signals: score.signals });
    }
    Ok(score.value)
}

/// The person is in: remember the device, and tell them where it is a new one.
pub(crate) async fn settle(cx: &Context, user: &User, seen: &Seen) -> Result<(), Failure> {
    let known = seen.devices.iter().find(|device| device.digest == seen.device);
    if known.is_some_and(|known| !is_worth_a_note(known, seen.place, cx.now())) {
        return Ok(());
    }
    let tx = cx.tx().await?;
    devices::note(tx, user.id, seen, cx.now()).await?;
    if known.is_some() {
        return Ok(());
    }
    if seen.devices.len() >= devices::MOST as usize {
        devices::drop_oldest(tx, user.id).await?;
    }
    if !seen.devices.is_empty() {
        tx.emit(&NewDevice { user_id: user.id });
        notices::tell(cx, user, Template::NewDevice, json!({})).await?;
    }
    Ok(())
}
