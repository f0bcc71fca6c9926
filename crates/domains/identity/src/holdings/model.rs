//! The words of the answer, and what follows from it. Pure.

use std::collections::BTreeSet;

use kernel::Id;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenancy::settings::{MfaPolicy, SettingsMfa};

/// An organization as a session and a token name it; what it is, `access` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrganizationRef;

kernel::resource! { OrganizationRef, prefix: "org", noun: "organization" }

pub type OrganizationId = Id<OrganizationRef>;

/// A group as a list of users names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupRef;

kernel::resource! { GroupRef, prefix: "grp", noun: "group" }

/// What a member is in their organization, beside the roles that the application gives a meaning to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "OrganizationRank")]
pub enum Rank {
    /// Sees the organization and who is in it.
    Member,
    /// Changes it, and who is in it.
    Admin,
    /// Does everything, to other owners too. An organization keeps one.
    Owner,
}

impl Rank {
    pub const ALL: [Self; 3] = [Self::Member, Self::Admin, Self::Owner];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rank| rank.as_str() == name)
    }
}

/// One thing that a person holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holding {
    /// A role in the whole application, by themselves or through a group.
    Role { name: String, permissions: String },
    /// A group gives its scopes.
    Group { slug: String, scopes: String },
    /// They belong to an organization.
    Membership { organization: OrganizationId, rank: Rank, requires_mfa: bool },
    /// A role within an organization.
    OrganizationRole { organization: OrganizationId, name: String, permissions: String },
}

/// All that a person holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holdings(pub Vec<Holding>);

/// What a person is and may do in one organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InOrganization {
    pub id: OrganizationId,
    pub rank: Rank,
    pub requires_mfa: bool,
    /// Names, sorted.
    pub roles: Vec<String>,
    /// Each once, sorted.
    pub permissions: Vec<String>,
}

impl Holdings {
    /// Names of the roles in the whole application, each once, sorted.
    pub fn roles(&self) -> Vec<String> {
        sorted(self.0.iter().filter_map(|holding| match holding {
            Holding::Role { name, .. } => Some(name.as_str()),
            _ => None,
        }))
    }

    /// Slugs of the groups that they are in, sorted.
    pub fn groups(&self) -> Vec<String> {
        sorted(self.0.iter().filter_map(|holding| match holding {
            Holding::Group { slug, .. } => Some(slug.as_str()),
            _ => None,
        }))
    }

    /// What they may do in the whole application, each once, sorted: nothing that an organization gives, which counts there alone.
    pub fn permissions(&self) -> Vec<String> {
        sorted(
            self.0
                .iter()
                .filter_map(|holding| match holding {
                    Holding::Role { permissions, .. } => Some(permissions),
                    Holding::Group { scopes, .. } => Some(scopes),
                    _ => None,
                })
                .flat_map(|words| words.split(' ')),
        )
    }

    /// What they are and may do there; `None` where they don't belong to it.
    pub fn in_organization(&self, id: OrganizationId) -> Option<InOrganization> {
        let (rank, requires_mfa) = self.0.iter().find_map(|holding| match holding {
            Holding::Membership { organization, rank, requires_mfa } if *organization == id => {
                Some((*rank, *requires_mfa))
            }
            _ => None,
        })?;
        let held = || {
            self.0.iter().filter_map(move |holding| match holding {
                Holding::OrganizationRole { organization, name, permissions } if *organization == id => {
                    Some((name.as_str(), permissions.as_str()))
                }
                _ => None,
            })
        };
        let roles = sorted(held().map(|(name, _)| name));
        let permissions = sorted(held().flat_map(|(_, permissions)| permissions.split(' ')));
        Some(InOrganization { id, rank, requires_mfa, roles, permissions })
    }

    /// What of it counts in a session. `is_strong`: with two factors. Whoever must have two holds nothing in a session of one, which is of
    /// before they had to.
    #[must_use]
    pub fn in_session(self, mfa: &SettingsMfa, is_strong: bool) -> Self {
        if !is_strong && self.demand_second_factor(mfa) { Self::default() } else { self }
    }

