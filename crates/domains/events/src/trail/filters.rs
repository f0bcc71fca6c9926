//! What a caller may narrow the trail down to.

use std::time::Duration;

use kernel::{Id, RequestId, Timestamp, event::Outcome};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::any_id::AnyId;
use crate::AuditEvent;

/// Events are written within the request's deadline, which nobody sets as long as this.
const LONGEST_REQUEST: Duration = Duration::from_hours(1);

/// All conditions that are given must hold.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuditEventFilters {
    /// The exact type, for example `user.signed_in`.
    #[serde(rename = "type")]
    pub(crate) event_type: Option<String>,
    /// Who did it: a user, an API key or a dashboard account.
    pub(crate) actor_id: Option<AnyId>,
    /// What it was done to.
    pub(crate) target_id: Option<AnyId>,
    /// Did it work?
    pub(crate) outcome: Option<AuditOutcome>,
    /// Not before this time.
    pub(crate) occurred_from: Option<Timestamp>,
    /// Before this time.
    pub(crate) occurred_to: Option<Timestamp>,
    /// The `X-Request-Id` of a response.
    pub(crate) request_id: Option<String>,
}

impl AuditEventFilters {
    /// The smallest id that an event of the range can have. Ids begin with the millisecond of the event (RFC 9562,
    /// section 5.7), and the trail is sorted by id, so a range in the past need not walk all that is newer.
    pub(crate) fn lowest_id(&self) -> Option<Id<AuditEvent>> {
        let of_request = self.requested_at().map(Id::first_at);
        self.occurred_from.map(Id::first_at).max(of_request)
    }

    /// An id that is behind all events of the range.
    pub(crate) fn id_limit(&self) -> Option<Id<AuditEvent>> {
        let of_range = self.occurred_to.map(|to| Id::first_at(to + Duration::from_millis(1)));
        let of_request = self.requested_at().map(|at| Id::first_at(at + LONGEST_REQUEST));
        [of_range, of_request].into_iter().flatten().min()
    }

    /// When the named request came in. What is no request id of ours bounds nothing, and finds nothing.
    fn requested_at(&self) -> Option<Timestamp> {
        self.request_id.as_deref()?.parse::<Id<RequestId>>().ok().map(|id| id.made_at())
    }
}

/// Did what was tried work?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AuditOutcome {
    /// It was done.
    Success,
    /// It was refused or went wrong.
    Failure,
}

impl From<Outcome> for AuditOutcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Success => Self::Success,
            Outcome::Failure => Self::Failure,
        }
    }
}

impl AuditOutcome {
    pub(crate) const fn stored(self) -> &'static str {
        match self {
            Self::Success => Outcome::Success.as_str(),
            Self::Failure => Outcome::Failure.as_str(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_of_a_range_lie_within_its_bounds() {
        let (from, to) = (Timestamp::from_micros(1_700_000_000_123_999), Timestamp::from_micros(1_700_000_000_456_001));
        let filters = AuditEventFilters { occurred_from: Some(from), occurred_to: Some(to), ..Default::default() };
        let event_at = |time: Timestamp, random: u128| {
            Id::<AuditEvent>::from_u128((u128::try_from(time.as_micros() / 1_000).unwrap() << 80) | (7 << 76) | random)
        };
        assert!(filters.lowest_id().unwrap() <= event_at(from, 0));
        assert!(filters.id_limit().unwrap() > event_at(to, (1 << 76) - 1));
        let (millisecond_before, millisecond_after) = (from - Duration::from_millis(1), to + Duration::from_millis(1));
        assert!(filters.lowest_id().unwrap() > event_at(millisecond_before, (1 << 76) - 1));
        assert!(filters.id_limit().unwrap() <= event_at(millisecond_after, 0));
    }
}
