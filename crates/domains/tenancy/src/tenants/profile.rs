//! What the edge carries for this domain with each request.

use std::sync::{LazyLock, OnceLock};

use kernel::tenant::TenantFacts;

use crate::{discovery, published::Published, settings::Settings};

/// The part of [`TenantFacts`] that the edge does not read.
pub(crate) struct Profile {
    pub(crate) name: String,
    pub(crate) version: i64,
    pub(crate) settings: Settings,
    metadata: OnceLock<Published>,
}

impl Profile {
    pub(crate) const fn new(name: String, version: i64, settings: Settings) -> Self {
        Self { name, version, settings, metadata: OnceLock::new() }
    }

    /// The discovery document, made when it is first asked for and kept as long as the tenant stays what it is.
    pub(crate) fn metadata(&self, issuer: &str) -> &Published {
        self.metadata.get_or_init(|| Published::new(&discovery::metadata(issuer)))
    }
}

/// Facts always carry a profile; those that a test made by hand get one of defaults.
pub(crate) fn profile_of(tenant: &TenantFacts) -> &Profile {
    static DEFAULT: LazyLock<Profile> = LazyLock::new(|| Profile::new(String::new(), 0, Settings::default()));
    tenant.settings.downcast_ref().unwrap_or_else(|| &DEFAULT)
}

/// The tenant's name, as people know it.
pub fn name_of(tenant: &TenantFacts) -> &str {
    &profile_of(tenant).name
}
