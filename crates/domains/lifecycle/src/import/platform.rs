//! `POST /v1/users/import`: a body of any size, a result for each row as soon as it is true.

use edge::{Can, Endpoint, Lines, Query, Reply, Sent, Upload, ok};
use identity::users::Delegations;
use kernel::Id;
use macros::endpoint;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{
    Import, UsersBulk,
    error::ImportError,
    importer::{Importer, Rows},
    model::ImportLine,
    options::{Existing, ImportOptions},
    row::UserRow,
};

/// Users to import, where they are few; many are sent as lines.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "UserImport")]
pub(super) struct UserImport {
    /// The rows, read one by one: what is wrong with one is its own result.
    #[schemars(with = "Vec<UserRow>")]
    pub(super) users: Vec<Value>,
}

/// What to do with the rows.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct UserImportQuery {
    /// What becomes of rows whose user is there already: skip (the default), update, or fail.
    existing: Existing,
    /// Put the hashes of rows over the passwords of users who have one.
    replace_passwords: bool,
    /// Say what would become of each row and change nothing. Twins within the body are found batch by batch only.
    dry_run: bool,
    /// Go on with an import that was cut off: send the same body, and rows with a result are passed over.
    import_id: Option<Id<Import>>,
}

pub(super) fn endpoints() -> [Endpoint; 1] {
    [import_users()]
}

/// Import users
///
/// JSON, or a stream of lines (`application/x-ndjson`) of any length, each a user. The answer comes in lines too, while you send:
/// first the import's id, then a result for each row, last the sum. Rows are carried out in transactions of some hundreds; what is
/// wrong with one stops no other. An answer without its last line was cut off: send the same body again with `import_id`. A user is
/// found again by `id`, then `external_id`, then email address.
#[endpoint(POST "/v1/users/import", id = "users.import", errors = ImportError)]
async fn import_users(
    cx: Can<UsersBulk>,
    query: Query<UserImportQuery>,
    upload: Upload<UserImport, UserRow>,
) -> Reply<Lines<ImportLine>> {
    let UserImportQuery { existing, replace_passwords, dry_run, import_id } = query.0;
    let rows = match upload.open().await? {
        Sent::Whole(import) => Rows::List(import.users.into_iter().enumerate()),
        Sent::Lines(lines) => Rows::Lines(lines),
    };
    let options = ImportOptions { existing, replace_passwords, dry_run };
    let (db, env, delegations) = (cx.store().clone(), cx.env().clone(), *cx.part::<Delegations>());
    let importer = Importer::begin(db, env, delegations, cx.own_origin(), options, import_id, rows).await?;
    ok(Lines::while_receiving(importer))
}
