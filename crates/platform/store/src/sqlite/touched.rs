//! Preparing a statement, and learning from SQLite which tables it touches: its compiler asks the authorizer about each, those of
//! triggers and cascading foreign keys among them (<https://www.sqlite.org/c3ref/set_authorizer.html>).

use std::cell::Cell;

use rusqlite::{
    CachedStatement, Connection,
    hooks::{AuthAction, AuthContext, Authorization},
};

use super::error;
use crate::{
    StoreError,
    statement::Text,
    tables::{Tables, Touched},
};

thread_local! {
    /// What the compiler has asked about, on the thread that prepares.
    static ASKED: Cell<Option<Touched>> = const { Cell::new(None) };
}

/// Everything is allowed, and noted.
pub(super) fn listen(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.authorizer(Some(|asked: AuthContext<'_>| {
        note(asked.action);
        Authorization::Allow
    }))
}

fn note(action: AuthAction<'_>) {
    let Touched { reads, writes } = ASKED.get().unwrap_or_default();
    let touched = match action {
        AuthAction::Read { table_name, .. } => Touched { reads: reads.and(Tables::one(table_name)), writes },
        AuthAction::Insert { table_name }
        | AuthAction::Update { table_name, .. }
        | AuthAction::Delete { table_name } => Touched { reads, writes: writes.and(Tables::one(table_name)) },
        _ => Touched { reads, writes },
    };
    ASKED.set(Some(touched));
}

pub(super) fn prepare<'c>(connection: &'c Connection, text: &Text<'_>) -> Result<CachedStatement<'c>, StoreError> {
    let prepared = || connection.prepare_cached(text.sqlite).map_err(|e| error::map(connection, &e));
    if text.touched.get().is_some() {
        return prepared();
    }
    ASKED.set(None);
    let statement = prepared()?;
    // Nothing was asked where another statement of the same words was prepared before: then it stays unknown.
    if let Some(touched) = ASKED.take() {
        text.touched.get_or_init(|| touched);
    }
    Ok(statement)
}
