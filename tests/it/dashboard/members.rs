use serde_json::json;

use super::people::{MEMBERS, account, invite, joined, owner, roles, sign_in};
use crate::kit::Server;

#[tokio::test]
async fn a_team_lists_its_members_page_by_page_with_their_roles() {
    let server = Server::start().await;
    let owner = owner(&server).await;
    for role in ["admin", "developer", "support", "viewer"] {
        joined(&owner, &format!("{role}@example.com"), role).await;
    }
    let all = owner.get(MEMBERS).await.expect(200);
    let paged = owner.walk(MEMBERS, 2).await;
    assert_eq!(paged, all.items());
    let first = &all.items()[0];
    assert_eq!(
        (&first["email"], &first["role"], &first["id"]),
        (&json!(owner.email), &json!("owner"), &json!(owner.id))
    );
    assert_eq!(paged.len(), 5);
}

#[tokio::test]
async fn only_roles_that_carry_it_read_or_change_the_team() {
    let server = Server::start().await;
    let owner = owner(&server).await;
    for (role, reads, writes) in
        [("admin", true, true), ("developer", false, false), ("support", false, false), ("viewer", true, false)]
    {
        let member = joined(&owner, &format!("{role}@example.com"), role).await;
        let listed = member.get(MEMBERS).await;
        assert_eq!(listed.status, if reads { 200 } else { 403 }, "{role}: {listed}");
        let invited = invite(&member, &format!("friend.of.{role}@example.com"), "viewer").await;
        assert_eq!(invited.status, if writes { 200 } else { 403 }, "{role}: {invited}");
        if !writes {
            assert_eq!(invited.reason(), "insufficient_role");
            let other = owner.id.clone();
            member.delete(format!("{MEMBERS}/{other}")).await.refused(403, "insufficient_role");
        }
    }
}

#[tokio::test]
async fn a_member_gets_another_role_at_once() {
    let server = Server::start().await;
    let owner = owner(&server).await;
    let dev = joined(&owner, "dev@example.com", "viewer").await;
    let body = json!({ "primary_email": "ada@example.com" });
    dev.post("/v1/users", body.clone()).await.refused(403, "insufficient_scope");
    let changed = invite(&owner, "Dev@Example.com", "developer").await.expect(200);
    assert_eq!((changed.text("/state"), changed.text("/member_id")), ("member".to_owned(), dev.id.clone()));
    dev.post("/v1/users", body).await.expect(201);
    // The same role again is no change and no event.
    let before = crate::kit::count_events(server.db()).await;
    invite(&owner, "dev@example.com", "developer").await.expect(200);
    assert_eq!(crate::kit::count_events(server.db()).await, before);
}

#[tokio::test]
async fn nobody_gives_or_takes_more_than_they_hold() {
    let server = Server::start().await;
    let owner = owner(&server).await;
    let admin = joined(&owner, "admin@example.com", "admin").await;
    joined(&owner, "dev@example.com", "developer").await;
    for email in ["admin@example.com", "dev@example.com", "new@example.com"] {
        invite(&admin, email, "owner").await.refused(403, "insufficient_role");
    }
    invite(&admin, "owner@example.com", "viewer").await.refused(403, "insufficient_role");
    admin.delete(format!("{MEMBERS}/{}", owner.id)).await.refused(403, "insufficient_role");
    invite(&admin, "dev@example.com", "admin").await.expect(200);
    assert!(roles(&owner).await.contains(&("dev@example.com".to_owned(), "admin".to_owned())));
}

#[tokio::test]
async fn the_last_owner_is_neither_demoted_nor_removed_and_does_not_leave() {
    let server = Server::start().await;
    let owner = owner(&server).await;
    let second = joined(&owner, "second@example.com", "admin").await;
    let own = format!("{MEMBERS}/{}", owner.id);
    owner.delete(&own).await.refused(409, "last_owner");
    invite(&owner, "owner@example.com", "admin").await.refused(409, "last_owner");
    invite(&owner, "second@example.com", "owner").await.expect(200);
    second.delete(&own).await.expect(200);
    owner.get("/v1/users").await.refused(404, "tenant_not_found");
    second.delete(format!("{MEMBERS}/{}", second.id)).await.refused(409, "last_owner");
}

#[tokio::test]
async fn who_is_removed_may_do_nothing_from_that_moment_on() {
    let server = Server::start().await;
    let owner = owner(&server).await;
    let dev = joined(&owner, "dev@example.com", "developer").await;
    dev.get("/v1/users").await.expect(200);
    owner.delete(format!("{MEMBERS}/{}", dev.id)).await.expect(200);
    dev.get("/v1/users").await.refused(404, "tenant_not_found");
    assert_eq!(dev.get("/v1/dashboard/applications").await.expect(200).items().len(), 0);
    dev.get(MEMBERS).await.refused(403, "no_team");
    owner.delete(format!("{MEMBERS}/{}", dev.id)).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_viewer_leaves_by_themselves() {
    let server = Server::start().await;
    let owner = owner(&server).await;
    let viewer = joined(&owner, "viewer@example.com", "viewer").await;
    viewer.delete(format!("{MEMBERS}/{}", viewer.id)).await.expect(200);
    assert_eq!(roles(&owner).await.len(), 1);
}

#[tokio::test]
async fn who_is_in_several_teams_says_which() {
    let server = Server::start().await;
    let owner = owner(&server).await;
    let eve = account(&server, "eve@example.com").await;
    invite(&owner, "eve@example.com", "admin").await.expect(200);
    let token = server.mailed_token("eve@example.com").await;
    let team = eve.post(format!("{MEMBERS}/accept"), json!({ "token": token })).await.expect(200).id();
    eve.get(MEMBERS).await.refused(422, "team_required");
    invite(&eve, "bob@example.com", "viewer").await.refused(422, "team_required");
    eve.delete(format!("{MEMBERS}/{}", owner.id)).await.refused(422, "team_required");
    assert_eq!(eve.get(format!("{MEMBERS}?team_id={team}")).await.expect(200).items().len(), 2);
    let own = sign_in(&server, "eve@example.com").await.get("/v1/dashboard/account").await.expect(200);
    let own = own.data()["teams"].as_array().unwrap().iter().find(|it| it["role"] == "owner").unwrap()["id"].clone();
    let listed = eve.get(format!("{MEMBERS}?team_id={}", own.as_str().unwrap())).await.expect(200);
    assert_eq!(listed.items().len(), 1);
    // A team of others is as far away as one that is not there.
    let missing = owner.get(format!("{MEMBERS}?team_id=018f3c4a-7b2e-7c1d-8000-000000000000")).await;
    let foreign = owner.get(format!("{MEMBERS}?team_id={}", own.as_str().unwrap())).await.refused(403, "no_team");
    assert_eq!(foreign.comparable(), missing.comparable());
}

#[tokio::test]
async fn input_that_is_none_is_refused() {
    let server = Server::start().await;
    let owner = owner(&server).await;
    invite(&owner, "nobody", "viewer").await.expect(422);
    invite(&owner, "a@example.com", "king").await.expect(422);
    owner.get(format!("{MEMBERS}?team=x")).await.refused(400, "invalid_query");
    owner.delete(format!("{MEMBERS}/x")).await.refused(400, "invalid_id");
}
