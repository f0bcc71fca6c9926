//! What the edge carries for this domain with each request.

use std::sync::LazyLock;

use kernel::tenant::TenantFacts;

use super::Environment;
use crate::{discovery::Documents, settings::Settings};

/// The part of [`TenantFacts`] that the edge does not read.
pub(crate) struct Profile {
    pub(crate) name: String,
    pub(crate) environment: Environment,
    pub(crate) version: i64,
    pub(crate) settings: Settings,
    pub(crate) documents: Documents,
}

impl Profile {
    pub(crate) fn new(name: String, environment: Environment, version: i64, settings: Settings) -> Self {
        Self { name, environment, version, settings, documents: Documents::default() }
    }
}

/// Facts always carry a profile; those that a test made by hand get one of defaults.
pub(crate) fn profile_of(tenant: &TenantFacts) -> &Profile {
    static DEFAULT: LazyLock<Profile> =
        LazyLock::new(|| Profile::new(String::new(), Environment::Production, 0, Settings::default()));
    tenant.settings.downcast_ref::<Profile>().unwrap_or(&DEFAULT)
}

/// The tenant's name, as people know it.
pub fn name_of(tenant: &TenantFacts) -> &str {
    &profile_of(tenant).name
}

/// May things be tried out there that would be dangerous where real people are?
pub fn is_development(tenant: &TenantFacts) -> bool {
    profile_of(tenant).environment == Environment::Development
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
        let facts = facts(Arc::new(Profile::new("Acme".to_owned(), Environment::Development, 3, settings.clone())));
        assert_eq!((name_of(&facts), profile_of(&facts).version), ("Acme", 3));
        assert_eq!(crate::settings_of(&facts), &settings);
    }

    #[test]
    fn facts_made_by_hand_have_the_defaults() {
        assert_eq!(crate::settings_of(&facts(Arc::new(()))), &Settings::default());
    }
}
