//! Acting in an organization: what the session's tokens say, and for how long.

use serde_json::json;

use super::{join, owned_by, refreshed, role_within};
use crate::kit::{Server, claims_of};

#[tokio::test]
async fn a_session_acts_in_an_organization_and_its_tokens_say_so() {
    let server = Server::start().await;
    let root = server.root();
    let (ada, bob) = (server.user("ada@example.com").await, server.user("bob@example.com").await);
    let acme = owned_by(&root, "Acme", &bob).await;
    join(&root, &acme, &ada, "admin").await;
    role_within(&root, "billing", &["invoices:read"]).await;
    root.patch(format!("/v1/organizations/{acme}/members/{}", ada.id), json!({ "roles": ["billing"] }))
        .await
        .expect(200);

    let acting = ada.poke(format!("/v1/organizations/{acme}/activate")).await.expect(200);
    let claims = claims_of(&acting.text("/access_token"));
    assert_eq!((&claims["org"], &claims["org_role"]), (&json!(acme), &json!("admin")));
    assert_eq!((&claims["org_roles"], &claims["org_permissions"]), (&json!(["billing"]), &json!(["invoices:read"])));
    assert_eq!(claims["scope"], "me:read me:write me:sessions", "what an organization gives counts there alone");
    assert_eq!(acting.text("/session/organization_id"), acme);

    // So do those that follow, and this server.
    let (client, claims) = refreshed(&ada).await;
    assert_eq!(claims["org"], acme.as_str());
    let me = client.get("/v1/auth/me").await.expect(200);
    assert_eq!(
        me.data()["organization"],
        json!({ "id": acme, "rank": "admin", "roles": ["billing"], "permissions": ["invoices:read"] })
    );

    let alone = client.poke(format!("/v1/organizations/{acme}/deactivate")).await.expect(200);
    assert!(claims_of(&alone.text("/access_token")).get("org").is_none());
    client.poke(format!("/v1/organizations/{acme}/deactivate")).await.expect(200);
    // Another session of the same person acts for itself.
    assert!(
        server.sign_in_at(&server.anonymous(), "ada@example.com").await.get("/v1/auth/me").await.data()["organization"]
            .is_null()
    );
}

#[tokio::test]
async fn whoever_is_removed_loses_it_at_once() {
    let server = Server::start().await;
    let root = server.root();
    let (ada, bob) = (server.user("ada@example.com").await, server.user("bob@example.com").await);
    for how in ["removed", "deleted"] {
        let acme = owned_by(&root, "Acme", &bob).await;
        join(&root, &acme, &ada, "member").await;
        ada.poke(format!("/v1/organizations/{acme}/activate")).await.expect(200);
        let path = if how == "removed" {
            format!("/v1/organizations/{acme}/members/{}", ada.id)
        } else {
            format!("/v1/organizations/{acme}")
        };
        root.delete(path).await.expect(200);
        let me = ada.get("/v1/auth/me").await.expect(200);
        assert!(
            me.data()["organization"].is_null() && me.data()["session"]["organization_id"].is_null(),
            "{how}: {me}"
        );
        ada.poke(format!("/v1/organizations/{acme}/activate")).await.refused(404, "not_found");
    }
    let (_, claims) = refreshed(&ada).await;
    assert!(claims.get("org").is_none());
}

#[tokio::test]
async fn nobody_gets_more_out_of_an_access_token_than_another_one() {
    let server = Server::start().await;
    let root = server.root();
    let ada = server.user("ada@example.com").await;
    let acme = owned_by(&root, "Acme", &ada).await;
    for verb in ["activate", "deactivate", "deactivate"] {
        let acting = ada.poke(format!("/v1/organizations/{acme}/{verb}")).await.expect(200);
        assert!(!acting.text("/access_token").is_empty());
        assert!(!acting.json.to_string().contains("pc_rt_") && acting.cookies().is_empty(), "{acting}");
    }
}

#[tokio::test]
async fn browsers_keep_the_new_token_in_its_cookie_and_scripts_see_none() {
    let server = Server::start().await;
    let root = server.root();
    let ada = server.user("ada@example.com").await;
    let acme = owned_by(&root, "Acme", &ada).await;
    let (browser, proof) = crate::auth::signed_in_browser(&server, "ada@example.com").await;
    let path = format!("/v1/organizations/{acme}/activate");
    browser.poke(&path).await.expect(403);
    let acting = browser.poke(&path).header("x-csrf-token", &proof).await.expect(200);
    assert!(acting.data().get("access_token").is_none() && acting.data().get("refresh_token").is_none(), "{acting}");
    let cookies = acting.cookies();
    let [(cookie, rest)] = &cookies[..] else { panic!("{cookies:?}") };
    assert_eq!(claims_of(cookie.split_once('=').unwrap().1)["org"], acme.as_str());
    assert!(rest.contains("HttpOnly"), "{rest}");
}

#[tokio::test]
async fn a_key_and_an_account_have_no_session_to_act_with() {
    let server = Server::start().await;
    let root = server.root();
    let ada = server.user("ada@example.com").await;
    let acme = owned_by(&root, "Acme", &ada).await;
    root.poke(format!("/v1/organizations/{acme}/activate")).await.refused(403, "user_required");
}
