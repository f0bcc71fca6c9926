//! Copies of an SQLite store, made while it serves, and putting one back.
//!
//! A copy is one file, holds a single moment, and has passed an integrity check before it takes its name. PostgreSQL
//! has its own tools for this. These functions block: call them from the command line or a blocking thread.

use std::{
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{
    Connection, ErrorCode, OpenFlags,
    backup::{Backup, StepResult},
};

use crate::{StoreError, StoreUrl};

/// Told after every step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// In pages of the database.
    pub copied: u32,
    pub total: u32,
}

/// Pages per step: 4 MiB of the usual page size.
const STEP: i32 = 1_024;
const BUSY: Duration = Duration::from_secs(5);

/// Copy the store at `url`, which may be in use, to a new file `target`. What was committed before the call is in it.
pub fn to_file(url: &StoreUrl, target: &Path, on_progress: &mut dyn FnMut(Progress)) -> Result<(), StoreError> {
    let source =
        url.path().ok_or_else(|| StoreError::Internal("only an SQLite store is copied this way".to_owned()))?;
    if target.exists() {
        return Err(StoreError::Internal(format!("{} exists", target.display())));
    }
    let source = open(source, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // A read transaction pins the moment: without it, each write would make the copy start over.
    source.execute_batch("begin; select count(*) from sqlite_schema").map_err(|e| failed(&e))?;
    copy(&source, target, on_progress)
}

/// Put the copy at `backup` in the place of the store at `url`. The server must not run; a running one is noticed. The
/// store's old content is gone afterwards.
pub fn restore(backup: &Path, url: &StoreUrl, on_progress: &mut dyn FnMut(Progress)) -> Result<(), StoreError> {
    let target =
        url.path().ok_or_else(|| StoreError::Internal("only an SQLite store is restored this way".to_owned()))?;
    let source = open(backup, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    check(&source)?;
    let known: bool = source
        .query_row("select exists (select 1 from sqlite_schema where name = 'schema_migrations')", [], |row| row.get(0))
        .map_err(|e| failed(&e))?;
    if !known {
        return Err(StoreError::Internal(format!("{} is no copy of a store", backup.display())));
    }
    let _alone = if target.exists() { Some(alone(target)?) } else { None };
    let fresh = beside(target, "restoring");
    remove(&fresh)?;
    copy(&source, &fresh, on_progress)?;
    // The old log belongs to the old content: replayed over the new, it would destroy it.
    remove(&beside(target, "wal"))?;
    remove(&beside(target, "shm"))?;
    rename(&fresh, target)
}

fn copy(source: &Connection, target: &Path, on_progress: &mut dyn FnMut(Progress)) -> Result<(), StoreError> {
    let partial = beside(target, "partial");
    remove(&partial)?;
    create_private(&partial)?;
    let mut copy = open(&partial, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let backup = Backup::new(source, &mut copy).map_err(|e| failed(&e))?;
    loop {
        match backup.step(STEP).map_err(|e| failed(&e))? {
            StepResult::Done => break,
            StepResult::More => {}
            // The busy timeout has passed inside.
            _ => return Err(StoreError::Unavailable("the store is busy".to_owned())),
        }
        report(&backup, on_progress);
    }
    report(&backup, on_progress);
    drop(backup);
    // One file: without this the copy, being in WAL mode like its source, would want two more beside it.
    copy.execute_batch("pragma journal_mode = delete").map_err(|e| failed(&e))?;
    check(&copy)?;
    copy.close().map_err(|(_, error)| failed(&error))?;
    File::open(&partial).and_then(|file| file.sync_all()).map_err(|e| unusable(&partial, &e))?;
    rename(&partial, target)
}

fn report(backup: &Backup<'_, '_>, on_progress: &mut dyn FnMut(Progress)) {
    let progress = backup.progress();
    let total = u32::try_from(progress.pagecount).unwrap_or(0);
    on_progress(Progress { copied: total - u32::try_from(progress.remaining).unwrap_or(0).min(total), total });
}

fn check(connection: &Connection) -> Result<(), StoreError> {
    let verdict: String =
        connection.query_row("pragma integrity_check(1)", [], |row| row.get(0)).map_err(|e| failed(&e))?;
    if verdict == "ok" { Ok(()) } else { Err(StoreError::Internal(format!("the copy is damaged: {verdict}"))) }
}

/// In WAL mode every open connection holds a shared lock on the file, so the exclusive one is had only when there is
/// no other (<https://www.sqlite.org/wal.html>, section 6). A file that is damaged beyond being a database has no such
/// lock, and is what a copy is put in the place of.
fn alone(target: &Path) -> Result<Connection, StoreError> {
    let connection = open(target, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(Duration::ZERO).map_err(|e| failed(&e))?;
    let locked = connection.execute_batch("pragma locking_mode = exclusive; begin exclusive; rollback");
    match locked.map_err(|error| (error.sqlite_error_code(), error)) {
        Ok(()) | Err((Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt), _)) => Ok(connection),
        Err((Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked), _)) => {
            Err(StoreError::Unavailable(format!("{} is in use: stop the server first", target.display())))
        }
        Err((_, error)) => Err(failed(&error)),
    }
}

fn open(path: &Path, mode: OpenFlags) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|error| StoreError::Unavailable(format!("{}: {error}", path.display())))?;
    connection.busy_timeout(BUSY).map_err(|e| failed(&e))?;
    Ok(connection)
}

/// `{path}-{suffix}`, as SQLite names what belongs to a file.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-");
    name.push(suffix);
    name.into()
}

fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut file = OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    file.open(path).map(drop).map_err(|e| unusable(path, &e))
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(unusable(path, &error)),
        _ => Ok(()),
    }
}

/// The new name is on the disk only once its folder is.
fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::rename(from, to).map_err(|e| unusable(to, &e))?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|e| unusable(folder, &e))
}

fn failed(error: &rusqlite::Error) -> StoreError {
    StoreError::Unavailable(format!("sqlite: {error}"))
}

fn unusable(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Unavailable(format!("{}: {error}", path.display()))
}
