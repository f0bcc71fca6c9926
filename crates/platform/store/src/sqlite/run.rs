//! Running one statement on one connection, on the calling thread.

use rusqlite::{
    CachedStatement, Connection, Rows, ToSql,
    types::{ToSqlOutput, ValueRef},
};

use super::error;
use crate::{Row, StoreError, Value, call::Call};

pub(super) fn one<T>(
    connection: &Connection,
    call: &Call<'_>,
    mut map: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let mut statement = bind(connection, call)?;
    let mut rows = statement.raw_query();
    let first = match next(connection, &mut rows)? {
        Some(row) => Some(map(&Row::sqlite(row))),
        None => return Ok(None),
    };
    // A statement that writes must run to its end.
    while call.text.writes && next(connection, &mut rows)?.is_some() {}
    first.transpose()
}

pub(super) fn all<T>(
    connection: &Connection,
    call: &Call<'_>,
    mut map: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = bind(connection, call)?;
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    let mut broken = None;
    while let Some(row) = next(connection, &mut rows)? {
        match map(&Row::sqlite(row)) {
            Ok(value) => found.push(value),
            Err(error) if call.text.writes => broken = Some(error),
            Err(error) => return Err(error),
        }
    }
    broken.map_or(Ok(found), Err)
}

/// The number of rows that the statement touched.
pub(super) fn execute(connection: &Connection, call: &Call<'_>) -> Result<u64, StoreError> {
    let mut statement = bind(connection, call)?;
    let mut rows = statement.raw_query();
    while next(connection, &mut rows)?.is_some() {}
    drop(rows);
    drop(statement);
    Ok(if call.text.writes { connection.changes() } else { 0 })
}

fn bind<'c>(connection: &'c Connection, call: &Call<'_>) -> Result<CachedStatement<'c>, StoreError> {
    let mapped = |error: rusqlite::Error| error::map(connection, &error);
    let mut statement = connection.prepare_cached(call.text.sqlite).map_err(mapped)?;
    let tenant = call.tenant.map(Value::from);
    for (index, value) in tenant.iter().chain(call.params).enumerate() {
        statement.raw_bind_parameter(index + 1, value).map_err(mapped)?;
    }
    Ok(statement)
}

fn next<'r, 's>(connection: &Connection, rows: &'r mut Rows<'s>) -> Result<Option<&'r rusqlite::Row<'s>>, StoreError> {
    rows.next().map_err(|error| error::map(connection, &error))
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Bool(value) => ValueRef::Integer(i64::from(*value)),
            Self::I64(value) => ValueRef::Integer(*value),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
            Self::Id(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
