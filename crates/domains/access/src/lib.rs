//! What people may do: roles, groups, organizations and who belongs to them.
//!
//! Owns roles and who holds them, groups, organizations and their members. Does not own who anybody is, nor sign-ins and tokens
//! (`identity`): those ask [`holdings`].

mod grant;
mod groups;
mod holdings;
mod members;
mod organizations;
mod personal;
mod roles;
mod slug;
mod tenant_tables;

use store::Migration;

pub use holdings::holdings;

const MIGRATIONS: &[Migration] = &[Migration::new("access/0001_access", include_str!("../migrations/0001_access.sql"))];

/// The domain's line in the registry.
pub fn module() -> edge::Module {
    edge::Module {
        name: "access",
        endpoints: [roles::endpoints(), groups::endpoints(), organizations::endpoints(), members::endpoints()]
            .into_iter()
            .flatten()
            .collect(),
        events: [roles::EVENTS, groups::EVENTS, organizations::EVENTS, members::EVENTS].concat(),
        permissions: [roles::PERMISSIONS, groups::PERMISSIONS, organizations::PERMISSIONS].concat(),
        migrations: MIGRATIONS,
        sealed: &[],
        personal: personal::ALL,
        tenant_tables: tenant_tables::TENANT_TABLES,
    }
}
