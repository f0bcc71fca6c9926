//! What is kept of a request that waits. Pure.

use kernel::Timestamp;
use oauth::AuthorizationRequest;
use serde::{Deserialize, Serialize};

use crate::clients::ClientId;

/// A request on its way, and what the person has done about it since it came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) request: AuthorizationRequest,
    /// The pushed request that it was read from, which is used up with the answer (RFC 9126, section 4).
    pub(crate) pushed: Option<[u8; 32]>,
    /// Did the person say which account they mean?
    #[serde(default)]
    pub(crate) has_chosen: bool,
    /// Was the person sent off to prove more? Once is enough: what they could not prove then they can't.
    #[serde(default)]
    pub(crate) was_raised: bool,
}

/// What a handle stands for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kept {
    /// Checked when it was pushed (RFC 9126).
    Pushed(Box<AuthorizationRequest>),
    /// As a form brought it, not yet looked at.
    Posted(Vec<(String, String)>),
    /// Waits for a person.
    Ask(Box<Asked>),
}

impl Kept {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Pushed(_) => "pushed",
            Self::Posted(_) => "posted",
            Self::Ask(_) => "ask",
        }
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Waiting {
    pub(crate) hash: [u8; 32],
    pub(crate) client_id: ClientId,
    pub(crate) kept: Kept,
    pub(crate) browser: Option<[u8; 32]>,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) used_at: Option<Timestamp>,
}

impl Waiting {
    pub(crate) fn is_open(&self, now: Timestamp) -> bool {
        self.used_at.is_none() && now < self.expires_at
    }
}

impl Asked {
    pub(crate) fn new(request: AuthorizationRequest, pushed: Option<[u8; 32]>) -> Self {
        Self { request, pushed, has_chosen: false, was_raised: false }
    }
}
