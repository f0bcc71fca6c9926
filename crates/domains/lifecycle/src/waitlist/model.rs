//! Somebody who waits. Pure.

use kernel::{Id, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::WaitlistError;

/// Somebody who would like to have an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WaitlistEntry {
    pub(crate) id: Id<Self>,
    pub(crate) version: i64,
    pub(crate) email: String,
    pub(crate) name: Option<String>,
    pub(crate) locale: Option<String>,
    pub(crate) state: EntryState,
    pub(crate) decided_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "WaitlistState")]
pub(crate) enum EntryState {
    /// Nobody has decided.
    Waiting,
    /// An invitation is on its way.
    Approved,
    Rejected,
    /// The invitation was redeemed.
    Joined,
}

/// What an administrator says to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "WaitlistVerdict")]
pub(crate) enum Verdict {
    /// Send an invitation. An entry that was approved before gets another one.
    Approve,
    /// Nothing is sent; an invitation that is on its way leads nowhere.
    Reject,
}

impl EntryState {
    pub(crate) const ALL: [Self; 4] = [Self::Waiting, Self::Approved, Self::Rejected, Self::Joined];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Joined => "joined",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

impl WaitlistEntry {
    /// A decision may be changed until the person has an account.
    pub(crate) fn decide(self, verdict: Verdict, now: Timestamp) -> Result<Self, WaitlistError> {
        if self.state == EntryState::Joined {
            return Err(WaitlistError::Joined);
        }
        let state = match verdict {
            Verdict::Approve => EntryState::Approved,
            Verdict::Reject => EntryState::Rejected,
        };
        Ok(Self { state, version: self.version + 1, decided_at: Some(now), updated_at: now, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_can_be_changed_until_somebody_has_joined() {
        let now = Timestamp::from_seconds(7);
        let entry = |state| WaitlistEntry {
            id: Id::from_u128(1),
            version: 1,
            email: "ada@example.com".into(),
            name: None,
            locale: None,
            state,
            decided_at: None,
            created_at: Timestamp::from_seconds(0),
            updated_at: Timestamp::from_seconds(0),
        };
        for before in EntryState::ALL {
            for (verdict, after) in [(Verdict::Approve, EntryState::Approved), (Verdict::Reject, EntryState::Rejected)]
            {
                match entry(before).decide(verdict, now) {
                    Ok(decided) => assert_eq!((decided.state, decided.version), (after, 2), "{before:?}"),
                    Err(_) => assert_eq!(before, EntryState::Joined),
                }
            }
            assert_eq!(EntryState::from_name(before.as_str()), Some(before));
        }
    }
}
