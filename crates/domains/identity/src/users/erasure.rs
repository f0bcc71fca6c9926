//! What goes with a person and does not hang on their row.

use std::{future::Future, pin::Pin};

use store::{StoreError, Tx};

use super::UserId;

/// What other domains hold on people under something else than their id: a foreign key erases the rest.
pub struct ErasedAlong(pub Vec<ErasesAlong>);

/// Erases it and says so in the trail, within the transaction and while the person's row and addresses are still there.
pub type ErasesAlong = for<'a> fn(&'a Tx, UserId) -> Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>>;

impl ErasedAlong {
    pub(super) async fn erase(&self, tx: &Tx, user: UserId) -> Result<(), StoreError> {
        for erase in &self.0 {
            erase(tx, user).await?;
        }
        Ok(())
    }
}
