//! Who is this: the users of a tenant, how they prove it, and the sessions that follow.
//!
//! Owns users and their identifiers, password credentials, sign-up and sign-in, sessions and their tokens. Does not own what a
//! person may do (`access`), nor the tenant's keys and settings (`tenancy`).

mod auth;
mod dashboard;
pub mod identifiers;
mod me;
mod passwords;
pub mod sessions;
pub mod users;

pub use dashboard::DashboardSignUp;
pub use sessions::Sessions;

use store::Migration;

const MIGRATIONS: &[Migration] = &[Migration::new("identity/0001_users", include_str!("../migrations/0001_users.sql"))];

/// The domain's line in the registry.
pub fn module() -> edge::Module {
    edge::Module {
        name: "identity",
        endpoints: [
            users::endpoints(),
            auth::endpoints(),
            sessions::endpoints(),
            me::endpoints(),
            dashboard::endpoints(),
        ]
        .into_iter()
        .flatten()
        .collect(),
        events: [users::EVENTS, auth::EVENTS, passwords::EVENTS, sessions::EVENTS, dashboard::EVENTS].concat(),
        permissions: [users::PERMISSIONS, sessions::PERMISSIONS].concat(),
        migrations: MIGRATIONS,
        sealed: &[],
    }
}
