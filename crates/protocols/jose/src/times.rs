//! Is a token of this moment?

use std::time::Duration;

use kernel::time::Timestamp;

use crate::error::JoseError;

/// Checks `exp` and `nbf`, both in seconds since the epoch (RFC 7519, sections 4.1.4 and 4.1.5).
///
/// On the very second of `exp` a token is dead, on that of `nbf` it lives. `leeway` forgives clocks that differ: zero for
/// tokens of our own, a minute at most for those of others.
pub fn check_times(exp: i64, nbf: Option<i64>, now: Timestamp, leeway: Duration) -> Result<(), JoseError> {
    if now >= Timestamp::from_seconds(exp) + leeway {
        return Err(JoseError::Expired);
    }
    if nbf.is_some_and(|nbf| now + leeway < Timestamp::from_seconds(nbf)) {
        return Err(JoseError::NotYetValid);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_lives_from_nbf_until_just_before_exp() {
        let check =
            |now, leeway| check_times(1_000, Some(900), Timestamp::from_seconds(now), Duration::from_secs(leeway));
        assert_eq!(check(899, 0), Err(JoseError::NotYetValid));
        assert_eq!(check(900, 0), Ok(()));
        assert_eq!(check(999, 0), Ok(()));
        assert_eq!(check(1_000, 0), Err(JoseError::Expired));
        assert_eq!(check(890, 10), Ok(()));
        assert_eq!(check(889, 10), Err(JoseError::NotYetValid));
        assert_eq!(check(1_009, 10), Ok(()));
        assert_eq!(check(1_010, 10), Err(JoseError::Expired));
        assert_eq!(check_times(1_000, None, Timestamp::from_seconds(0), Duration::ZERO), Ok(()));
    }

    #[test]
    fn absurd_times_neither_overflow_nor_pass() {
        let now = Timestamp::from_seconds(1_700_000_000);
        assert_eq!(check_times(i64::MIN, None, now, Duration::from_mins(1)), Err(JoseError::Expired));
        assert_eq!(check_times(i64::MAX, Some(i64::MIN), now, Duration::ZERO), Ok(()));
        assert_eq!(check_times(i64::MAX, Some(i64::MAX), now, Duration::ZERO), Err(JoseError::NotYetValid));
    }
}
