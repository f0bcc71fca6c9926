//! What a tenant is.

use kernel::{TenantId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Slug;
use crate::{settings::Settings, teams::TeamId};

/// A tenant's row.
#[derive(Clone, Debug, PartialEq)]
pub struct TenantRecord {
    pub id: TenantId,
    /// Never changes: issuers, and with them tokens, are built from it.
    pub slug: Slug,
    pub name: String,
    pub environment: Environment,
    pub state: TenantState,
    /// Who runs it; `None` for the console, and for what is left of an erased one.
    pub team_id: Option<TeamId>,
    /// Does it answer at the bare base host?
    pub is_primary: bool,
    pub settings: Settings,
    /// Counts changes; the entity tag, and what a save is compared against.
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Since when it is [`TenantState::Deleted`].
    pub deleted_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// For trying things out.
    #[default]
    Development,
    /// For real users.
    Production,
}

impl Environment {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Production => "production",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Development, Self::Production].into_iter().find(|environment| environment.as_str() == name)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TenantState {
    #[default]
    Active,
    /// Everything answers 403 `tenant_suspended`; nothing is lost.
    Suspended,
    /// It answers as one that does not exist. For thirty days it can be had back; then it is erased.
    Deleted,
}

impl TenantState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Deleted => "deleted",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Active, Self::Suspended, Self::Deleted].into_iter().find(|state| state.as_str() == name)
    }
}
