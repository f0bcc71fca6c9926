//! The ways in and one's own account, for pages: the same use cases as behind `/v1` and `/api/v1`, with plain values.
//!
//! Owns no rule: each function hands over to the slice whose doing it is.

mod account;
mod password;

pub use account::{
    OwnSession, Ways, Whoever, change_password, end_other_sessions, end_session, sessions, sign_out, update_profile,
    ways, who,
};
pub use password::{Newcomer, contact, resume, send, session_cookies, sign_in, sign_up, solve_captcha};

pub use crate::factors::doors as factors;
pub use crate::passkeys::doors as passkeys;