    /// Must this person have a second factor: because everybody must, for a role of theirs in the application or in any organization
    /// (what they are there is a role too: `owner`), or because an organization that they belong to asks for it? Where nobody can enrol
    /// one, nobody must.
    pub fn demand_second_factor(&self, mfa: &SettingsMfa) -> bool {
        let names = self.0.iter().filter_map(|holding| match holding {
            Holding::Role { name, .. } | Holding::OrganizationRole { name, .. } => Some(name.as_str()),
            Holding::Membership { rank, .. } => Some(rank.as_str()),
            Holding::Group { .. } => None,
        });
        let is_asked = self.0.iter().any(|holding| matches!(holding, Holding::Membership { requires_mfa: true, .. }));
        mfa.requires(names) || (is_asked && mfa.policy != MfaPolicy::Off)
    }
}

fn sorted<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
    let words: BTreeSet<&str> = words.filter(|word| !word.is_empty()).collect();
    words.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACME: OrganizationId = Id::from_u128(1);
    const OTHER: OrganizationId = Id::from_u128(2);

    fn role(name: &str, permissions: &str) -> Holding {
        Holding::Role { name: name.to_owned(), permissions: permissions.to_owned() }
    }

    fn member(organization: OrganizationId, rank: Rank, requires_mfa: bool) -> Holding {
        Holding::Membership { organization, rank, requires_mfa }
    }

    fn role_in(organization: OrganizationId, name: &str, permissions: &str) -> Holding {
        Holding::OrganizationRole { organization, name: name.to_owned(), permissions: permissions.to_owned() }
    }

    #[test]
    fn what_an_organization_gives_counts_there_alone() {
        let group = Holding::Group { slug: "staff".into(), scopes: "reports:read".into() };
        let holdings = Holdings(vec![
            role("support", "tickets:write tickets:read"),
            role("reader", "tickets:read"),
            group,
            member(ACME, Rank::Admin, false),
            role_in(ACME, "billing", "invoices:read"),
            role_in(OTHER, "auditor", "books:read"),
        ]);
        assert_eq!(
            (holdings.roles(), holdings.groups()),
            (vec!["reader".into(), "support".into()], vec!["staff".into()])
        );
        assert_eq!(holdings.permissions(), ["reports:read", "tickets:read", "tickets:write"]);
        let acme = holdings.in_organization(ACME).unwrap();
        assert_eq!(
            (acme.rank, acme.roles, acme.permissions),
            (Rank::Admin, vec!["billing".into()], vec!["invoices:read".into()])
        );
        assert_eq!(holdings.in_organization(OTHER), None, "a role without a membership is nothing");
    }

    #[test]
    fn whoever_must_have_two_factors_holds_nothing_in_a_session_of_one() {
        let mfa = |policy| SettingsMfa { policy, ..SettingsMfa::default() };
        let held = |requires| Holdings(vec![role("support", "tickets:read"), member(ACME, Rank::Owner, requires)]);
        for (policy, requires, is_strong, counts) in [
            (MfaPolicy::Optional, false, false, true),
            (MfaPolicy::Optional, true, false, false),
            (MfaPolicy::Optional, true, true, true),
            (MfaPolicy::Required, false, false, false),
            (MfaPolicy::Required, false, true, true),
            (MfaPolicy::Off, true, false, true),
        ] {
            let left = held(requires).in_session(&mfa(policy), is_strong);
            assert_eq!(left == held(requires), counts, "{policy:?} {requires} {is_strong}");
            assert_eq!(left.in_organization(ACME).is_some(), counts);
        }
    }

    #[test]
    fn roles_and_organizations_demand_a_second_factor_where_one_can_be_had() {
        let with = |policy| SettingsMfa {
            policy,
            required_roles: vec!["admin".into(), "owner".into()],
            ..SettingsMfa::default()
        };
        for (held, demands) in [
            (vec![], false),
            (vec![role("viewer", "")], false),
            (vec![role("admin", "")], true),
            (vec![member(ACME, Rank::Member, false)], false),
            (vec![member(ACME, Rank::Owner, false)], true),
            (vec![member(ACME, Rank::Member, true)], true),
            (vec![member(ACME, Rank::Member, false), role_in(ACME, "admin", "")], true),
        ] {
            let holdings = Holdings(held);
            assert_eq!(holdings.demand_second_factor(&with(MfaPolicy::Optional)), demands, "{holdings:?}");
            assert!(holdings.demand_second_factor(&with(MfaPolicy::Required)));
            assert!(!holdings.demand_second_factor(&with(MfaPolicy::Off)), "nobody can enrol");
        }
    }
}
