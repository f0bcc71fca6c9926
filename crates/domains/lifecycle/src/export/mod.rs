//! Everyone, in lines that an import takes: no lock-in.
//!
//! Owns the walk and the rows. What leaves beside the hashes of passwords needs the permission that import needs; hashes need one of
//! their own.

mod data_plane;
mod event;
mod row;
mod walk;

use edge::Endpoint;
use kernel::EventFacts;

pub use walk::Walk;

kernel::permissions! {
    /// Export password hashes with the users.
    UsersExportSecrets = "users:export_secrets",
}

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    data_plane::endpoints().into()
}
