//! Asking, the same way inside and outside of a transaction.

use std::future::Future;

use crate::{ListQuery, Row, Statement, StoreError, Value};

/// Implemented by [`crate::Read`] and [`crate::Tx`], so that a slice's `find` works in both.
///
/// `map` turns a row into a value; it runs on the calling task and must be quick. `params` are what [`crate::params!`] makes.
pub trait Query: Send + Sync {
    /// The first row, if any.
    fn one<T: Send>(
        &self,
        statement: &'static Statement,
        params: &[Value<'_>],
        map: impl FnMut(&Row<'_>) -> Result<T, StoreError> + Send,
    ) -> impl Future<Output = Result<Option<T>, StoreError>> + Send;

    /// All rows: for sets that are small by nature. What can grow is a listing.
    fn all<T: Send>(
        &self,
        statement: &'static Statement,
        params: &[Value<'_>],
        map: impl FnMut(&Row<'_>) -> Result<T, StoreError> + Send,
    ) -> impl Future<Output = Result<Vec<T>, StoreError>> + Send;

    /// A page of a listing.
    fn list<T: Send>(
        &self,
        query: ListQuery<'_>,
        map: impl FnMut(&Row<'_>) -> Result<T, StoreError> + Send,
    ) -> impl Future<Output = Result<Vec<T>, StoreError>> + Send;
}
