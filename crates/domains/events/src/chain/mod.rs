//! The hash chain of each tenant: every sealed event commits to the one before it.

mod link;
mod report;
mod seal;
mod store;
mod verify;
mod walk;

pub use report::{Fault, Flaw, Head, Progress, Report};
pub use seal::seal_pending;
pub use verify::verify;
