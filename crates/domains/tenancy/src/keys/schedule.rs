//! When a key is published, signs, retires and disappears. Pure.

use std::time::Duration;

use kernel::Timestamp;

use crate::settings::MAX_ACCESS_TOKEN_SECONDS;

const HOUR: u64 = 3_600;
/// How long a key signs.
const SIGNS_FOR: Duration = Duration::from_secs(90 * 24 * HOUR);
/// How long before its first signature a key is published: longer than anybody keeps a copy of the key set.
pub const AHEAD: Duration = Duration::from_secs(24 * HOUR);
/// How long after its last signature a key stays published: every token that it signed has ended by then, with an hour for clocks
/// that differ.
const OUTLIVES: Duration = Duration::from_secs(MAX_ACCESS_TOKEN_SECONDS as u64 + HOUR);

/// The times of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// Signs from.
    pub activates_at: Timestamp,
    /// Signs until.
    pub retires_at: Timestamp,
    /// Is published until.
    pub expires_at: Timestamp,
}

impl Term {
    /// Of a key that signs from now on: there was none before, or none that is left.
    pub(super) fn starting(activates_at: Timestamp) -> Self {
        let retires_at = activates_at + SIGNS_FOR;
        Self { activates_at, retires_at, expires_at: retires_at + OUTLIVES }
    }

    /// Of the key after one that retires then. It takes over at that moment, or now if that has passed.
    pub(super) fn following(retires_at: Timestamp, now: Timestamp) -> Self {
        Self::starting(retires_at.max(now))
    }

    pub(super) fn is_signing(&self, now: Timestamp) -> bool {
        self.activates_at <= now && now < self.retires_at
    }
}

/// Does a key that retires then need a successor by now?
pub(super) fn needs_successor(retires_at: Timestamp, now: Timestamp) -> bool {
    retires_at <= now + AHEAD
}

/// Which of these keys signs now: the youngest that may. Where none does, one that is to sign later, since a clock may have been
/// set back and every verifier has the published ones anyway; a retired key never signs again.
pub(super) fn signer<T>(keys: impl IntoIterator<Item = T>, term: impl Fn(&T) -> Term, now: Timestamp) -> Option<T> {
    let mut best: Option<T> = None;
    for key in keys {
        let this = term(&key);
        if now >= this.retires_at {
            continue;
        }
        let is_better =
            best.as_ref().map(&term).is_none_or(|other| match (this.is_signing(now), other.is_signing(now)) {
                (true, true) => this.activates_at > other.activates_at,
                (false, false) => this.activates_at < other.activates_at,
                (is_signing, _) => is_signing,
            });
        if is_better {
            best = Some(key);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * HOUR);

    fn day(day: u32) -> Timestamp {
        Timestamp::from_seconds(0) + DAY * day
    }

    fn choose(terms: &[Term], now: Timestamp) -> Option<Term> {
        signer(terms.iter().copied(), |term| *term, now)
    }

    #[test]
    fn a_key_signs_for_ninety_days_and_outlives_its_tokens() {
        let term = Term::starting(day(0));
        assert_eq!((term.activates_at, term.retires_at), (day(0), day(90)));
        let last_token = Duration::from_secs(u64::from(MAX_ACCESS_TOKEN_SECONDS));
        assert!(term.expires_at > term.retires_at + last_token);
        assert!(term.is_signing(day(0)) && term.is_signing(day(89)) && !term.is_signing(day(90)));
    }

    #[test]
    fn the_next_key_is_there_before_it_signs_and_signs_without_a_gap() {
        let first = Term::starting(day(0));
        assert!(!needs_successor(first.retires_at, day(88)));
        assert!(needs_successor(first.retires_at, day(89)));
        let second = Term::following(first.retires_at, day(89));
        assert_eq!(second.activates_at, first.retires_at);
        let keys = [first, second];
        assert_eq!(choose(&keys, day(89)), Some(first));
        assert_eq!(choose(&keys, day(90)), Some(second));
    }

    #[test]
    fn a_server_that_slept_goes_on_with_a_key_that_signs_now() {
        let first = Term::starting(day(0));
        assert_eq!(choose(&[first], day(200)), None, "a retired key never signs again");
        assert_eq!(Term::following(first.retires_at, day(200)).activates_at, day(200));
    }

    #[test]
    fn the_youngest_signs_and_a_clock_set_back_finds_one_too() {
        let (old, young) = (Term::starting(day(0)), Term::starting(day(10)));
        for keys in [[old, young], [young, old]] {
            assert_eq!(choose(&keys, day(20)), Some(young));
            assert_eq!(choose(&keys, day(5)), Some(old));
        }
        let later = Term::starting(day(30));
        for keys in [[young, later], [later, young]] {
            assert_eq!(choose(&keys, day(0)), Some(young), "the one that is due first");
        }
    }
}
