//! SQLite's result codes (<https://www.sqlite.org/rescode.html>) as [`StoreError`]s.

use rusqlite::{Connection, Error, ErrorCode, ffi};

use crate::StoreError;

pub(crate) fn map(connection: &Connection, error: &Error) -> StoreError {
    let (failure, message) = match error {
        Error::SqliteFailure(failure, message) => (failure, message.as_deref().unwrap_or_default()),
        Error::SqlInputError { error: failure, msg, .. } => (failure, msg.as_str()),
        other => return StoreError::Internal(other.to_string()),
    };
    match failure.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            return StoreError::Conflict { constraints: constraints(connection, message) };
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY | ffi::SQLITE_CONSTRAINT_TRIGGER => {
            return StoreError::Reference(message.to_owned());
        }
        ffi::SQLITE_BUSY_SNAPSHOT => return StoreError::Serialization(message.to_owned()),
        _ => {}
    }
    match failure.code {
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::DiskFull
        | ErrorCode::SystemIoFailure
        | ErrorCode::CannotOpen
        | ErrorCode::ReadOnly
        | ErrorCode::OutOfMemory => StoreError::Unavailable(format!("sqlite: {message}")),
        _ => StoreError::Internal(format!("sqlite: {error}")),
    }
}

/// SQLite reports `UNIQUE constraint failed: users.tenant_id, users.email_key`, or `index 'name'` where the index is
/// over an expression. The names of the indexes over those columns are what callers know.
fn constraints(connection: &Connection, message: &str) -> Vec<String> {
    let reported = message.split_once(": ").map_or(message, |(_, reported)| reported);
    if let Some(index) = reported.strip_prefix("index '") {
        return vec![index.trim_end_matches('\'').to_owned()];
    }
    let Some((table, _)) = reported.split_once('.') else { return vec![reported.to_owned()] };
    let prefix = format!("{table}.");
    let columns: Vec<&str> = reported.split(", ").map(|column| column.trim_start_matches(&prefix)).collect();
    match indexes_over(connection, table, &columns) {
        Ok(names) if !names.is_empty() => names,
        _ => vec![reported.to_owned()],
    }
}

fn indexes_over(connection: &Connection, table: &str, columns: &[&str]) -> Result<Vec<String>, Error> {
    let mut unique = connection.prepare_cached(
        r#"select l.name, l.origin, (select group_concat(i.name, ',') from pragma_index_info(l.name) i)
             from pragma_index_list(?1) l where l."unique""#,
    )?;
    let rows = unique.query_map([table], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, Option<String>>(2)?))
    })?;
    let mut names = Vec::new();
    for row in rows {
        let (name, origin, covered) = row?;
        let covered = covered.unwrap_or_default();
        let mut covered: Vec<&str> = covered.split(',').collect();
        let mut wanted = columns.to_vec();
        covered.sort_unstable();
        wanted.sort_unstable();
        if covered == wanted {
            // PostgreSQL's names of constraints that the table's definition leaves unnamed.
            names.push(match origin.as_str() {
                "pk" => format!("{table}_pkey"),
                "u" => format!("{table}_{}_key", columns.join("_")),
                _ => name,
            });
        }
    }
    Ok(names)
}
