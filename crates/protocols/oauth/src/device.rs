//! The device flow (RFC 8628): codes that people type, and how often a device may ask.

use std::time::Duration;

use kernel::Timestamp;
use serde::Serialize;

use crate::error::{OAuthCode, OAuthError};

/// No vowels, so that no words come out, and no digits to mistake for letters (section 6.1). 20^8 is 34.5 bits.
const ALPHABET: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const LETTERS: usize = 8;
/// How long a code may be used.
pub const DEVICE_LIFETIME: Duration = Duration::from_mins(30);
/// How long a device waits between two questions.
pub const DEVICE_INTERVAL: Duration = Duration::from_secs(5);
/// What `slow_down` adds (section 3.5).
const SLOWER: Duration = Duration::from_secs(5);
/// What the network may take from one wait and give to the next.
const JITTER: Duration = Duration::from_secs(1);

/// The answer of the device authorization endpoint (section 3.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeviceAuthorization {
    pub device_code: String,
    pub user_code: String,
    pub verification_uri: String,
    pub verification_uri_complete: String,
    pub expires_in: u64,
    pub interval: u64,
}

/// What has become of a device's request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceState {
    Pending,
    Approved,
    Denied,
    /// The tokens are given.
    Redeemed,
}

/// What is known when a device asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DevicePoll {
    pub state: DeviceState,
    pub expires_at: Timestamp,
    pub last_asked_at: Option<Timestamp>,
    /// As it was told, or as it was slowed down since.
    pub interval: Duration,
}

impl DevicePoll {
    /// `Ok`: the tokens may be given, once. Beside the answer, the interval to keep for the next question.
    pub fn decide(&self, now: Timestamp) -> (Result<(), OAuthError>, Duration) {
        let refuse = |code, why| Err(OAuthError::new(code, why));
        let is_too_soon = self.last_asked_at.is_some_and(|last| now + JITTER < last + self.interval);
        let verdict = match self.state {
            DeviceState::Redeemed => Err(OAuthError::invalid_grant("the device code was used")),
            _ if now >= self.expires_at => refuse(OAuthCode::ExpiredToken, "the device code has expired"),
            DeviceState::Approved => Ok(()),
            DeviceState::Denied => refuse(OAuthCode::AccessDenied, "the person said no"),
            DeviceState::Pending if is_too_soon => {
                return (refuse(OAuthCode::SlowDown, "the device asks too often"), self.interval + SLOWER);
            }
            DeviceState::Pending => refuse(OAuthCode::AuthorizationPending, "the person has not answered yet"),
        };
        (verdict, self.interval)
    }
}

/// A code to type, from 64 random bits: `XXXX-XXXX`. That 2^64 is no multiple of 20^8 favours a code by less than 2^-29.
pub fn user_code(random: u64) -> String {
    let mut code = String::with_capacity(LETTERS + 1);
    let mut left = random;
    for index in 0..LETTERS {
        if index == LETTERS / 2 {
            code.push('-');
        }
        // Below 20 on every platform.
        let letter = usize::try_from(left % 20).unwrap_or_default();
        code.push(char::from(ALPHABET[letter]));
        left /= 20;
    }
    code
}

/// The code that was meant: case, dashes, spaces and other punctuation do not matter (section 6.1). `None` where it can be none.
pub fn normalize_user_code(typed: &str) -> Option<String> {
    if typed.len() > 64 {
        return None;
    }
    let letters: String = typed.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect();
    if letters.len() != LETTERS || !letters.bytes().all(|letter| ALPHABET.contains(&letter)) {
        return None;
    }
    let (first, second) = letters.split_at(LETTERS / 2);
    Some(format!("{first}-{second}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_typed_in_many_ways() {
        assert_eq!(user_code(0), "BBBB-BBBB");
        assert_eq!(user_code(20_u64.pow(8) - 1), "ZZZZ-ZZZZ");
        assert_eq!(user_code(20_u64.pow(8)), "BBBB-BBBB");
        for random in [1, 12_345_678_901, u64::MAX] {
            let code = user_code(random);
            assert_eq!(normalize_user_code(&code).as_deref(), Some(code.as_str()));
        }
        for typed in ["WDJB-MJHT", "wdjbmjht", " wdjb mjht ", "W-D-J-B–M.J.H.T", "WDJB_mjht"] {
            assert_eq!(normalize_user_code(typed).as_deref(), Some("WDJB-MJHT"), "{typed}");
        }
        for typed in ["", "WDJB-MJH", "WDJB-MJHTT", "WDJB-MJHA", "WDJB-MJH1", "ẂDJB-MJHT", &"W-".repeat(100)] {
            assert_eq!(normalize_user_code(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_device_asks_at_its_interval_until_there_is_an_answer() {
        use DeviceState::{Approved, Denied, Pending, Redeemed};
        for (state, last, now, code, interval) in [
            (Pending, None, 0, Some(OAuthCode::AuthorizationPending), 5),
            (Pending, Some(0), 5, Some(OAuthCode::AuthorizationPending), 5),
            (Pending, Some(0), 4, Some(OAuthCode::AuthorizationPending), 5),
            (Pending, Some(0), 3, Some(OAuthCode::SlowDown), 10),
            (Pending, Some(0), 100, Some(OAuthCode::ExpiredToken), 5),
            (Approved, Some(98), 99, None, 5),
            (Approved, None, 100, Some(OAuthCode::ExpiredToken), 5),
            (Denied, Some(0), 1, Some(OAuthCode::AccessDenied), 5),
            (Redeemed, Some(0), 200, Some(OAuthCode::InvalidGrant), 5),
        ] {
            let poll = DevicePoll {
                state,
                expires_at: Timestamp::from_seconds(100),
                last_asked_at: last.map(Timestamp::from_seconds),
                interval: DEVICE_INTERVAL,
            };
            let (verdict, next) = poll.decide(Timestamp::from_seconds(now));
            assert_eq!(verdict.err().map(|error| error.code), code, "{state:?} {last:?} {now}");
            assert_eq!(next, Duration::from_secs(interval), "{state:?} {last:?} {now}");
        }
    }
}
