//! What speaks against an attempt, and how much. Pure.

use std::time::Duration;

use kernel::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::places::{Place, is_impossible};
use crate::{
    flows::Method,
    sessions::Device,
    throttles::{Scope, Tally},
};

/// Something that speaks against an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Signal {
    /// The address is on one of the operator's lists.
    ListedAddress,
    /// The person signed in before, and never from here with such a program.
    UnfamiliarDevice,
    /// Nobody could have come here so fast from where the person signed in last.
    ImpossibleTravel,
    /// Somebody has been guessing at this account.
    FailuresOnAccount,
    /// Somebody has been guessing at many accounts from this network.
    FailuresInNetwork,
    /// Not a browser, or one that does not say what it is.
    OddUserAgent,
    /// The person was never here at about this hour.
    OddHour,
}

impl Signal {
    const fn weight(self) -> u32 {
        match self {
            Self::ListedAddress | Self::ImpossibleTravel => 45,
            Self::FailuresInNetwork => 25,
            Self::UnfamiliarDevice | Self::FailuresOnAccount => 15,
            Self::OddUserAgent | Self::OddHour => 5,
        }
    }
}

/// 0 to 100, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Score {
    pub(crate) value: u8,
    pub(crate) signals: Vec<Signal>,
}

/// A device that the person signed in from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownDevice {
    pub(crate) digest: [u8; 32],
    pub(crate) last_seen_at: Timestamp,
    /// One bit for each hour of the day (UTC).
    pub(crate) hours: u32,
    pub(crate) place: Option<Place>,
}

/// What is known of an attempt.
#[derive(Clone, Debug)]
pub(crate) struct Attempt<'a> {
    pub(crate) now: Timestamp,
    pub(crate) user_agent: Option<&'a str>,
    pub(crate) is_listed: bool,
    pub(crate) place: Option<Place>,
    pub(crate) device: &'a [u8; 32],
    pub(crate) known: &'a [KnownDevice],
    pub(crate) tallies: &'a [(Scope, Tally)],
}

/// Failures from which on somebody may be guessing, and not mistyping.
const ACCOUNT_FAILURES: u32 = 10;
const NETWORK_FAILURES: u32 = 50;
/// Hours that must be known before another is odd.
const HOURS_KNOWN: u32 = 6;

/// The sum of what the signals weigh.
pub(crate) fn score(attempt: &Attempt<'_>, method: Method) -> Score {
    let signals: Vec<Signal> = signals(attempt).collect();
    let sum: u32 = signals.iter().map(|signal| signal.weight()).sum();
    // A passkey answers only where it was made for, and asks for its person.
    let sum = if matches!(method, Method::Passkey | Method::HardwarePasskey) { sum / 2 } else { sum };
    Score { value: u8::try_from(sum.min(100)).unwrap_or(100), signals }
}

fn signals<'a>(attempt: &'a Attempt<'_>) -> impl Iterator<Item = Signal> + 'a {
    let is_known = attempt.known.iter().any(|device| device.digest == *attempt.device);
    let standing = |scope: Scope| {
        let tally = attempt.tallies.iter().find(|(of, _)| *of == scope);
        tally.map_or(0, |(scope, tally)| scope.standing(*tally, attempt.now))
    };
    [
        (attempt.is_listed, Signal::ListedAddress),
        (!is_known && !attempt.known.is_empty(), Signal::UnfamiliarDevice),
        (has_travelled(attempt), Signal::ImpossibleTravel),
        (standing(Scope::Account) >= ACCOUNT_FAILURES, Signal::FailuresOnAccount),
        (standing(Scope::Network) >= NETWORK_FAILURES, Signal::FailuresInNetwork),
        (is_odd_agent(attempt.user_agent), Signal::OddUserAgent),
        (is_odd_hour(attempt), Signal::OddHour),
    ]
    .into_iter()
    .filter_map(|(is_raised, signal)| is_raised.then_some(signal))
}

fn has_travelled(attempt: &Attempt<'_>) -> bool {
    let Some(here) = attempt.place else { return false };
    let last = attempt.known.iter().filter(|device| device.place.is_some()).max_by_key(|device| device.last_seen_at);
    last.and_then(|last| Some((last.place?, attempt.now.since(last.last_seen_at))))
        .is_some_and(|(there, since)| is_impossible(there, here, since))
}

fn is_odd_agent(agent: Option<&str>) -> bool {
    Device::of(agent).browser.is_none()
}

/// The hour and its neighbours, in a day of twenty-four bits.
fn is_odd_hour(attempt: &Attempt<'_>) -> bool {
    let known = attempt.known.iter().fold(0, |hours, device| hours | device.hours);
    let hour = hour_of(attempt.now);
    let around = hour_bit(hour + 23) | hour_bit(hour) | hour_bit(hour + 1);
    known.count_ones() >= HOURS_KNOWN && known & around == 0
}

