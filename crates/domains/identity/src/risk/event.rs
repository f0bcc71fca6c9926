use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use super::model::Signal;
use crate::users::User;

/// Something spoke against a sign-in whose first proof was right.
#[derive(Event, Serialize, JsonSchema)]
#[event("security.signal_raised", target = user_id)]
pub(crate) struct SignalRaised {
    pub user_id: Id<User>,
    /// 0 to 100.
    pub score: u8,
    pub signals: Vec<Signal>,
}

/// A person signed in from a device that they never signed in from before.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.new_device", target = user_id)]
pub(crate) struct NewDevice {
    pub user_id: Id<User>,
}

pub(crate) const CATALOGUE: &[EventFacts] = &[SignalRaised::FACTS, NewDevice::FACTS];
