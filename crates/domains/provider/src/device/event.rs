use identity::users::User;
use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use crate::clients::Client;

/// A person let a device in: its application gets tokens that speak for them.
#[derive(Event, Serialize, JsonSchema)]
#[event("application.device_approved", target = application_id)]
pub(super) struct DeviceApproved {
    pub application_id: Id<Client>,
    pub user_id: Id<User>,
    /// Space-separated.
    pub scope: String,
}

/// A person did not let a device in.
#[derive(Event, Serialize, JsonSchema)]
#[event("application.device_denied", target = application_id)]
pub(super) struct DeviceDenied {
    pub application_id: Id<Client>,
    pub user_id: Id<User>,
}

pub(super) const CATALOGUE: &[EventFacts] = &[DeviceApproved::FACTS, DeviceDenied::FACTS];
