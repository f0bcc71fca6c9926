//! Reading outside of a transaction: each query sees what was committed when it began.

use crate::{
    Db, ListQuery, Query, Row, Statement, StoreError, Value,
    call::{Binding, Call},
    db::Engine,
    statement::Text,
};

/// Bound to one tenant by [`Db::read`], or to none by [`Db::system_read`]. Statements that write are refused.
#[derive(Clone)]
pub struct Read {
    db: Db,
    binding: Binding,
}

impl Read {
    pub(crate) const fn new(db: Db, binding: Binding) -> Self {
        Self { db, binding }
    }

    /// The store that this reads from.
    pub const fn db(&self) -> &Db {
        &self.db
    }

    fn call<'a>(&self, text: Text<'a>, params: &'a [Value<'a>]) -> Result<Call<'a>, StoreError> {
        if text.writes {
            return Err(StoreError::Internal(format!("{} writes, so it needs a transaction", text.name)));
        }
        Call::new(text, self.binding.tenant_for(&text)?, params)
    }

    async fn rows<T: Send>(
        &self,
        call: &Call<'_>,
        map: impl FnMut(&Row<'_>) -> Result<T, StoreError> + Send,
    ) -> Result<Vec<T>, StoreError> {
        match self.db.engine() {
            Engine::Sqlite(sqlite) => sqlite.all(call, map).await,
            Engine::Postgres(postgres) => postgres.all(self.binding, call, map).await,
        }
    }
}

impl Query for Read {
    async fn one<T: Send>(
        &self,
        statement: &'static Statement,
        params: &[Value<'_>],
        map: impl FnMut(&Row<'_>) -> Result<T, StoreError> + Send,
    ) -> Result<Option<T>, StoreError> {
        let call = self.call(statement.text(), params)?;
        match self.db.engine() {
            Engine::Sqlite(sqlite) => sqlite.one(&call, map).await,
            Engine::Postgres(postgres) => postgres.one(self.binding, &call, map).await,
        }
    }

    async fn all<T: Send>(
        &self,
        statement: &'static Statement,
        params: &[Value<'_>],
        map: impl FnMut(&Row<'_>) -> Result<T, StoreError> + Send,
    ) -> Result<Vec<T>, StoreError> {
        self.rows(&self.call(statement.text(), params)?, map).await
    }

    async fn list<T: Send>(
        &self,
        query: ListQuery<'_>,
        map: impl FnMut(&Row<'_>) -> Result<T, StoreError> + Send,
    ) -> Result<Vec<T>, StoreError> {
        let (composed, params) = query.compose()?;
        self.rows(&self.call(composed.text(), &params)?, map).await
    }
}
