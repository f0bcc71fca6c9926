//! What is left of an application after thirty days: nothing, in any table.

use std::{collections::BTreeSet, time::Duration};

use http::Method;
use kernel::{TenantId, tenant::CONSOLE};
use serde_json::json;
use server::modules;
use store::{Origin, TenantTable, params, registry};

use crate::kit::{Call, Server};

fn tables() -> Vec<TenantTable> {
    modules::all().iter().flat_map(|module| module.tenant_tables).copied().collect()
}

#[test]
fn every_table_of_tenants_says_how_a_tenants_rows_go() {
    let made = registry::tenant_tables(&modules::migrations());
    let listed: BTreeSet<String> = tables().iter().map(|table| table.table.to_owned()).collect();
    assert_eq!(listed, made);
    assert_eq!(listed.len(), tables().len(), "a table stands there twice");
}

/// How many rows a tenant has, table by table, asked by deleting them and thinking better of it.
async fn rows_of(server: &Server, tenant: TenantId) -> Vec<(&'static str, u64)> {
    let mut rows = Vec::new();
    let tx = server.db().begin_system(Origin::system(CONSOLE)).await.unwrap();
    for table in tables() {
        let mut gone = 0;
        loop {
            let bite = tx.execute_as(tenant, table.erase, params![]).await.unwrap();
            gone += bite;
            if bite == 0 {
                break;
            }
        }
        rows.push((table.table, gone));
    }
    tx.rollback().await;
    rows
}

#[tokio::test]
async fn nothing_of_an_application_is_left_in_any_table_and_nothing_of_another_goes() {
    let server = Server::start().await;
    let other = server.other_tenant("Acme").await;
    let tenant: TenantId = other.id.parse().unwrap();
    let there = server.anonymous().at_application(&other.id);
    for number in 0..3 {
        let email = format!("ada.{number}@example.com");
        crate::mfa::with_app(&server, &there.clone().from(&format!("198.18.0.{number}")), &email).await;
        server.user_at(&server.anonymous().from(&format!("198.18.1.{number}")), &email).await;
    }
    there.post("/v1/auth/magic-links", json!({ "email": "ada.0@example.com" })).await.expect(202);
    let settings = json!({ "allowed_origins": ["https://app.example.com"] });
    other.api_key.patch("/v1/settings", settings).idempotent("once").await.expect(200);
    // Sealed, so that there is a chain.
    server.run_jobs().await;
    let before = rows_of(&server, tenant).await;
    let full = |name: &str| before.iter().any(|(table, rows)| *table == name && *rows > 0);
    for table in [
        "users",
        "user_emails",
        "passwords",
        "sessions",
        "factors",
        "recovery_codes",
        "challenges",
        "events",
        "audit_chains",
        "api_keys",
        "signing_keys",
        "tenant_origins",
        "idempotency",
    ] {
        assert!(full(table), "{table} should hold something: {before:?}");
    }
    let kept = rows_of(&server, server.application_id().parse().unwrap()).await;
    let path = format!("/v1/dashboard/applications/{}", other.id);
    let body = json!({ "confirmation": other.slug });
    Call { body: Some(body), ..server.account().await.call(Method::DELETE, path) }.await.expect(200);
    server.turn_clock(Duration::from_hours(30 * 24 + 1));
    server.run_jobs().await;
    let after = rows_of(&server, tenant).await;
    assert!(after.iter().all(|(_, rows)| *rows == 0), "{after:?}");
    let others = rows_of(&server, server.application_id().parse().unwrap()).await;
    for ((table, before), (_, after)) in kept.iter().zip(&others) {
        // These end by themselves meanwhile.
        if matches!(*table, "users" | "user_emails" | "passwords" | "api_keys" | "factors" | "events") {
            assert!(after >= before, "{table}: {before} became {after}");
        }
    }
    assert!(events::verify(server.db(), None, &mut |_| {}).await.unwrap().faults.is_empty());
}