fn hour_of(now: Timestamp) -> u32 {
    u32::try_from(now.as_seconds().div_euclid(3_600).rem_euclid(24)).unwrap_or(0)
}

const fn hour_bit(hour: u32) -> u32 {
    1 << (hour % 24)
}

/// The bit of this hour.
pub(super) fn this_hour(now: Timestamp) -> u32 {
    hour_bit(hour_of(now))
}

/// Is there something to write about a device that was known before? Once a day, and what is new about it.
pub(super) fn is_worth_a_note(known: &KnownDevice, place: Option<Place>, now: Timestamp) -> bool {
    const NOTED_EVERY: Duration = Duration::from_hours(24);
    now.since(known.last_seen_at) >= NOTED_EVERY
        || known.hours & this_hour(now) == 0
        || (place.is_some() && known.place != place)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    const HERE: [u8; 32] = [1; 32];
    const ELSEWHERE: [u8; 32] = [2; 32];

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000 - 1_800_000_000 % 86_400 + hour * 3_600)
    }

    fn device(digest: [u8; 32], hours: u32) -> KnownDevice {
        KnownDevice { digest, last_seen_at: at(8), hours, place: Place::from_degrees(52.5, 13.4) }
    }

    fn attempt<'a>(known: &'a [KnownDevice], tallies: &'a [(Scope, Tally)]) -> Attempt<'a> {
        Attempt { now: at(10), user_agent: Some(FIREFOX), is_listed: false, place: None, device: &HERE, known, tallies }
    }

    fn value(attempt: &Attempt<'_>) -> u8 {
        score(attempt, Method::Password).value
    }

    #[test]
    fn somebody_new_and_somebody_on_a_known_device_have_nothing_against_them() {
        assert_eq!(score(&attempt(&[], &[]), Method::Password), Score { value: 0, signals: Vec::new() });
        assert_eq!(value(&attempt(&[device(HERE, 1 << 10)], &[])), 0);
    }

    #[test]
    fn one_small_signal_asks_for_nothing_and_two_large_ones_refuse() {
        let known = [device(ELSEWHERE, 1 << 10)];
        let unfamiliar = attempt(&known, &[]);
        assert_eq!(score(&unfamiliar, Method::Password).signals, [Signal::UnfamiliarDevice]);
        assert!(value(&unfamiliar) < 30, "a new telephone is no reason to be asked for more");
        let listed = Attempt { is_listed: true, ..unfamiliar.clone() };
        assert!((30..80).contains(&value(&listed)));
        let travelled = Attempt { place: Place::from_degrees(-33.9, 151.2), ..listed };
        assert!(value(&travelled) > 80);
        assert!(score(&travelled, Method::Passkey).value < 60);
    }

    #[test]
    fn failures_tell_on_the_next_attempt() {
        let tally = |failures| Tally { failures, last_failed_at: at(10) };
        let tallies = [(Scope::Account, tally(10)), (Scope::Network, tally(50))];
        let signals = score(&attempt(&[], &tallies), Method::Password).signals;
        assert_eq!(signals, [Signal::FailuresOnAccount, Signal::FailuresInNetwork]);
        let few = [(Scope::Account, tally(9)), (Scope::Network, tally(49))];
        assert_eq!(value(&attempt(&[], &few)), 0);
    }

    #[test]
    fn an_hour_is_odd_once_the_usual_ones_are_known() {
        let office = (8..16).fold(0, |hours, hour| hours | 1 << hour);
        let known = [device(HERE, office)];
        let at_hour = |hour| Attempt { now: at(hour), ..attempt(&known, &[]) };
        assert_eq!(score(&at_hour(3), Method::Password).signals, [Signal::OddHour]);
        assert_eq!(value(&at_hour(16)), 0, "an hour more is none");
        assert_eq!(value(&Attempt { now: at(3), ..attempt(&[device(HERE, 0b111)], &[]) }), 0);
    }

    #[test]
    fn programs_and_silence_are_odd() {
        for agent in [None, Some(""), Some("python-requests/2.32")] {
            let signals = score(&Attempt { user_agent: agent, ..attempt(&[], &[]) }, Method::Password).signals;
            assert_eq!(signals, [Signal::OddUserAgent], "{agent:?}");
        }
    }

    #[test]
    fn a_device_is_written_about_once_a_day_and_for_news() {
        let known = device(HERE, 1 << 10);
        assert!(!is_worth_a_note(&known, None, at(10)));
        assert!(is_worth_a_note(&known, None, at(11)), "another hour");
        assert!(is_worth_a_note(&known, None, at(34)), "another day");
        assert!(is_worth_a_note(&known, Place::from_degrees(0.0, 0.0), at(10)), "another place");
    }
}
