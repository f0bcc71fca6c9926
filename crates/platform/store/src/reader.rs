//! Reading within a request: through its transaction once that is open, and outside of one before.
//!
//! A request that read past its own open transaction would not see what it wrote, and would need a second connection: enough of them
//! at once, each holding one and waiting for another, would starve.

use crate::{ListQuery, Query, Read, Row, Statement, StoreError, Tx, Value};

pub enum Reader<'a> {
    Outside(Read),
    Within(&'a Tx),
}

impl Query for Reader<'_> {
    async fn one<T: Send>(
        &self,
        statement: &'static Statement,
        params: &[Value<'_>],
        map: impl FnMut(&Row<'_>) -> Result<T, StoreError> + Send,
    ) -> Result<Option<T>, StoreError> {
        match self {
            Self::Outside(read) => read.one(statement, params, map).await,
            Self::Within(tx) => tx.one(statement, params, map).await,
        }
    }

    async fn all<T: Send>(
        &self,
        statement: &'static Statement,
        params: &[Value<'_>],
        map: impl FnMut(&Row<'_>) -> Result<T, StoreError> + Send,
    ) -> Result<Vec<T>, StoreError> {
        match self {
            Self::Outside(read) => read.all(statement, params, map).await,
            Self::Within(tx) => tx.all(statement, params, map).await,
        }
    }

    async fn list<T: Send>(
        &self,
        query: ListQuery<'_>,
        map: impl FnMut(&Row<'_>) -> Result<T, StoreError> + Send,
    ) -> Result<Vec<T>, StoreError> {
        match self {
            Self::Outside(read) => read.list(query, map).await,
            Self::Within(tx) => tx.list(query, map).await,
        }
    }
}
