//! `docs/discovery-document.md` explains every member of the documents, and no other.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::kit::Server;

const GUIDE: &str = include_str!("../../../docs/discovery-document.md");
const DOCUMENTS: [&str; 3] = ["openid-configuration", "oauth-authorization-server", "oauth-protected-resource"];
/// Explained, and there only where the server's own address, its certificates or what it grows into say so.
const ELSEWHERE: [&str; 4] =
    ["mtls_endpoint_aliases", "check_session_iframe", "service_documentation", "authorization_details_types_supported"];

/// The names in the first column of the tables about members.
fn explained() -> BTreeSet<&'static str> {
    let mut names = BTreeSet::new();
    let mut is_of_members = false;
    for line in GUIDE.lines() {
        let Some(row) = line.strip_prefix('|') else {
            is_of_members = false;
            continue;
        };
        let first = row.split('|').next().unwrap().trim();
        is_of_members |= first == "member";
        if is_of_members {
            names.extend(first.split('`').skip(1).step_by(2));
        }
    }
    names
}

/// The members of all three, with these settings.
async fn members(server: &Server, settings: Value) -> BTreeSet<String> {
    server.root().put("/v1/settings/oauth", settings).await.expect(200);
    let mut members = BTreeSet::new();
    for document in DOCUMENTS {
        let document = server.anonymous().get(format!("/.well-known/{document}")).await.expect(200).json;
        members.extend(document.as_object().unwrap().keys().cloned());
    }
    members
}

#[tokio::test]
async fn every_member_is_explained_and_every_explained_one_is_there() {
    let server = Server::start().await;
    let texts =
        json!({ "texts": { "terms_url": "https://example.com/terms", "privacy_url": "https://example.com/privacy" } });
    server.root().put("/v1/settings/branding", texts).await.expect(200);
    let mut all = members(&server, json!({ "profile": "fapi2" })).await;
    all.extend(members(&server, json!({ "registration": "open", "client_id_metadata_documents": true })).await);
    let explained = explained();
    let unexplained: Vec<&String> = all.iter().filter(|name| !explained.contains(name.as_str())).collect();
    assert!(unexplained.is_empty(), "not in docs/discovery-document.md: {unexplained:?}");
    let gone: Vec<&&str> = explained.iter().filter(|name| !all.contains(**name) && !ELSEWHERE.contains(name)).collect();
    assert!(gone.is_empty(), "explained and not there: {gone:?}");
}

#[tokio::test]
async fn every_claim_is_explained_by_its_scope() {
    let server = Server::start().await;
    let document = server.anonymous().get("/.well-known/openid-configuration").await.expect(200).json;
    let chapter = GUIDE.split("\n## Claims\n").nth(1).unwrap().split("\n## ").next().unwrap();
    for claim in document["claims_supported"].as_array().unwrap() {
        let claim = claim.as_str().unwrap();
        assert!(chapter.contains(&format!("`{claim}`")), "{claim}");
    }
}
