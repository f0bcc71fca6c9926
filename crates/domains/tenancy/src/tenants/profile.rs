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
    tenant.settings.downcast_ref::<Profile>().unwrap_or(&DEFAULT)
}

/// The tenant's name, as people know it.
pub fn name_of(tenant: &TenantFacts) -> &str {
    &profile_of(tenant).name
}

#[cfg(test)]
mod tests {
    use std::{any::Any, sync::Arc};

    use kernel::Id;

    use super::*;

    fn facts(settings: Arc<dyn Any + Send + Sync>) -> TenantFacts {
        TenantFacts {
            id: Id::from_u128(7),
            slug: "acme".to_owned(),
            issuer: "https://acme.example".to_owned(),
            suspended: false,
            allowed_origins: Vec::new(),
            limits: Vec::new(),
            settings,
        }
    }

    #[test]
    fn facts_carry_their_own_profile() {
        let mut settings = Settings::default();
        settings.sessions.idle_seconds = 60;
        let facts = facts(Arc::new(Profile::new("Acme".to_owned(), 3, settings.clone())));
        assert_eq!((name_of(&facts), profile_of(&facts).version), ("Acme", 3));
        assert_eq!(crate::settings_of(&facts), &settings);
    }

    #[test]
    fn facts_made_by_hand_have_the_defaults() {
        assert_eq!(crate::settings_of(&facts(Arc::new(()))), &Settings::default());
    }
}
