//! The OAuth 2 and OpenID Connect provider of every application.
//!
//! Owns clients, what people and machines allowed them (grants and consents), codes and tokens, the endpoints under `/oauth2`, and the
//! pages that belong to them. Owns no rule of the protocol (`oauth`), no way to sign in (`identity::flows`) and no signing key
//! (`tenancy::keys`).

mod clients;
mod codes;
mod error;
mod grants;
mod personal;
mod replays;
mod tenant_tables;
mod tokens;

pub use clients::Clients;
pub use tokens::AccessTokens;

use store::Migration;

const MIGRATIONS: &[Migration] =
    &[Migration::new("provider/0001_provider", include_str!("../migrations/0001_provider.sql"))];

/// The domain's line in the registry.
pub fn module() -> edge::Module {
    edge::Module {
        name: "provider",
        endpoints: Vec::new(),
        migrations: MIGRATIONS,
        personal: personal::ALL,
        tenant_tables: tenant_tables::TENANT_TABLES,
        ..edge::Module::default()
    }
}
