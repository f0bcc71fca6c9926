//! What can go wrong between a domain and its rows.

use std::time::Duration;

use kernel::{ErrorCode, Refusal, RefusalFacts, Refusals};

/// Causes are for the log; [`Refusal`]s made from this enum carry none of them.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique value is taken. Ask with [`StoreError::conflict_on`].
    #[error("a unique value is taken: {}", constraints.join(", "))]
    Conflict {
        /// The names of the index or constraint as PostgreSQL knows it: the index's own name, `{table}_pkey`, or
        /// `{table}_{columns}_key`. More than one where several unique indexes cover the same columns, because SQLite
        /// names the columns only.
        constraints: Vec<String>,
    },
    /// A row that others point to would vanish, or one would point to nothing. SQLite can't say which.
    #[error("a reference between rows would break: {0}")]
    Reference(String),
    /// Two transactions stood in each other's way (SQLSTATE 40001, 40P01): run the whole transaction again.
    #[error("the transaction lost to another one: {0}")]
    Serialization(String),
    /// The database can't answer now: no connection, no space, too busy.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// A lease or a claim ran out and someone else took the work over; what was done must be rolled back.
    #[error("the lease on this work was lost")]
    LeaseLost,
    /// A stored value is not of the type that was asked for.
    #[error("column {column} is not {expected}")]
    Corrupt {
        /// Counted from 0, in the order of the statement's columns.
        column: usize,
        expected: &'static str,
    },
    #[error("migration: {0}")]
    Migration(String),
    /// A mistake of the program.
    #[error("{0}")]
    Internal(String),
}

impl StoreError {
    /// Is it this unique index or constraint that refused the row?
    pub fn conflict_on(&self, constraint: &str) -> bool {
        matches!(self, Self::Conflict { constraints } if constraints.iter().any(|name| name == constraint))
    }

    /// Is running the whole transaction again worth a try?
    pub const fn is_serialization(&self) -> bool {
        matches!(self, Self::Serialization(_))
    }

    /// For mapping functions that read an enum's name and find another.
    pub const fn corrupt(column: usize, expected: &'static str) -> Self {
        Self::Corrupt { column, expected }
    }
}

impl Refusals for StoreError {
    const FACTS: &'static [RefusalFacts] = &[];

    fn is_serialization(&self) -> bool {
        matches!(self, Self::Serialization(_))
    }
}

const RETRY_AFTER: Duration = Duration::from_secs(1);

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Serialization(_) | StoreError::LeaseLost => {
                tracing::warn!(%error, "the store could not serve a request");
                Self::new(ErrorCode::Unavailable, "unavailable", "The service can't answer right now. Try again.")
                    .with_retry_after(RETRY_AFTER)
            }
            error => {
                tracing::error!(%error, "the store failed");
                Self::new(ErrorCode::Internal, "internal", "Something went wrong on our side.")
            }
        }
    }
}
