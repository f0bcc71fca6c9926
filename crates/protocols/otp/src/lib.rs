//! One-time passwords that a person's authenticator app and the server work out from one shared key: HOTP (RFC 4226) and, with
//! the time for a counter, TOTP (RFC 6238).
//!
//! The one profile that every app understands: HMAC-SHA-1, 6 digits, steps of 30 seconds. SHA-1 is no weakness here, since HMAC
//! does not rest on collisions (RFC 6238, section 1.2; RFC 4226, appendix B). Owns no state: that a step counts once is the
//! caller's to keep.

mod base32;
mod hotp;
mod totp;
mod uri;

pub use base32::base32;
pub use hotp::hotp;
pub use totp::{DIGITS, KEY_BYTES, STEP_SECONDS, matching_step, step_at, totp};
pub use uri::otpauth_uri;
