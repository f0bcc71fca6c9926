//! `POST /v1/users/merge`

use edge::{Body, Can, Endpoint, Reply, ok};
use identity::users::{User, UsersWrite};
use kernel::Id;
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    actions::{self, Merged, Wanted},
    error::MergeError,
    model::{Conflict, Moved},
};

/// Which account becomes part of which.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "UserMerge")]
struct UserMerge {
    /// The account that goes.
    source_user_id: Id<User>,
    /// The account that stays.
    target_user_id: Id<User>,
    /// Say what would be moved and what would be lost, and change nothing.
    #[serde(default)]
    dry_run: bool,
    /// The versions that you looked at: a merge of others is refused.
    #[serde(default)]
    expected_versions: ExpectedVersions,
}

/// The versions of the two accounts, as their ETags say.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "UserMergeVersions")]
struct ExpectedVersions {
    source: Option<i64>,
    target: Option<i64>,
}

/// What a merge did, or would do.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "UserMergeReport")]
struct MergeReport {
    dry_run: bool,
    /// The account that stays.
    user_id: Id<User>,
    /// Its version behind the merge.
    version: i64,
    /// The account that is gone.
    merged_user_id: Id<User>,
    moved: Vec<Moved>,
    /// What goes with the account that is gone: second factors, passkeys, what was given to that account alone.
    lost: Vec<Moved>,
    conflicts: Vec<Conflict>,
    /// Sessions of the account that is gone; they don't follow.
    sessions_ended: u64,
}

pub(super) fn endpoints() -> [Endpoint; 1] {
    [merge_users()]
}

/// Merge two accounts
///
/// What hangs on the source follows to the target in one transaction; the source and its sessions are gone. The target keeps its own
/// of what can't be had twice, and its gaps are filled from the source. Proven email addresses and phone numbers follow and still
/// sign in. Look with `dry_run` first: it does the same, tells every conflict, and takes it back. Send `expected_versions` to merge
/// exactly what you looked at.
#[endpoint(POST "/v1/users/merge", id = "users.merge", errors = MergeError)]
async fn merge_users(cx: Can<UsersWrite>, body: Body<UserMerge>) -> Reply<MergeReport> {
    let UserMerge { source_user_id: source, target_user_id: target, dry_run, expected_versions } = body.0;
    let wanted =
        Wanted { source, target, source_version: expected_versions.source, target_version: expected_versions.target };
    let merged = if dry_run { actions::preview(&cx, &wanted).await? } else { actions::merge(&cx, &wanted).await? };
    let Merged { user, moved, lost, conflicts, sessions_ended } = merged;
    ok(MergeReport {
        dry_run,
        user_id: user.id,
        version: user.version,
        merged_user_id: source,
        moved,
        lost,
        conflicts,
        sessions_ended,
    })
}
