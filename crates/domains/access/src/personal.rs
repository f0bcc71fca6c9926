//! What is held on a person here, for the export of one and the merge of two.

use edge::PersonalData;

edge::personal! {
    role_holders: "role_holders", by "user_id" {
        export: "roles" { "role_id": Id, "created_at": Time },
        merge: leave "what one account may do does not pass to whoever proves to be another"
    }
    group_members: "group_members", by "user_id" {
        export: "groups" { "group_id": Id, "created_at": Time },
        merge: leave "what one account may do does not pass to whoever proves to be another"
    }
    organization_members: "organization_members", by "user_id" {
        export: "organizations" { "organization_id": Id, "rank": Text, "created_at": Time, "updated_at": Time },
        merge: leave "what one account may do does not pass to whoever proves to be another"
    }
    member_roles: "member_roles", by "user_id" {
        export: "organization_roles" { "organization_id": Id, "role_id": Id },
        merge: leave "a role within an organization goes with the membership"
    }
}

/// Every table of this domain that names a user.
pub(crate) const ALL: &[PersonalData] =
    &[role_holders::FACTS, group_members::FACTS, organization_members::FACTS, member_roles::FACTS];
