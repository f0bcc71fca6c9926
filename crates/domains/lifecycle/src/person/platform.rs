//! `GET /v1/users/{user_id}/export`

use std::collections::BTreeMap;

use edge::{CanOn, Endpoint, Reply, ok};
use identity::users::{User, UsersRead};
use kernel::{Id, Timestamp};
use macros::endpoint;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Personal, rows};

/// All that is held on a person.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "UserExport")]
struct UserExport {
    user_id: Id<User>,
    exported_at: Timestamp,
    /// What is held, by its kind: `user`, `email_addresses`, `sessions`, `events` and so on, each a list of records.
    records: BTreeMap<&'static str, Vec<Map<String, Value>>>,
    /// Kinds of which there are more than 10,000 records; the newest or first of them stand here.
    truncated: Vec<&'static str>,
}

pub(super) fn endpoints() -> [Endpoint; 1] {
    [export_user()]
}

/// Export what is held on a user
///
/// One machine-readable document for the person who asks what you hold on them (GDPR, articles 15 and 20): profile, identifiers,
/// metadata, sessions, what the audit trail says. Secrets and their hashes are not in it. The application's private metadata is:
/// look before you hand it on.
#[endpoint(GET "/v1/users/{user_id}/export", id = "users.export")]
async fn export_user(cx: CanOn<UsersRead, User>) -> Reply<UserExport> {
    let mut export =
        UserExport { user_id: cx.target.id, exported_at: cx.now(), records: BTreeMap::new(), truncated: Vec::new() };
    for data in &cx.part::<Personal>().0 {
        if let Some(section) = rows::section(&cx.read(), data, cx.target.id).await? {
            export.truncated.extend(section.is_cut.then_some(section.name));
            export.records.entry(section.name).or_default().extend(section.rows);
        }
    }
    ok(export)
}
