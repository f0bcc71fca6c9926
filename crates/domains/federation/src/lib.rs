//! Sign-in through others.
//!
//! Owns the conversation with social providers and OpenID Connect issuers, the accounts there by which a user is known here
//! (`identities`), and the question which enterprise connection an address belongs to. Does not own which providers an application
//! has configured (`tenancy`), nor what follows a proof: that is `identity::flows`, as for every other door.

mod identities;
mod personal;
mod social;
mod sso;
mod tenant_tables;

pub use identities::{WAYS_IN, doors};
pub use social::{UpstreamCache, code_challenge, exchange, redeem};

use edge::SealedColumn;
use store::Migration;

const MIGRATIONS: &[Migration] =
    &[Migration::new("federation/0001_identities", include_str!("../migrations/0001_identities.sql"))];

const SEALED: &[SealedColumn] = &[SealedColumn { table: "identities", column: "tokens", row: "id" }];

/// The domain's line in the registry.
pub fn module() -> edge::Module {
    edge::Module {
        name: "federation",
        endpoints: [social::endpoints(), identities::endpoints(), sso::endpoints()].into_iter().flatten().collect(),
        events: [social::EVENTS, identities::EVENTS].concat(),
        permissions: Vec::new(),
        migrations: MIGRATIONS,
        sealed: SEALED,
        personal: personal::ALL,
        tenant_tables: tenant_tables::TENANT_TABLES,
    }
}
