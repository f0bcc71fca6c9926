//! What of access goes with an application.

store::tenant_tables! {
    member_roles by "organization_id, user_id, role_id";
    organization_members by "organization_id, user_id";
    organizations by "id";
    group_roles by "group_id, role_id";
    group_members by "group_id, user_id";
    user_groups by "id";
    role_holders by "user_id, role_id";
    roles by "id";
}
