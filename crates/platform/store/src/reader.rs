//! Reading within a request: through its transaction once that is open, and outside of one before.
//!
//! A request that read past its own open transaction would not see what it wrote, and would need a second connection: enough of them
//! at once, each holding one and waiting for another, would starve.

use crate::{Asked, EachRow, Query, Read, StoreError, Tx, Wanted};

pub enum Reader<'a> {
    Outside(Read),
    Within(&'a Tx),
}

impl Query for Reader<'_> {
    async fn rows(&self, asked: Asked<'_>, wanted: Wanted, each: EachRow<'_>) -> Result<(), StoreError> {
        match self {
            Self::Outside(read) => read.rows(asked, wanted, each).await,
            Self::Within(tx) => tx.rows(asked, wanted, each).await,
        }
    }
}
