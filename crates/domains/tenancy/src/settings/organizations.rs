//! What end users may do with organizations by themselves.

use kernel::Patch;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{flaws::Flaws, input::value};

/// Organizations: customers of the application, with members of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SettingsOrganizations {
    /// May an end user create one, and be its owner?
    pub user_creation: bool,
    /// So many may one end user own and create another, or be made the owner of by another. What the application itself gives them counts,
    /// and is not held to it.
    pub max_owned: u32,
    /// May owners and admins add somebody by their user id, without an invitation? Whoever is added is not asked, so that it does not go
    /// with `user_creation`: anybody could then add anybody.
    pub user_adds_members: bool,
}

impl Default for SettingsOrganizations {
    fn default() -> Self {
        Self { user_creation: false, max_owned: 5, user_adds_members: false }
    }
}

/// What to change about organizations.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SettingsOrganizationsUpdate {
    user_creation: Patch<bool>,
    max_owned: Patch<u32>,
    user_adds_members: Patch<bool>,
}

impl SettingsOrganizations {
    pub(super) fn change(&self, update: SettingsOrganizationsUpdate) -> Self {
        let default = Self::default();
        Self {
            user_creation: value(update.user_creation, self.user_creation, default.user_creation),
            max_owned: value(update.max_owned, self.max_owned, default.max_owned),
            user_adds_members: value(update.user_adds_members, self.user_adds_members, default.user_adds_members),
        }
    }

    pub(super) fn check(&self, flaws: &mut Flaws) {
        flaws.within("max_owned", self.max_owned, 1..=100);
        if self.user_creation && self.user_adds_members {
            let message = "Where anybody creates an organization, nobody adds people who are not asked.";
            flaws.add("user_adds_members", "contradiction", message);
        }
    }
}
