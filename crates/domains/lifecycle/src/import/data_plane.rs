//! `/api/v1/users/bulk-import`: a job with its progress and its results.

use edge::{Can, CanOn, Endpoint, Failure, LineSource, Lines, Query, Reply, Sent, Upload, accepted, line, ok};
use kernel::{Id, Timestamp, TypedId};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Read;

use super::{
    Import, UsersBulk,
    error::ImportError,
    job::{self, Received},
    model::{ImportLine, ImportState},
    options::{Existing, ImportOptions},
    platform::UserImport,
    row::UserRow,
    store as rows,
};

/// An import that runs by itself.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ImportJob")]
struct ImportView {
    id: TypedId<Import>,
    state: ImportState,
    /// The last line that has its result.
    lines: u64,
    created: u64,
    updated: u64,
    skipped: u64,
    failed: u64,
    created_at: Timestamp,
    finished_at: Option<Timestamp>,
}

impl From<Import> for ImportView {
    fn from(import: Import) -> Self {
        let summary = import.summary;
        Self {
            id: import.id.typed(),
            state: import.state,
            lines: summary.lines,
            created: summary.created,
            updated: summary.updated,
            skipped: summary.skipped,
            failed: summary.failed,
            created_at: import.created_at,
            finished_at: import.finished_at,
        }
    }
}

/// What to do with the rows.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct BulkImportQuery {
    /// What becomes of rows whose user is there already: skip (the default), update, or fail.
    existing: Existing,
    /// Put the hashes of rows over the passwords of users who have one.
    replace_passwords: bool,
}

pub(super) fn endpoints() -> [Endpoint; 3] {
    [bulk_import(), get_import(), get_results()]
}

/// Import users in a job
///
/// JSON, or lines (`application/x-ndjson`) of up to 64 MiB and 200,000 users. The rows are taken in and the answer is a job that
/// carries them out; ask it how far it is, and for its results, for a week.
#[endpoint(POST "/api/v1/users/bulk-import", id = "users.bulk_import", errors = ImportError)]
async fn bulk_import(
    cx: Can<UsersBulk>,
    query: Query<BulkImportQuery>,
    upload: Upload<UserImport, UserRow>,
) -> Reply<ImportView> {
    let rows = match upload.open().await? {
        Sent::Whole(import) => Received::List(import.users),
        Sent::Lines(lines) => Received::Lines(lines),
    };
    let BulkImportQuery { existing, replace_passwords } = query.0;
    let import = job::receive(&cx, ImportOptions { existing, replace_passwords, dry_run: false }, rows).await?;
    let path = format!("/api/v1/users/bulk-import/{}", import.id.typed());
    Ok(accepted(import)?.location(&path))
}

/// Get an import job
///
/// How far it is, and what became of its rows so far.
#[endpoint(GET "/api/v1/users/bulk-import/{job_id}", id = "users.imports.get")]
async fn get_import(cx: CanOn<UsersBulk, Import>) -> Reply<ImportView> {
    ok(cx.target.clone())
}

/// Get the results of an import job
///
/// In lines: one for each row that has its result so far, in the order of the rows, and the sum.
#[endpoint(GET "/api/v1/users/bulk-import/{job_id}/results", id = "users.imports.results")]
async fn get_results(cx: CanOn<UsersBulk, Import>) -> Reply<Lines<ImportLine>> {
    ok(Lines::of(Results { read: cx.committed(), import: Some(cx.target.clone()), number: 0 }))
}

struct Results {
    read: Read,
    /// Until the last line is told.
    import: Option<Import>,
    number: i64,
}

impl LineSource for Results {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let Some(import) = &self.import else { return Ok(None) };
        let id: Id<Import> = import.id;
        let results = rows::results(&self.read, id, self.number).await?;
        self.number += 1;
        if let Some(results) = results {
            return Ok(Some(results.iter().flat_map(line).collect()));
        }
        let last = ImportLine { import_id: Some(id), summary: Some(import.summary), ..ImportLine::default() };
        self.import = None;
        Ok(Some(line(&last)))
    }
}
