//! What a device asked for, and what has become of it. Pure.

use std::time::Duration;

use kernel::Timestamp;
use oauth::{AuthorizationDetails, DevicePoll, DeviceState, Scopes};
use serde::{Deserialize, Serialize};

use crate::{clients::ClientId, grants::GrantId};

/// Checked when it came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DeviceRequest {
    pub(super) scopes: Scopes,
    pub(super) resources: Vec<String>,
    pub(super) details: AuthorizationDetails,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Device {
    pub(super) hash: [u8; 32],
    pub(super) user_code_hash: [u8; 32],
    pub(super) client_id: ClientId,
    pub(super) request: DeviceRequest,
    pub(super) state: DeviceState,
    pub(super) claimed_by: Option<[u8; 32]>,
    pub(super) grant_id: Option<GrantId>,
    /// Where the device asked from, for the person to compare.
    pub(super) ip: Option<String>,
    pub(super) user_agent: Option<String>,
    pub(super) interval: Duration,
    pub(super) polled_at: Option<Timestamp>,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

impl Device {
    pub(super) fn poll(&self) -> DevicePoll {
        DevicePoll {
            state: self.state,
            expires_at: self.expires_at,
            last_asked_at: self.polled_at,
            interval: self.interval,
        }
    }

    pub(super) fn is_open(&self, now: Timestamp) -> bool {
        self.state == DeviceState::Pending && now < self.expires_at
    }
}

pub(super) const fn name(state: DeviceState) -> &'static str {
    match state {
        DeviceState::Pending => "pending",
        DeviceState::Approved => "approved",
        DeviceState::Denied => "denied",
        DeviceState::Redeemed => "redeemed",
    }
}

pub(super) fn from_name(name: &str) -> Option<DeviceState> {
    match name {
        "pending" => Some(DeviceState::Pending),
        "approved" => Some(DeviceState::Approved),
        "denied" => Some(DeviceState::Denied),
        "redeemed" => Some(DeviceState::Redeemed),
        _ => None,
    }
}
