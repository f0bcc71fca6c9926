//! What can be done with identities, once for both surfaces.

use edge::{Context, Failure};
use identity::{
    challenges::{self, ChallengeKind},
    joining,
    users::{User, UserId},
};
use kernel::{Id, Refusal, Secret, ports::SessionCaller};

use super::{
    Identity, IdentityId, NewIdentity,
    error::IdentityError,
    event::{IdentityLinkRequested, IdentityLinked, IdentityUnlinked},
    model::MOST,
    store,
};
use crate::social::{Connection, LinkBegun, LinkRequest, Snapshot, SocialError, begin_link, cleaned, complete_link};

/// The account at the provider is this user's from now on.
pub(crate) async fn link(cx: &Context, new: NewIdentity) -> Result<Identity, SocialError> {
    let tx = cx.tx().await?;
    if store::count(tx, new.user_id).await? >= MOST {
        return Err(SocialError::TooMany);
    }
    if !store::claim(tx, &new, cx.now()).await? {
        return Err(SocialError::IdentityTaken);
    }
    tx.emit(&IdentityLinked { user_id: new.user_id, identity_id: new.id, provider: new.provider.clone() });
    Ok(new.made(cx.now()))
}

/// An administrator's word that this account is this user's, as when users come over from elsewhere.
pub(super) async fn link_by_word(
    cx: &Context,
    user: &User,
    provider: &str,
    subject: String,
    snapshot: Snapshot,
) -> Result<Identity, Failure> {
    let provider = Connection::open_known(cx, provider).await?.ok_or(IdentityError::ProviderNotFound)?;
    let new = NewIdentity {
        id: cx.new_id(),
        user_id: user.id,
        connection: provider.connection(),
        provider: provider.slug.to_string(),
        subject,
        snapshot: cleaned(snapshot),
        tokens: None,
        is_in_use: false,
    };
    Ok(link(cx, new).await.map_err(IdentityError::from)?)
}

/// A person begins to link: where their browser goes next.
pub(super) async fn begin_own(
    cx: &Context,
    caller: &SessionCaller,
    request: LinkRequest,
) -> Result<LinkBegun, Failure> {
    must_be_strong(cx, caller).await?;
    let provider = request.provider.clone();
    let begun = begin_link(cx, caller, request).await?;
    cx.tx().await?.emit(&IdentityLinkRequested { user_id: Id::from_uuid(caller.user_id), provider });
    Ok(begun)
}

/// A person is back with a proof.
pub(super) async fn complete_own(
    cx: &Context,
    caller: &SessionCaller,
    user: &User,
    code: &Secret,
    verifier: &Secret,
) -> Result<Identity, Failure> {
    must_be_strong(cx, caller).await?;
    let identity = complete_link(cx, caller, code, verifier).await?;
    joining::tell_of_way_in(cx, user, true, &identity.provider).await?;
    Ok(identity)
}

/// A person unlinks one of their own.
pub(super) async fn unlink_own(cx: &Context, caller: &SessionCaller, id: IdentityId) -> Result<(), Failure> {
    must_be_strong(cx, caller).await?;
    unlink(cx, Id::from_uuid(caller.user_id), id).await
}

/// Never the last way in, whoever asks: a person without one is locked out for good.
pub(super) async fn unlink(cx: &Context, user: UserId, id: IdentityId) -> Result<(), Failure> {
    let tx = cx.tx().await?;
    store::hold_user(tx, user).await?;
    let identity =
        store::find(tx, id).await?.filter(|identity| identity.user_id == user).ok_or_else(Refusal::not_found)?;
    let owner = joining::find(tx, user).await?.ok_or_else(Refusal::not_found)?;
    if !has_another_provider(cx, &identity).await? && !joining::has_way_in(cx, tx, user).await? {
        return Err(IdentityError::LastWayIn.into());
    }
    if !store::delete(tx, &identity).await? {
        return Err(Refusal::not_found().into());
    }
    // What was proven for it before is no proof any more.
    for kind in [ChallengeKind::HandOff, ChallengeKind::LinkStart, ChallengeKind::LinkProof, ChallengeKind::SocialState]
    {
        challenges::void(tx, user, kind, cx.now()).await?;
    }
    tx.emit(&IdentityUnlinked { user_id: user, identity_id: id, provider: identity.provider.clone() });
    joining::tell_of_way_in(cx, &owner, false, &identity.provider).await
}

/// An account at a provider that is switched off, or that has another issuer now, lets nobody in.
async fn has_another_provider(cx: &Context, leaving: &Identity) -> Result<bool, Failure> {
    for (provider, connection) in store::others(cx.tx().await?, leaving.user_id, leaving.id).await? {
        if Connection::open_known(cx, &provider).await?.is_some_and(|known| known.connection() == connection) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A session of long ago, or of one factor where there are two, may be a stolen one: it adds no way in and takes none away.
async fn must_be_strong(cx: &Context, caller: &SessionCaller) -> Result<(), IdentityError> {
    if joining::may_change_ways_in(cx, caller).await? { Ok(()) } else { Err(IdentityError::StepUpRequired) }
}
