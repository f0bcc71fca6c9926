use serde_json::json;

use super::{join, owned_by, role, role_within};
use crate::kit::{Person, Server};

struct Stage {
    server: Server,
    owner: Person,
    admin: Person,
    member: Person,
    /// The members of the organization.
    path: String,
    organization: String,
}

async fn stage() -> Stage {
    let server = Server::start().await;
    let root = server.root();
    let owner = server.user("owner@example.com").await;
    let admin = server.user("admin@example.com").await;
    let member = server.user("member@example.com").await;
    let organization = owned_by(&root, "Acme", &owner).await;
    join(&root, &organization, &admin, "admin").await;
    join(&root, &organization, &member, "member").await;
    let path = format!("/v1/organizations/{organization}/members");
    Stage { server, owner, admin, member, path, organization }
}

impl Stage {
    fn of(&self, person: &Person) -> String {
        format!("{}/{}", self.path, person.id)
    }
}

#[tokio::test]
async fn members_are_listed_with_what_they_are() {
    let stage = stage().await;
    let root = stage.server.root();
    role_within(&root, "billing", &["invoices:read"]).await;
    role_within(&root, "audit", &["books:read"]).await;
    root.patch(stage.of(&stage.member), json!({ "roles": ["billing", "audit", "billing"] })).await.expect(200);
    let listed = root.walk(&stage.path, 1).await;
    assert_eq!(listed.len(), 3);
    let own = listed.iter().find(|one| one["user_id"] == stage.member.id.as_str()).unwrap();
    assert_eq!((&own["roles"], &own["rank"]), (&json!(["audit", "billing"]), &json!("member")));
    assert_eq!(own["primary_email"], "member@example.com");
    assert_eq!(root.get(format!("{}?rank=owner", stage.path)).await.expect(200).items().len(), 1);

    // Members see each other, and only those who run it see how to reach them.
    assert_eq!(stage.admin.get(&stage.path).await.expect(200).text("/2/primary_email"), "member@example.com");
    let seen = stage.member.get(&stage.path).await.expect(200);
    assert!(seen.items().iter().all(|one| one["primary_email"].is_null()) && seen.items().len() == 3, "{seen}");
}

#[tokio::test]
async fn nobody_touches_who_stands_above_them_or_makes_more_than_they_are() {
    let stage = stage().await;
    let Stage { owner, admin, member, .. } = &stage;
    let refused = "insufficient_rank";
    member.patch(stage.of(member), json!({ "rank": "admin" })).await.refused(403, refused);
    member.delete(stage.of(admin)).await.refused(403, refused);
    admin.patch(stage.of(admin), json!({ "rank": "owner" })).await.refused(403, refused);
    admin.patch(stage.of(member), json!({ "rank": "owner" })).await.refused(403, refused);
    admin.patch(stage.of(owner), json!({ "rank": "member" })).await.refused(403, refused);
    admin.delete(stage.of(owner)).await.refused(403, refused);
    admin.patch(stage.of(member), json!({ "rank": "admin" })).await.expect(200);
    owner.patch(stage.of(admin), json!({ "rank": "owner" })).await.expect(200);
    // Who has stepped down has no say from that moment on.
    owner.patch(stage.of(owner), json!({ "rank": "member" })).await.expect(200);
    owner.patch(stage.of(owner), json!({ "rank": "owner" })).await.refused(403, refused);
}

#[tokio::test]
async fn the_last_owner_stays() {
    let stage = stage().await;
    let Stage { owner, admin, .. } = &stage;
    let root = stage.server.root();
    for caller in [&**owner, &root] {
        caller.patch(stage.of(owner), json!({ "rank": "admin" })).await.refused(409, "last_owner");
        caller.delete(stage.of(owner)).await.refused(409, "last_owner");
    }
    owner.patch(stage.of(admin), json!({ "rank": "owner" })).await.expect(200);
    owner.delete(stage.of(owner)).await.expect(200);
    admin.delete(stage.of(admin)).await.refused(409, "last_owner");
    owner.get(&stage.path).await.refused(404, "not_found");
}

