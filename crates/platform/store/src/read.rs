//! Reading outside of a transaction: each query sees what was committed when it began.

use crate::{
    Asked, Db, EachRow, Query, StoreError, Value, Wanted,
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

    async fn answer(&self, call: &Call<'_>, wanted: Wanted, each: EachRow<'_>) -> Result<(), StoreError> {
        match self.db.engine() {
            Engine::Sqlite(sqlite) => sqlite.rows(call, wanted, each).await.map(drop),
            Engine::Postgres(postgres) => postgres.rows(self.binding, call, wanted, each).await.map(drop),
        }
    }
}

impl Query for Read {
    async fn rows(&self, asked: Asked<'_>, wanted: Wanted, each: EachRow<'_>) -> Result<(), StoreError> {
        match asked {
            Asked::Statement(statement, params) => {
                self.answer(&self.call(statement.text(), params)?, wanted, each).await
            }
            Asked::List(query) => {
                let (composed, params) = query.compose()?;
                self.answer(&self.call(composed.text(), &params)?, wanted, each).await
            }
        }
    }
}
