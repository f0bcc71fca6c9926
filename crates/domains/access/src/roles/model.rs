//! What a role is. Pure.

use kernel::{Id, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::grant::{Reach, words};

/// A named set of permissions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Role {
    pub(crate) id: Id<Self>,
    pub(crate) version: i64,
    pub(crate) kind: RoleKind,
    /// Never changes.
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// Space-separated, sorted.
    pub(crate) permissions: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// Where a role is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RoleKind {
    /// In the whole application.
    #[default]
    Application,
    /// Within an organization, by its members.
    Organization,
}

impl RoleKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Organization => "organization",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Application, Self::Organization].into_iter().find(|kind| kind.as_str() == name)
    }

    pub(crate) const fn reach(self) -> Reach {
        match self {
            Self::Application => Reach::Application,
            Self::Organization => Reach::Organization,
        }
    }
}

impl Role {
    pub(crate) fn permissions(&self) -> Vec<String> {
        words(&self.permissions)
    }
}

/// A name for programs: `billing-admin`. What a member is in an organization is called `owner`, `admin` or `member`, and settings name
/// that like a role, so that no role is called so.
pub(crate) fn name_flaw(name: &str) -> Option<(&'static str, &'static str)> {
    const MAX_BYTES: usize = 64;
    let is_name = name.len() <= MAX_BYTES
        && name.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.:".contains(&byte));
    if !is_name {
        return Some((
            "invalid",
            "1 to 64 lower-case letters, digits, `-`, `_`, `.` and `:`, the first a letter or digit.",
        ));
    }
    let is_rank = identity::holdings::Rank::from_name(name).is_some();
    is_rank.then_some(("reserved", "Members of organizations are called `owner`, `admin` and `member`."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_for_programs_and_no_rank() {
        for name in ["a", "billing-admin", "2nd_line", "eu:support.lead", &"a".repeat(64)] {
            assert_eq!(name_flaw(name), None, "{name}");
        }
        for name in ["", "Admin", "-a", "a b", "ä", "a\n", &"a".repeat(65)] {
            assert_eq!(name_flaw(name).unwrap().0, "invalid", "{name}");
        }
        for name in ["owner", "admin", "member"] {
            assert_eq!(name_flaw(name).unwrap().0, "reserved", "{name}");
        }
    }
}
