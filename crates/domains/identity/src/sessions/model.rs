//! What a session is, and what a refresh token still does. Pure.

use std::time::Duration;

use kernel::{Id, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::device::Device;
use crate::{
    flows::{Method, amr, assurance},
    holdings::OrganizationId,
    users::User,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: Id<Self>,
    pub user_id: Id<User>,
    /// What was proven, in order; the assurance level is computed from it.
    pub proven: Vec<Method>,
    /// When something was proven last.
    pub authenticated_at: Timestamp,
    pub created_at: Timestamp,
    /// When its tokens were last refreshed.
    pub last_seen_at: Timestamp,
    /// Ends then, however busy.
    pub expires_at: Timestamp,
    /// Ends when not refreshed for this long.
    pub idle: Duration,
    pub ended: Option<(Timestamp, EndReason)>,
    pub refresh: RefreshFamily,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub device: Device,
    /// The organization that it acts in.
    pub organization_id: Option<OrganizationId>,
}

/// The one line of refresh tokens of a session; only its newest member is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshFamily {
    pub generation: u32,
    /// Random, never leaves the store: binds the tokens to this row.
    pub nonce: [u8; 32],
    pub rotated_at: Option<Timestamp>,
    /// Digest of the client that rotated last.
    pub rotated_by: Option<[u8; 16]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    SignedOut,
    /// By the person on another device, or by the application.
    Revoked,
    UserDisabled,
    PasswordChanged,
    /// A refresh token that was used before came again: one of the two holders is a thief.
    RefreshReused,
    /// An administrator removed the person's second factors.
    MfaReset,
    /// A newer session took its place: the application allows only so many.
    Displaced,
    /// Somebody proved the account's mailbox or phone for the first time, or proved to be whom a guest becomes: what was there before may
    /// be another's.
    Claimed,
    /// The account became part of another one.
    UserMerged,
}

impl EndReason {
    const ALL: [Self; 9] = [
        Self::SignedOut,
        Self::Revoked,
        Self::UserDisabled,
        Self::PasswordChanged,
        Self::RefreshReused,
        Self::MfaReset,
        Self::Displaced,
        Self::Claimed,
        Self::UserMerged,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::Revoked => "revoked",
            Self::UserDisabled => "user_disabled",
            Self::PasswordChanged => "password_changed",
            Self::RefreshReused => "refresh_reused",
            Self::MfaReset => "mfa_reset",
            Self::Displaced => "displaced",
            Self::Claimed => "claimed",
            Self::UserMerged => "user_merged",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// Is a session good, and if not, why?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    Alive,
    Expired,
    Ended,
}

impl Session {
    /// 1: signed in. 2: two factors. 3: phishing-resistant and bound to hardware.
    pub fn aal(&self) -> u8 {
        assurance(&self.proven)
    }

    /// With two factors, or on a device that proved the second one before.
    pub(crate) fn is_strong(&self) -> bool {
        self.aal() >= 2 || self.proven.contains(&Method::TrustedDevice)
    }

    /// Space-separated authentication methods (RFC 8176).
    pub fn amr(&self) -> String {
        amr(&self.proven)
    }

    pub(crate) fn life(&self, now: Timestamp) -> Life {
        if self.ended.is_some() {
            Life::Ended
        } else if now >= self.expires_at || now >= self.last_seen_at + self.idle {
            Life::Expired
        } else {
            Life::Alive
        }
    }
}

/// What a genuine refresh token of a live session gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rotation {
    /// It is the newest: the next one.
    Next(u32),
    /// Its successor is out and unused, and this client asked for it a moment ago: the answer was lost. The same one again.
    Same(u32),
    /// It was used before: the family ends.
    Reused,
}

impl RefreshFamily {
    /// RFC 9700, section 4.14, with a grace for the lost answer so that honest people stay signed in.
    pub(crate) fn rotate(&self, presented: u32, client: [u8; 16], now: Timestamp, grace: Duration) -> Rotation {
        if presented == self.generation {
            return Rotation::Next(presented + 1);
        }
        let is_last_but_one = presented.checked_add(1) == Some(self.generation);
        let is_recent = self.rotated_at.is_some_and(|at| now.since(at) <= grace);
        if is_last_but_one && is_recent && self.rotated_by == Some(client) {
            Rotation::Same(self.generation)
        } else {
            Rotation::Reused
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: [u8; 16] = [1; 16];
    const GRACE: Duration = Duration::from_secs(10);

    fn family() -> RefreshFamily {
        RefreshFamily {
            generation: 5,
            nonce: [0; 32],
            rotated_at: Some(Timestamp::from_seconds(100)),
            rotated_by: Some(CLIENT),
        }
    }

    #[test]
    fn only_the_newest_token_rotates() {
        let now = Timestamp::from_seconds(105);
        for (presented, client, at, expected) in [
            (5, CLIENT, now, Rotation::Next(6)),
            (5, [2; 16], Timestamp::from_seconds(9_999), Rotation::Next(6)),
            (4, CLIENT, now, Rotation::Same(5)),
            (4, CLIENT, Timestamp::from_seconds(110), Rotation::Same(5)),
            (4, CLIENT, Timestamp::from_seconds(111), Rotation::Reused),
            (4, [2; 16], now, Rotation::Reused),
            (3, CLIENT, now, Rotation::Reused),
            (6, CLIENT, now, Rotation::Reused),
            (u32::MAX, CLIENT, now, Rotation::Reused),
        ] {
            assert_eq!(family().rotate(presented, client, at, GRACE), expected, "{presented} at {at}");
        }
    }

    #[test]
    fn without_a_rotation_there_is_no_grace() {
        let fresh = RefreshFamily { generation: 1, rotated_at: None, rotated_by: None, ..family() };
        assert_eq!(fresh.rotate(0, CLIENT, Timestamp::from_seconds(100), GRACE), Rotation::Reused);
    }
}
