//! TOTP: the counter is the time in steps of 30 seconds (RFC 6238, section 4).

use aws_lc_rs::constant_time::verify_slices_are_equal;

use crate::hotp;

pub const STEP_SECONDS: i64 = 30;
pub const DIGITS: u32 = 6;
/// As long as the hash's output (RFC 4226, section 4, R6 asks for 128 bits and recommends 160).
pub const KEY_BYTES: usize = 20;

/// The clocks of two devices differ, and typing takes time: one step to either side (RFC 6238, section 5.2).
const WINDOW: i64 = 1;

/// The step that a moment lies in. Before 1970 there is none, so the first one stands for it.
pub fn step_at(unix_seconds: i64) -> i64 {
    unix_seconds.div_euclid(STEP_SECONDS).max(0)
}

/// The code of a step.
pub fn totp(key: &[u8], step: i64) -> String {
    hotp(key, step.unsigned_abs(), DIGITS)
}

/// The step that a code stands for, if it is one of those about now and later than the one that was accepted last (RFC 6238,
/// section 5.2: "the verifier MUST NOT accept the second attempt"). Spaces between digits are passed over, as apps show them.
pub fn matching_step(key: &[u8], code: &str, unix_seconds: i64, last: Option<i64>) -> Option<i64> {
    let now = step_at(unix_seconds);
    let digits: String = code.chars().filter(|letter| *letter != ' ').collect();
    // All of the window is worked out whatever matches, so that the time tells nothing of it.
    let mut found = None;
    for step in now - WINDOW..=now + WINDOW {
        let is_right = verify_slices_are_equal(totp(key, step.max(0)).as_bytes(), digits.as_bytes()).is_ok();
        if is_right && step >= 0 && last.is_none_or(|last| step > last) {
            found = found.or(Some(step));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"12345678901234567890";

    /// RFC 6238, appendix B, the rows of SHA-1; the codes there have 8 digits.
    #[test]
    fn the_vectors_of_the_rfc() {
        for (seconds, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let step = step_at(seconds);
            assert_eq!(hotp(KEY, step.unsigned_abs(), 8), code);
            assert_eq!(totp(KEY, step), code[2..]);
            assert_eq!(matching_step(KEY, &code[2..], seconds, None), Some(step));
        }
    }

    #[test]
    fn one_step_to_either_side_is_accepted_and_no_more() {
        let now = 1_234_567_890;
        for (late, expected) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
            let code = totp(KEY, step_at(now + late));
            assert_eq!(matching_step(KEY, &code, now, None), expected.then(|| step_at(now + late)), "{late}");
        }
    }

    #[test]
    fn a_step_counts_once_and_none_before_it_counts_again() {
        let now = 1_234_567_890;
        let step = step_at(now);
        let code = totp(KEY, step);
        assert_eq!(matching_step(KEY, &code, now, Some(step)), None);
        assert_eq!(matching_step(KEY, &totp(KEY, step - 1), now, Some(step)), None);
        assert_eq!(matching_step(KEY, &totp(KEY, step + 1), now, Some(step)), Some(step + 1));
        assert_eq!(matching_step(KEY, &code, now, Some(step - 1)), Some(step));
    }

    #[test]
    fn spaces_are_passed_over_and_other_spellings_are_wrong() {
        let now = 59;
        assert_eq!(matching_step(KEY, "287 082", now, None), Some(1));
        for wrong in ["", "28708", "2870820", "287082\n", "٢٨٧٠٨٢", "-87082", "287-082"] {
            assert_eq!(matching_step(KEY, wrong, now, None), None, "{wrong}");
        }
    }

    #[test]
    fn the_first_step_of_time_has_no_step_before_it() {
        assert_eq!(step_at(-5), 0);
        assert_eq!(matching_step(KEY, &totp(KEY, 0), 0, None), Some(0));
        assert_eq!(matching_step(KEY, &totp(KEY, 0), 0, Some(0)), None);
    }
}
