//! Opening the file.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use super::{error, touched};
use crate::{Durability, StoreError, StoreOptions};

/// Statements that a connection keeps prepared; more than the product has.
const PREPARED: usize = 1_024;
/// Page cache of each connection in KiB (negative: not in pages).
const CACHE_KIB: i64 = 4 * 1_024;
/// What may be read through the memory map, in bytes.
const MEMORY_MAP: i64 = 16 * 1_024 * 1_024;
/// What stays of the write-ahead log after a checkpoint, in bytes.
const LOG_LIMIT: i64 = 64 * 1_024 * 1_024;

/// The connection that makes the file, readable by its owner only, and puts it into WAL mode.
pub(crate) fn writer(path: &Path, options: &StoreOptions) -> Result<Connection, StoreError> {
    create_private(path)?;
    let connection = open(path, options)?;
    let synchronous = match options.durability {
        Durability::Full => "full",
        Durability::Normal => "normal",
    };
    set(&connection, &format!("pragma journal_mode = wal; pragma synchronous = {synchronous}"))?;
    // The checkpointer moves the log's pages, so that no commit has to.
    set(&connection, &format!("pragma journal_size_limit = {LOG_LIMIT}; pragma wal_autocheckpoint = 0"))?;
    Ok(connection)
}

/// The connection that moves the log's pages into the file.
pub(crate) fn checkpointer(path: &Path, options: &StoreOptions) -> Result<Connection, StoreError> {
    open(path, options)
}

/// A connection on which a statement that writes fails.
pub(crate) fn reader(path: &Path, options: &StoreOptions) -> Result<Connection, StoreError> {
    let connection = open(path, options)?;
    set(&connection, &format!("pragma mmap_size = {MEMORY_MAP}; pragma query_only = on"))?;
    Ok(connection)
}

fn open(path: &Path, options: &StoreOptions) -> Result<Connection, StoreError> {
    // Each connection is used by one thread at a time, so SQLite's own mutexes would only cost.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)
        .map_err(|error| StoreError::Unavailable(format!("{}: {error}", path.display())))?;
    connection.busy_timeout(options.busy_timeout).map_err(|e| error::map(&connection, &e))?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    touched::listen(&mut connection).map_err(|e| error::map(&connection, &e))?;
    // A prepared statement stays prepared: its plan never depends on the values that it is given.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(|e| error::map(&connection, &e))?;
    set(
        &connection,
        &format!("pragma foreign_keys = on; pragma temp_store = memory; pragma cache_size = -{CACHE_KIB}"),
    )?;
    Ok(connection)
}

fn set(connection: &Connection, pragmas: &str) -> Result<(), StoreError> {
    connection.execute_batch(pragmas).map_err(|e| error::map(connection, &e))
}

/// SQLite gives the log and the shared memory the permissions of the main file.
fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut file = std::fs::OpenOptions::new();
    file.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    file.open(path).map(drop).map_err(|error| StoreError::Unavailable(format!("{}: {error}", path.display())))
}
