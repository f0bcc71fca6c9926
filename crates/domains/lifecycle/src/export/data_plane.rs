//! `POST /api/v1/users/bulk-export`

use edge::{Can, Endpoint, Lines, OptionalBody, Reply, ok};
use kernel::{ErrorCode, Permission, Refusal};
use macros::endpoint;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{UsersExportSecrets, event::UsersExported, row::ExportRow, walk::Walk};
use crate::import::UsersBulk;

/// What the lines hold.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "BulkExport")]
struct BulkExport {
    /// With the hashes of passwords, for moving to another system. Needs `users:export_secrets` as well.
    include_password_hashes: bool,
}

pub(super) fn endpoints() -> [Endpoint; 1] {
    [bulk_export()]
}

/// Export all users
///
/// In lines (`application/x-ndjson`), as many as there are: each can be imported as it is, here or elsewhere. Password hashes are in
/// it only where you ask for them and hold `users:export_secrets`.
#[endpoint(POST "/api/v1/users/bulk-export", id = "users.bulk_export")]
async fn bulk_export(cx: Can<UsersBulk>, body: OptionalBody<BulkExport>) -> Reply<Lines<ExportRow>> {
    let with_hashes = body.0.include_password_hashes;
    if with_hashes && !cx.may(UsersExportSecrets::NAME).await? {
        return Err(Refusal::new(
            ErrorCode::Forbidden,
            "insufficient_scope",
            format!("Password hashes need `{}` as well.", UsersExportSecrets::NAME),
        )
        .into());
    }
    cx.tx().await?.emit(&UsersExported { tenant_id: cx.tenant_id(), with_password_hashes: with_hashes });
    ok(Lines::of(Walk::new(cx.committed(), with_hashes)))
}
