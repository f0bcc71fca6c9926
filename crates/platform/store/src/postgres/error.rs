//! SQLSTATE (PostgreSQL's manual, appendix A) as [`StoreError`]s.

use deadpool_postgres::PoolError;
use tokio_postgres::{Error, error::SqlState};

use super::param::Misfit;
use crate::StoreError;

pub(super) fn pool(error: &PoolError) -> StoreError {
    match error {
        PoolError::Backend(error) => StoreError::Unavailable(format!("no connection: {}", chain(error))),
        other => StoreError::Unavailable(format!("no connection: {other}")),
    }
}

pub(super) fn map(error: &Error) -> StoreError {
    let Some(refusal) = error.as_db_error() else { return without_answer(error) };
    let said = || format!("postgres {}: {}", refusal.code().code(), refusal.message());
    match *refusal.code() {
        SqlState::UNIQUE_VIOLATION => {
            StoreError::Conflict { constraints: refusal.constraint().map(str::to_owned).into_iter().collect() }
        }
        SqlState::FOREIGN_KEY_VIOLATION | SqlState::RESTRICT_VIOLATION => {
            StoreError::Reference(refusal.constraint().unwrap_or_default().to_owned())
        }
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => StoreError::Serialization(said()),
        // A migration ran underneath a prepared statement; prepared anew, it works.
        SqlState::FEATURE_NOT_SUPPORTED if refusal.message().starts_with("cached plan") => {
            StoreError::Serialization(said())
        }
        SqlState::QUERY_CANCELED | SqlState::LOCK_NOT_AVAILABLE | SqlState::READ_ONLY_SQL_TRANSACTION => {
            StoreError::Unavailable(said())
        }
        // Connection exceptions, insufficient resources, operator intervention, system errors, idle in transaction.
        ref code if ["08", "53", "57", "58"].contains(&&code.code()[..2]) || code.code() == "25P03" => {
            StoreError::Unavailable(said())
        }
        _ => StoreError::Internal(said()),
    }
}

/// No refusal by the database: the line is broken, or a value did not fit its column.
fn without_answer(error: &Error) -> StoreError {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner.is::<Misfit>() {
            return StoreError::Internal(chain(error));
        }
        cause = inner.source();
    }
    StoreError::Unavailable(chain(error))
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
