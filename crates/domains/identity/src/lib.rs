//! Who is this: the users of a tenant, how they prove it, and the sessions that follow.
//!
//! Owns users and their identifiers, password credentials, sign-up and sign-in, sessions and their tokens. Does not own what a
//! person may do (`access`), nor the tenant's keys and settings (`tenancy`).

mod auth;
pub mod captcha;
pub mod challenges;
mod dashboard;
pub mod doors;
pub mod factors;
pub mod flows;
pub mod holdings;
pub mod identifiers;
pub mod joining;
mod links;
pub mod me;
mod notices;
mod passkeys;
pub mod passwordless;
mod passwords;
mod personal;
pub mod profile_fields;
pub mod recovery;
pub mod risk;
pub mod sessions;
mod tenant_tables;
mod throttles;
pub mod users;
pub mod verification;

pub use auth::{Invited, Welcome, has_account, is_somebody};
pub use dashboard::{DashboardSignUp, key_figures};
pub use passwords::PasswordError;
pub use sessions::Sessions;

use kernel::Timestamp;
use store::{Db, Migration, StoreError};

const MIGRATIONS: &[Migration] = &[
    Migration::new("identity/0001_users", include_str!("../migrations/0001_users.sql")),
    Migration::new("identity/0002_flows", include_str!("../migrations/0002_flows.sql")),
    Migration::new("identity/0004_passkeys", include_str!("../migrations/0004_passkeys.sql")),
    Migration::new("identity/0005_factors", include_str!("../migrations/0005_factors.sql")),
    Migration::new("identity/0006_throttles", include_str!("../migrations/0006_throttles.sql")),
    Migration::new("identity/0007_contacts_by_user", include_str!("../migrations/0007_contacts_by_user.sql")),
    Migration::new("identity/0008_holdings", include_str!("../migrations/0008_holdings.sql")),
];

/// The domain's line in the registry.
pub fn module() -> edge::Module {
    edge::Module {
        name: "identity",
        endpoints: [
            users::endpoints(),
            auth::endpoints(),
            captcha::endpoints(),
            flows::endpoints(),
            passkeys::endpoints(),
            passwordless::endpoints(),
            recovery::endpoints(),
            verification::endpoints(),
            factors::endpoints(),
            sessions::endpoints(),
            me::endpoints(),
            dashboard::endpoints(),
        ]
        .into_iter()
        .flatten()
        .collect(),
        events: [
            users::EVENTS,
            auth::EVENTS,
            captcha::EVENTS,
            risk::EVENTS,
            throttles::EVENTS,
            flows::EVENTS,
            passkeys::EVENTS,
            passwordless::EVENTS,
            recovery::EVENTS,
            verification::EVENTS,
            factors::EVENTS,
            passwords::EVENTS,
            sessions::EVENTS,
            dashboard::EVENTS,
        ]
        .concat(),
        permissions: [users::PERMISSIONS, sessions::PERMISSIONS].concat(),
        migrations: MIGRATIONS,
        sealed: factors::SEALED,
        personal: personal::ALL,
        tenant_tables: tenant_tables::TENANT_TABLES,
    }
}

/// Forget what ended long ago, in small bites. How much is gone.
pub async fn purge_ended(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    Ok(sessions::purge_ended(db, now).await?
        + challenges::purge_ended(db, now).await?
        + flows::purge_ended(db, now).await?
        + factors::purge_devices(db, now).await?
        + throttles::purge(db, now).await?
        + risk::purge(db, now).await?
        + captcha::purge(db, now).await?)
}
