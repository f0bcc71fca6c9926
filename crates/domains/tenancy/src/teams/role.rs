//! What each role of a team may do with the team's applications: the one table. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "TeamRole")]
pub enum Role {
    /// Everything, and the team itself.
    Owner,
    /// Everything.
    Admin,
    /// Everything in an application, nothing about the team.
    Developer,
    /// Help people: see them and what happened, end their sessions.
    Support,
    /// Look at everything, change nothing.
    Viewer,
}

impl Role {
    pub const ALL: [Self; 5] = [Self::Owner, Self::Admin, Self::Developer, Self::Support, Self::Viewer];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Developer => "developer",
            Self::Support => "support",
            Self::Viewer => "viewer",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Does the role carry a permission? One that a later module brings falls to the roles by its words: nothing is granted to
    /// support unless it stands here.
    pub fn holds(self, permission: &str) -> bool {
        let (resource, action) = permission.split_once(':').unwrap_or((permission, ""));
        match self {
            Self::Owner | Self::Admin => true,
            Self::Developer => resource != "team",
            Self::Support => resource == "sessions" || (matches!(resource, "users" | "audit") && action == "read"),
            Self::Viewer => action == "read",
        }
    }

    /// May the role create applications, rename, suspend and resume them?
    pub const fn manages_applications(self) -> bool {
        matches!(self, Self::Owner | Self::Admin | Self::Developer)
    }

    /// May the role delete applications and bring them back?
    pub const fn deletes_applications(self) -> bool {
        matches!(self, Self::Owner | Self::Admin)
    }

    /// May the role give this one to somebody, or take it from them? Nobody deals with more than they hold.
    pub fn deals_with(self, role: Self) -> bool {
        self.holds("team:write") && (role != Self::Owner || self == Self::Owner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for role in Role::ALL {
            assert_eq!(Role::from_name(role.as_str()), Some(role));
        }
        assert_eq!(Role::from_name("Owner"), None);
    }

    #[test]
    fn all_stands_in_the_order_of_the_variants() {
        assert_eq!(Role::ALL.map(|role| role as usize), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn the_table_of_roles_and_permissions() {
        let table = [
            // permission        owner admin developer support viewer
            ("users:read", [true, true, true, true, true]),
            ("users:write", [true, true, true, false, false]),
            ("sessions:read", [true, true, true, true, true]),
            ("sessions:write", [true, true, true, true, false]),
            ("audit:read", [true, true, true, true, true]),
            ("api-keys:read", [true, true, true, false, true]),
            ("api-keys:write", [true, true, true, false, false]),
            ("settings:read", [true, true, true, false, true]),
            ("settings:write", [true, true, true, false, false]),
            ("team:read", [true, true, false, false, true]),
            ("team:write", [true, true, false, false, false]),
        ];
        for (permission, held) in table {
            assert_eq!(Role::ALL.map(|role| role.holds(permission)), held, "{permission}");
        }
        assert_eq!(Role::ALL.map(Role::manages_applications), [true, true, true, false, false]);
        assert_eq!(Role::ALL.map(Role::deletes_applications), [true, true, false, false, false]);
    }

    #[test]
    fn nobody_deals_with_more_than_they_hold() {
        for role in Role::ALL {
            assert!(Role::Owner.deals_with(role));
            assert_eq!(Role::Admin.deals_with(role), role != Role::Owner);
            for less in [Role::Developer, Role::Support, Role::Viewer] {
                assert!(!less.deals_with(role), "{less:?} {role:?}");
            }
        }
    }
}
