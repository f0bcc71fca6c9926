//! Signing out at a client's wish (OpenID Connect RP-Initiated Logout 1.0), and telling the other clients of a session that it is over
//! (Back-Channel and Front-Channel Logout 1.0).
//!
//! Owns the page that asks, the way back and the notices. Does not own the session (`identity::sessions`); whoever ends one, the
//! clients hear of it.

mod endpoint;
mod notices;
mod store;

use edge::Endpoint;

pub use notices::{LOGOUT_JOB, LogoutNotices, NoticeFailure};

pub(crate) fn endpoints() -> Vec<Endpoint> {
    endpoint::endpoints().into()
}
