//! What a person lets others do in their name: another domain's affair, ended here with the person's own way in.

use std::{future::Future, pin::Pin};

use kernel::Timestamp;
use store::{StoreError, Tx};

use super::UserId;
use crate::sessions::{self, EndReason};

/// Whoever else gave something away that speaks for a person.
#[derive(Clone, Copy)]
pub struct Delegations(pub &'static [EndsDelegations]);

/// Ends all of a user's for good, within the transaction; how many ended.
pub type EndsDelegations =
    for<'a> fn(&'a Tx, UserId, Timestamp) -> Pin<Box<dyn Future<Output = Result<u64, StoreError>> + Send + 'a>>;

/// How much ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShutOut {
    pub(crate) sessions: u64,
    pub(crate) delegations: u64,
}

/// All that speaks for a user is over for good: their sessions, and what they let others do. Whoever disables, recovers or claims an account
/// must not be followed by what was given away before.
pub(crate) async fn shut_out(
    tx: &Tx,
    delegations: Delegations,
    user: UserId,
    reason: EndReason,
    now: Timestamp,
) -> Result<ShutOut, StoreError> {
    let mut ended = ShutOut { sessions: sessions::end_all(tx, user, None, reason, now).await?, delegations: 0 };
    for end in delegations.0 {
        ended.delegations += end(tx, user, now).await?;
    }
    Ok(ended)
}
