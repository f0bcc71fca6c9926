//! The first proof of a mailbox or a phone.
//!
//! Somebody may have opened an account with another person's address first, and planted a password, a passkey or a session in it
//! (pre-hijacking). Whoever proves the address first is its person: what was there before goes.

use std::{future::Future, pin::Pin};

use edge::{Context, Failure};
use store::{Reader, StoreError, Tx};

use super::event::{CredentialsDropped, EmailVerified, PhoneVerified};
use crate::{
    factors, flows,
    identifiers::Contact,
    passkeys, passwords,
    sessions::EndReason,
    users::{self, Delegations, LinkedIdentity, User, UserId},
};

/// What other domains have hung on an account as a way in.
pub struct OtherWaysIn(pub Vec<WaysIn>);

/// A user's ways in of one kind, within the transaction.
pub struct WaysIn {
    /// How many there are, held still until the transaction ends.
    pub count: OnWaysIn,
    /// Takes them away; how many there were.
    pub drop_all: OnWaysIn,
    /// Which they are; few enough to be told at once.
    pub linked: ListsLinked,
}

pub type OnWaysIn = for<'a> fn(&'a Tx, UserId) -> Pin<Box<dyn Future<Output = Result<u64, StoreError>> + Send + 'a>>;

pub type ListsLinked = for<'a> fn(
    &'a Reader<'a>,
    UserId,
)
    -> Pin<Box<dyn Future<Output = Result<Vec<LinkedIdentity>, StoreError>> + Send + 'a>>;

impl OtherWaysIn {
    pub(crate) async fn count(&self, tx: &Tx, user: UserId) -> Result<u64, StoreError> {
        let mut count = 0;
        for ways in &self.0 {
            count += (ways.count)(tx, user).await?;
        }
        Ok(count)
    }

    pub(crate) async fn linked(&self, reader: &Reader<'_>, user: UserId) -> Result<Vec<LinkedIdentity>, StoreError> {
        let mut all = Vec::new();
        for ways in &self.0 {
            all.extend((ways.linked)(reader, user).await?);
        }
        Ok(all)
    }
}

/// How the address was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// By a way in of its own, a link, a code, a provider: what others planted goes.
    Claims,
    /// To confirm the account as it is, by somebody who was told what they confirm.
    Confirms,
}

/// The user, with the address proven. Nothing happens where it was before, or where the user has another one by now.
pub async fn prove(cx: &Context, user: User, contact: &Contact, proof: Proof) -> Result<User, Failure> {
    if contact.is_proven_by(&user) || !contact.belongs_to(&user) {
        return Ok(user);
    }
    let proven = users::change(cx, &user, contact.as_proven()).await?;
    let tx = cx.tx().await?;
    match contact {
        Contact::Email(_) => tx.emit(&EmailVerified { user_id: user.id }),
        Contact::Phone(_) => tx.emit(&PhoneVerified { user_id: user.id }),
    }
    if proof == Proof::Claims {
        drop_planted(cx, user.id).await?;
    }
    Ok(proven)
}

async fn drop_planted(cx: &Context, user: UserId) -> Result<(), Failure> {
    let tx = cx.tx().await?;
    let mut dropped = u64::from(passwords::store::delete(tx, user).await?);
    dropped += passkeys::drop_all(tx, user).await?;
    // Second factors stay: a mailbox alone must never be a way around them. A squatter gains nothing by one, and an administrator can
    // reset it.
    factors::devices::forget_all(tx, user).await?;
    for ways in &cx.part::<OtherWaysIn>().0 {
        dropped += (ways.drop_all)(tx, user).await?;
    }
    flows::store::end_all(tx, user, cx.now()).await?;
    let ended = users::shut_out(tx, *cx.part::<Delegations>(), user, EndReason::Claimed, cx.now()).await?;
    dropped += ended.sessions + ended.delegations;
    if dropped > 0 {
        tx.emit(&CredentialsDropped { user_id: user, dropped });
    }
    Ok(())
}
