//! How long somebody waits after how many failures. Pure.

use std::time::Duration;

use kernel::Timestamp;

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    /// One account from one program at one address: somebody who guesses, or has forgotten.
    Pair,
    /// One account from everywhere: many who guess together.
    Account,
    /// All accounts from one network: stuffing of credentials that leaked elsewhere.
    Network,
    /// Everything in one application: only for the alarm.
    Tenant,
}

/// Failures so far, as they stood at the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) failures: u32,
    pub(crate) last_failed_at: Timestamp,
}

struct Policy {
    /// Failures without a consequence.
    free: u32,
    /// The wait after the next one; each further one doubles it.
    first: Duration,
    longest: Duration,
    /// So often one failure is forgiven.
    forgiven_after: Duration,
}

impl Scope {
    pub(crate) const ALL: [Self; 4] = [Self::Pair, Self::Account, Self::Network, Self::Tenant];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Pair => "pair",
            Self::Account => "account",
            Self::Network => "network",
            Self::Tenant => "tenant",
        }
    }

    const fn policy(self) -> Policy {
        let (secs, mins) = (Duration::from_secs, Duration::from_mins);
        match self {
            Self::Pair => Policy { free: 10, first: secs(2), longest: mins(15), forgiven_after: mins(10) },
            // The longest is short: it is the worst that an attacker can do to a person on a new device.
            Self::Account => Policy { free: 20, first: secs(5), longest: mins(5), forgiven_after: mins(5) },
            // Whole offices share one.
            Self::Network => Policy { free: 100, first: secs(2), longest: mins(15), forgiven_after: secs(30) },
            Self::Tenant => Policy { free: 64, first: secs(0), longest: secs(0), forgiven_after: secs(4) },
        }
    }

    pub(crate) const fn forgiven_after(self) -> Duration {
        self.policy().forgiven_after
    }

    /// Does it hold for a device from which the person signed in before? What guesses from the very same address does.
    pub(crate) const fn holds_known_devices(self) -> bool {
        matches!(self, Self::Pair)
    }

    /// Is this the failure from which on waiting begins? Told once, for the signal.
    pub(crate) const fn begins_at(self, failures: u32) -> bool {
        failures == self.policy().free
    }

    /// How long is still to wait.
    pub(crate) fn wait(self, tally: Tally, now: Timestamp) -> Option<Duration> {
        let Policy { free, first, longest, .. } = self.policy();
        let beyond = self.standing(tally, now).checked_sub(free)?;
        let wait = first.saturating_mul(1_u32.checked_shl(beyond).unwrap_or(u32::MAX)).min(longest);
        // A clock that was set back must not make the wait longer than it can be.
        let over = now.since(tally.last_failed_at);
        wait.checked_sub(over).filter(|left| !left.is_zero())
    }

    /// Failures that are not forgiven yet.
    pub(crate) fn standing(self, tally: Tally, now: Timestamp) -> u32 {
        let quiet = now.since(tally.last_failed_at).as_micros() / self.forgiven_after().as_micros().max(1);
        tally.failures.saturating_sub(u32::try_from(quiet).unwrap_or(u32::MAX))
    }
}

/// The longest wait of all that hold.
pub(crate) fn longest_wait(tallies: &[(Scope, Tally)], is_known_device: bool, now: Timestamp) -> Option<Duration> {
    let holds = tallies.iter().filter(|(scope, _)| !is_known_device || scope.holds_known_devices());
    holds.filter_map(|(scope, tally)| scope.wait(*tally, now)).max()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000 + seconds)
    }

    fn tally(failures: u32) -> Tally {
        Tally { failures, last_failed_at: at(0) }
    }

    #[test]
    fn the_first_failures_cost_nothing_and_then_each_doubles_the_wait() {
        let waits: Vec<u64> =
            (0..25).map(|failures| Scope::Pair.wait(tally(failures), at(0)).map_or(0, |wait| wait.as_secs())).collect();
        assert_eq!(&waits[8..14], [0, 0, 2, 4, 8, 16]);
        assert_eq!(waits[24], 15 * 60, "there is a longest one");
    }

    #[test]
    fn a_wait_passes_and_failures_are_forgiven() {
        assert_eq!(Scope::Pair.wait(tally(13), at(10)), Some(Duration::from_secs(6)));
        assert_eq!(Scope::Pair.wait(tally(13), at(16)), None);
        assert_eq!(Scope::Pair.standing(tally(8), at(30 * 60)), 5);
        assert_eq!(Scope::Pair.standing(tally(8), at(24 * 3_600)), 0);
    }

    #[test]
    fn whoever_attacks_an_account_from_elsewhere_does_not_hold_up_its_known_device() {
        let attacked = [(Scope::Account, tally(500)), (Scope::Network, tally(5_000))];
        assert_eq!(longest_wait(&attacked, true, at(0)), None);
        assert_eq!(longest_wait(&attacked, false, at(0)), Some(Duration::from_mins(15)));
        let own = [(Scope::Pair, tally(12)), (Scope::Account, tally(500))];
        assert_eq!(
            longest_wait(&own, true, at(0)),
            Some(Duration::from_secs(8)),
            "guessing on a known device is guessing"
        );
    }

    #[test]
    fn the_alarm_of_an_application_holds_nobody_up() {
        assert_eq!(Scope::Tenant.wait(tally(u32::MAX), at(0)), None);
    }

    proptest! {
        #[test]
        fn no_count_and_no_clock_makes_a_wait_longer_than_the_longest(failures in any::<u32>(), seconds in any::<i32>()) {
            for scope in Scope::ALL {
                let wait = scope.wait(tally(failures), at(seconds.into())).unwrap_or_default();
                prop_assert!(wait <= scope.policy().longest);
            }
        }
    }
}
