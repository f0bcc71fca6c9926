//! Asking, the same way inside and outside of a transaction.

use std::future::Future;

use crate::{ListQuery, Row, Statement, StoreError, Value};

/// What is asked.
pub enum Asked<'q> {
    Statement(&'static Statement, &'q [Value<'q>]),
    /// A page of a listing.
    List(ListQuery<'q>),
}

/// How many rows are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    First,
    All,
}

/// What is done with a row. Behind a pointer, so that the road to the database is compiled once and not anew for each statement.
pub type EachRow<'m> = &'m mut (dyn FnMut(&Row<'_>) -> Result<(), StoreError> + Send);

/// Implemented by [`crate::Read`] and [`crate::Tx`], so that a slice's `find` works in both.
///
/// `map` turns a row into a value; it runs on the calling task and must be quick. `params` are what [`crate::params!`] makes.
pub trait Query: Send + Sync {
    /// Hand the rows over one by one.
    fn rows(
        &self,
        asked: Asked<'_>,
        wanted: Wanted,
        each: EachRow<'_>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The first row, if any.
    fn one<T: Send>(
        &self,
        statement: &'static Statement,
        params: &[Value<'_>],
        mut map: impl FnMut(&Row<'_>) -> Result<T, StoreError> + Send,
    ) -> impl Future<Output = Result<Option<T>, StoreError>> + Send {
        async move {
            let mut found = None;
            let mut keep = |row: &Row<'_>| map(row).map(|value| found = Some(value));
            self.rows(Asked::Statement(statement, params), Wanted::First, &mut keep).await?;
            Ok(found)
        }
    }

    /// All rows: for sets that are small by nature. What can grow is a listing.
    fn all<T: Send>(
        &self,
        statement: &'static Statement,
        params: &[Value<'_>],
        mut map: impl FnMut(&Row<'_>) -> Result<T, StoreError> + Send,
    ) -> impl Future<Output = Result<Vec<T>, StoreError>> + Send {
        async move {
            let mut found = Vec::new();
            let mut keep = |row: &Row<'_>| map(row).map(|value| found.push(value));
            self.rows(Asked::Statement(statement, params), Wanted::All, &mut keep).await?;
            Ok(found)
        }
    }

    /// A page of a listing.
    fn list<T: Send>(
        &self,
        query: ListQuery<'_>,
        mut map: impl FnMut(&Row<'_>) -> Result<T, StoreError> + Send,
    ) -> impl Future<Output = Result<Vec<T>, StoreError>> + Send {
        async move {
            let mut found = Vec::new();
            let mut keep = |row: &Row<'_>| map(row).map(|value| found.push(value));
            self.rows(Asked::List(query), Wanted::All, &mut keep).await?;
            Ok(found)
        }
    }
}
