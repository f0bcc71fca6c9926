//! Flows: sign-ins that are not finished.
//!
//! Owns the one state machine of signing in ([`machine`]) and the row of a flow between its steps. Every door (password, link, code,
//! passkey, provider, invitation) proves something and then calls [`arrive`]; every further step is prepared and then taken ([`prepare`],
//! [`take`]). Nothing else opens
//! a session. Does not own how anything is proven.

mod actions;
mod data_plane;
mod error;
mod event;
mod known;
pub(crate) mod machine;
mod method;
mod model;
mod platform;
mod questions;
mod standing;
pub(crate) mod store;

use ::store::Db;
pub use actions::{
    Arrival, Completed, Outcome, Pending, Prepared, arrive, find, look, miss, must_be_open, must_wait_for, prepare,
    step_up, take,
};
pub use data_plane::{LoginResult, data_plane_result, reply_data_plane};
use edge::Endpoint;
pub use error::FlowError;
use kernel::{EventFacts, Id, Timestamp};
pub use machine::{State, Step};
pub use method::{Method, amr, assurance};
pub use model::{Flow, FlowKey};
pub use platform::{SignInResult, platform_result, reply_platform};
pub use questions::{HasOpenQuestions, OpenQuestions};

pub(crate) use known::by_contact;
pub use standing::due;
pub(crate) use standing::proves;

kernel::resource! { Flow, prefix: "flow", noun: "flow" }

/// The handle of a flow: random in 122 bits, and nowhere at rest. Whoever holds it may go on with the flow.
pub type FlowId = Id<Flow>;

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into()
}

/// Forget flows that ended, in small bites. How many are gone.
pub async fn purge_ended(db: &Db, now: Timestamp) -> Result<u64, ::store::StoreError> {
    store::purge(db, now).await
}
