//! Running one statement on one connection, on the calling thread.

use rusqlite::{
    CachedStatement, Connection, Rows, ToSql,
    types::{ToSqlOutput, ValueRef},
};

use super::{error, touched};
use crate::{EachRow, Row, StoreError, Value, Wanted, call::Call};

/// How many rows were handed over. A statement that writes runs to its end, whatever becomes of its rows.
pub(super) fn rows(
    connection: &Connection,
    call: &Call<'_>,
    wanted: Wanted,
    each: EachRow<'_>,
) -> Result<u64, StoreError> {
    let mut statement = bind(connection, call)?;
    let mut rows = statement.raw_query();
    let (mut count, mut broken) = (0, None);
    while let Some(row) = next(connection, &mut rows)? {
        if wanted == Wanted::First && count == 1 {
            continue;
        }
        count += 1;
        if let Err(error) = each(&Row::sqlite(row)) {
            broken = Some(error);
        }
        if !call.text.writes && (broken.is_some() || wanted == Wanted::First) {
            break;
        }
    }
    broken.map_or(Ok(count), Err)
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
    let mut statement = touched::prepare(connection, &call.text)?;
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