#[tokio::test]
async fn whoever_wants_to_leaves() {
    let stage = stage().await;
    stage.member.delete(stage.of(&stage.member)).await.expect(200);
    stage.member.delete(stage.of(&stage.member)).await.refused(404, "not_found");
    stage.admin.delete(stage.of(&stage.admin)).await.expect(200);
    assert_eq!(stage.owner.get(&stage.path).await.expect(200).items().len(), 1);
}

#[tokio::test]
async fn members_add_others_where_the_settings_let_them() {
    let stage = stage().await;
    let root = stage.server.root();
    let eve = stage.server.user("eve@example.com").await;
    let body = json!({ "user_id": eve.id });
    stage.member.post(&stage.path, body.clone()).await.refused(403, "insufficient_rank");
    stage.owner.post(&stage.path, body.clone()).await.refused(403, "invitation_required");
    root.patch("/v1/settings", json!({ "organizations": { "user_adds_members": true } })).await.expect(200);
    // Anybody could add anybody.
    let both = json!({ "organizations": { "user_creation": true } });
    let refused = root.patch("/v1/settings", both).await.expect(422);
    assert_eq!(refused.fields(), ["organizations.user_adds_members contradiction"]);
    stage
        .admin
        .post(&stage.path, json!({ "user_id": eve.id, "rank": "owner" }))
        .await
        .refused(403, "insufficient_rank");
    stage.admin.post(&stage.path, body.clone()).await.expect(201);
    stage.admin.post(&stage.path, body).await.refused(409, "already_member");
    let nobody = json!({ "user_id": "018f3c4a-7b2e-7c1d-8000-000000000000" });
    stage.admin.post(&stage.path, nobody).await.refused(422, "unknown_user");
    let other = stage.server.other_tenant("Other").await;
    let theirs = other.api_key.create_user("mallory@example.com").await.id();
    root.post(&stage.path, json!({ "user_id": theirs })).await.refused(422, "unknown_user");
}

#[tokio::test]
async fn an_admin_gives_roles_that_they_hold_there_themselves() {
    let stage = stage().await;
    let root = stage.server.root();
    role_within(&root, "billing", &["invoices:read"]).await;
    role_within(&root, "treasurer", &["invoices:read", "invoices:pay"]).await;
    role(&root, "everywhere", &["tickets:read"]).await;
    let member = stage.of(&stage.member);
    root.patch(stage.of(&stage.admin), json!({ "roles": ["billing"] })).await.expect(200);
    stage.admin.patch(&member, json!({ "roles": ["treasurer"] })).await.refused(403, "role_not_held");
    stage.admin.patch(stage.of(&stage.admin), json!({ "roles": ["treasurer"] })).await.refused(403, "role_not_held");
    stage.admin.patch(&member, json!({ "roles": ["billing"] })).await.expect(200);
    stage.owner.patch(&member, json!({ "roles": ["treasurer"] })).await.expect(200);
    // What somebody has they may keep, whoever writes it down again.
    stage.admin.patch(&member, json!({ "roles": ["treasurer", "billing"] })).await.expect(200);
    stage.admin.patch(&member, json!({ "roles": [] })).await.expect(200);
    root.patch(&member, json!({ "roles": ["everywhere"] })).await.refused(422, "unknown_role");
    let many: Vec<String> = (0..21).map(|number| format!("role-{number}")).collect();
    root.patch(&member, json!({ "roles": many })).await.refused(409, "too_many_roles_held");
}

#[tokio::test]
async fn erasing_somebody_ends_their_membership() {
    let stage = stage().await;
    let root = stage.server.root();
    root.delete(format!("/v1/users/{}", stage.member.id)).await.expect(200);
    assert_eq!(root.get(&stage.path).await.expect(200).items().len(), 2);
    let events = root.get(format!("/v1/audit/events?target_id={}", stage.organization)).await.expect(200);
    assert_eq!(events.text("/0/type"), "organization.created");
}
