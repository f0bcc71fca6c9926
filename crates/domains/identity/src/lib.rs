//! Who is this: the users of a tenant, how they prove it, and the sessions that follow.
//!
//! Owns users and their identifiers, password credentials, sign-up and sign-in, sessions and their tokens. Does not own what a
//! person may do (`access`), nor the tenant's keys and settings (`tenancy`).

pub mod identifiers;
pub mod users;

use store::Migration;

const MIGRATIONS: &[Migration] = &[Migration::new("identity/0001_users", include_str!("../migrations/0001_users.sql"))];

/// The domain's line in the registry.
pub fn module() -> edge::Module {
    edge::Module {
        name: "identity",
        endpoints: users::endpoints(),
        events: users::EVENTS.to_vec(),
        permissions: users::PERMISSIONS.to_vec(),
        migrations: MIGRATIONS,
        sealed: &[],
    }
}
