//! Challenges: what is sent out or shown once and may be redeemed once.
//!
//! Owns the one table of links, codes, states and hand-offs, the rule that one statement takes them, and the caps on how many an
//! address or a network may ask for. Does not know what a redeemed one is good for: that is its kind's own slice.

mod actions;
mod error;
mod model;
pub(crate) mod store;

use ::store::Db;
pub use actions::{CodeOutcome, code, link, link_at_sign_up, look, look_code, take, take_code, token};
pub use error::ChallengeError;
use kernel::{Id, Timestamp};
pub use model::{Challenge, ChallengeKind, NewChallenge, channel_of};
pub use store::void;

pub type ChallengeId = Id<Challenge>;

kernel::resource! { Challenge, prefix: "chl", noun: "challenge" }

/// Forget challenges that ended long ago, in small bites. How many are gone.
pub async fn purge_ended(db: &Db, now: Timestamp) -> Result<u64, ::store::StoreError> {
    store::purge(db, now).await
}
