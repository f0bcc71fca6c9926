//! The OAuth 2 and OpenID Connect provider of every application.
//!
//! Owns clients, what people and machines allowed them (grants and consents), codes and tokens, the endpoints under `/oauth2`, and the
//! pages that belong to them. Owns no rule of the protocol (`oauth`), no way to sign in (`identity::flows`) and no signing key
//! (`tenancy::keys`).

mod authorize;
mod clients;
mod consents;
mod device;
mod discovery;
mod error;
mod grants;
mod logout;
mod personal;
mod registration;
mod replays;
mod requests;
mod session_management;
mod tenant_tables;
mod tokens;

pub use authorize::client_behind;
pub use clients::Clients;
pub use grants::END_GRANTS;
pub use logout::{LOGOUT_JOB, LogoutNotices, NoticeFailure};
pub use tokens::{AccessTokens, purge_ended};

use edge::Endpoint;
use store::Migration;

const MIGRATIONS: &[Migration] = &[
    Migration::new("provider/0001_provider", include_str!("../migrations/0001_provider.sql")),
    Migration::new("provider/0002_ends", include_str!("../migrations/0002_ends.sql")),
    Migration::new("provider/0003_ends_of_handles", include_str!("../migrations/0003_ends_of_handles.sql")),
];

fn endpoints() -> Vec<Endpoint> {
    [
        clients::endpoints(),
        registration::endpoints(),
        authorize::endpoints(),
        consents::endpoints(),
        tokens::endpoints(),
        device::endpoints(),
        logout::endpoints(),
        session_management::endpoints(),
        discovery::endpoints(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The domain's line in the registry.
pub fn module() -> edge::Module {
    edge::Module {
        name: "provider",
        endpoints: endpoints(),
        events: [clients::EVENTS, authorize::EVENTS, grants::EVENTS, consents::EVENTS, device::EVENTS, tokens::EVENTS]
            .concat(),
        permissions: [clients::PERMISSIONS, tokens::PERMISSIONS].concat(),
        migrations: MIGRATIONS,
        personal: personal::ALL,
        tenant_tables: tenant_tables::TENANT_TABLES,
        ..edge::Module::default()
    }
}
