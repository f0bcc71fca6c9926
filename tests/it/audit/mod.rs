//! The audit trail: as the API shows it, and the hash chain under it.

mod chain;
mod exporting;
mod through_the_api;
