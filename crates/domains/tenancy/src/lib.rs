//! Tenants and what belongs to a tenant as such.
//!
//! Owns teams and their roles, tenants with their hosts and settings, signing keys and the documents that publish them,
//! secret API keys, the dashboard's applications, and the first start. Does not own people: a team's members are users of
//! the console's tenant, and users are `identity`'s.

pub mod api_keys;
pub mod applications;
pub mod bootstrap;
pub mod discovery;
pub mod freshness;
pub mod keys;
pub mod messaging;
mod offers;
pub mod providers;
mod published;
pub mod settings;
pub mod teams;
mod tenant_tables;
pub mod tenants;

use std::sync::Arc;

use edge::{Export, Merge, PersonalData, SealedColumn};
use store::Migration;

pub use api_keys::ApiKeys;
pub use applications::{Figures, FiguresOf, KeyFigures, erase_deleted};
pub use bootstrap::{Bootstrapped, FirstStart, first_start};
pub use keys::{KeyError, KeyRing};
pub use offers::Offers;
pub use published::Published;
pub use settings::{Settings, settings_of};
pub use teams::{Role, TeamId, Teams};
pub use tenants::{PublicUrlError, Tenants, is_development, name_of};

/// Every permission that some module defines: a part that the server collects from the registry.
#[derive(Clone, Debug)]
pub struct Permissions(Arc<[&'static str]>);

impl Permissions {
    /// Sorted and each once, whatever the order of the modules.
    pub fn new(names: impl IntoIterator<Item = &'static str>) -> Self {
        let mut names: Vec<_> = names.into_iter().collect();
        names.sort_unstable();
        names.dedup();
        Self(names.into())
    }

    pub fn names(&self) -> &[&'static str] {
        &self.0
    }

    pub fn contains(&self, name: &str) -> bool {
        self.0.binary_search(&name).is_ok()
    }
}

const MIGRATIONS: &[Migration] = &[
    Migration::new("tenancy/0001_tenancy", include_str!("../migrations/0001_tenancy.sql")),
    Migration::new("tenancy/0002_providers", include_str!("../migrations/0002_providers.sql")),
    Migration::new("tenancy/0003_messaging", include_str!("../migrations/0003_messaging.sql")),
    Migration::new("tenancy/0010_teams", include_str!("../migrations/0010_teams.sql")),
];

const SEALED: &[SealedColumn] = &[
    SealedColumn { table: "signing_keys", column: "private_key", row: "kid" },
    SealedColumn { table: "settings_secrets", column: "secret", row: "name" },
    SealedColumn { table: "social_providers", column: "secret", row: "slug" },
    SealedColumn { table: "messages", column: "content", row: "id" },
    SealedColumn { table: "message_senders", column: "secret", row: "channel" },
];

const PERSONAL: &[PersonalData] = &[PersonalData {
    table: "team_members",
    export: Export::Withheld("dashboard accounts are nobody's end users"),
    merge: Merge::Stay("dashboard accounts are not merged"),
}];

/// The domain's line in the registry.
pub fn module() -> edge::Module {
    edge::Module {
        name: "tenancy",
        endpoints: [
            api_keys::endpoints(),
            settings::endpoints(),
            providers::endpoints(),
            applications::endpoints(),
            discovery::endpoints(),
            messaging::endpoints(),
        ]
        .into_iter()
        .flatten()
        .collect(),
        events: [
            api_keys::EVENTS,
            settings::EVENTS,
            applications::EVENTS,
            keys::EVENTS,
            teams::EVENTS,
            messaging::EVENTS,
        ]
        .concat(),
        permissions: [api_keys::PERMISSIONS, settings::PERMISSIONS].concat(),
        migrations: MIGRATIONS,
        sealed: SEALED,
        personal: PERSONAL,
        tenant_tables: tenant_tables::TENANT_TABLES,
    }
}
