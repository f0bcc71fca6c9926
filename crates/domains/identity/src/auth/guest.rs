//! Guests who become somebody: by whichever door, their row stays and so does everything that hangs on it.
//!
//! Which guest it is, the session says that is presented with the proof, and nothing else: no link, code or state that was begun
//! before carries it, so that nobody can have another's proof turn their own guest into that person.

use edge::{Context, Failure};
use kernel::Id;
use store::StoreError;

use super::event::SignedUp;
use crate::{
    sessions::{self, EndReason, SignedInRows},
    users::{self, User, UserChanges, UserError},
};

/// Is the session that is presented somebody's? A guest's is nobody's yet.
pub fn is_somebody(cx: &Context) -> Result<bool, Failure> {
    let Some(caller) = cx.session() else { return Ok(false) };
    Ok(!SignedInRows::of(caller)?.user.is_anonymous)
}

/// The guest whose session is presented, held and read anew: another request may have made somebody of them since this one was let in.
pub(crate) async fn presented(cx: &Context) -> Result<Option<User>, Failure> {
    let Some(caller) = cx.session() else { return Ok(None) };
    if is_somebody(cx)? {
        return Ok(None);
    }
    let (tx, id) = (cx.tx().await?, Id::from_uuid(caller.user_id));
    users::store::hold(tx, id).await?;
    let found = users::store::find(tx, id).await?;
    Ok(found.filter(|user| user.is_anonymous))
}

/// Somebody new, who is known by these changes: the guest whose session is presented, or else a user of their own.
pub(crate) async fn newcomer(cx: &Context, changes: UserChanges) -> Result<User, Failure> {
    if let Some(guest) = presented(cx).await? {
        let after = guest.clone().change(changes, cx.now())?;
        return upgrade(cx, &guest, after).await;
    }
    let user = users::begin(cx, changes).await?;
    cx.tx().await?.emit(&SignedUp { user_id: user.id });
    Ok(user)
}

/// The guest has proven who they are: `after` is what they are from now on. Their sessions as a guest end, since a new one follows the
/// proof, with what else the application asks for, and whoever held an old one may have been somebody else.
pub(crate) async fn upgrade(cx: &Context, guest: &User, after: User) -> Result<User, Failure> {
    let tx = cx.tx().await?;
    if !users::store::save_if_free(tx, guest, &after).await.map_err(UserError::from)? {
        // Somebody's since a moment: looked at again, the address has a holder.
        return Err(StoreError::Serialization("a guest and a newcomer with one address".to_owned()).into());
    }
    sessions::end_all(tx, guest.id, None, EndReason::Claimed, cx.now()).await?;
    tx.emit(&SignedUp { user_id: guest.id });
    Ok(after)
}
