//! A person's own passkeys: reading, renaming, removing.

use ::store::{StoreError, Tx};
use edge::{Context, Failure};
use kernel::{Id, Refusal, ports::SessionCaller};
use serde_json::json;
use tenancy::{
    messaging::Template,
    settings::{SignInMethod, settings_of},
};

use super::{
    PasskeyError, PasskeyId,
    event::PasskeyRenamed,
    model::{self, OtherWays, Passkey, Strength, TakenWays},
    store,
};
use crate::{
    factors::{self, FactorFacts, FactorKind, FactorRemoved},
    flows::Method,
    notices,
    sessions::SignedInRows,
    users::{User, UserId},
    verification::OtherWaysIn,
};

/// Does the application take passkeys, to sign in with or as a second factor?
pub(super) fn must_be_taken(cx: &Context) -> Result<(), PasskeyError> {
    let is_taken = settings_of(cx.tenant()).sign_in.allows(SignInMethod::Passkey);
    if is_taken { Ok(()) } else { Err(PasskeyError::NotAllowed) }
}

/// The session was opened or raised lately, and with two factors where the person has one that counts.
pub(super) async fn must_be_strong(
    cx: &Context,
    caller: &SessionCaller,
    counts: impl Fn(&FactorFacts) -> bool,
) -> Result<(), Failure> {
    let freshness = settings_of(cx.tenant()).mfa.step_up_freshness();
    let strength = Strength { aal: caller.aal, authenticated_at: caller.authenticated_at };
    let held = factors::held(&cx.read(), Id::from_uuid(caller.user_id)).await?;
    Ok(model::must_be_strong(strength, held.factors.iter().any(counts), cx.now(), freshness)?)
}

pub(super) async fn own(cx: &Context, caller: &SessionCaller) -> Result<Vec<Passkey>, Failure> {
    Ok(store::of_user(&cx.read(), Id::from_uuid(caller.user_id)).await?)
}

/// Has the person one that reaches the highest level?
pub(crate) async fn has_hardware(cx: &Context, user: UserId) -> Result<bool, StoreError> {
    let policy = &settings_of(cx.tenant()).mfa.attestation;
    let passkeys = store::of_user(&cx.read(), user).await?;
    Ok(passkeys.iter().any(|passkey| passkey.method(policy) == Method::HardwarePasskey))
}

pub(super) async fn rename(
    cx: &Context,
    caller: &SessionCaller,
    id: PasskeyId,
    name: String,
) -> Result<Passkey, Failure> {
    let user: UserId = Id::from_uuid(caller.user_id);
    let passkey = store::find(&cx.read(), user, id).await?.ok_or_else(Refusal::not_found)?;
    let name = model::checked_name(Some(name))?.unwrap_or_default();
    let tx = cx.tx().await?;
    if !store::rename(tx, user, id, &name).await? {
        return Err(Refusal::not_found().into());
    }
    tx.emit(&PasskeyRenamed { user_id: user, passkey_id: id });
    Ok(Passkey { name, ..passkey })
}

/// A person removes one of their own.
pub(super) async fn remove(cx: &Context, caller: &SessionCaller, id: PasskeyId) -> Result<(), Failure> {
    let user = SignedInRows::of(caller)?.user.clone();
    // Another person's is like none, whatever the session has proven.
    store::find(&cx.read(), user.id, id).await?.ok_or_else(Refusal::not_found)?;
    // A lost passkey must not be needed to remove it, so passkeys don't count here.
    must_be_strong(cx, caller, |factor| factor.kind.is_full() && factor.kind != FactorKind::Webauthn).await?;
    remove_for(cx, &user, id).await
}

/// Removes it where another way in is left, and tells its person.
pub(crate) async fn remove_for(cx: &Context, user: &User, id: PasskeyId) -> Result<(), Failure> {
    let tx = cx.tx().await?;
    let ways = store::other_ways(tx, user.id, id).await?;
    let identities = cx.part::<OtherWaysIn>().count(tx, user.id).await?;
    model::must_not_be_last(OtherWays { identities, ..ways }, taken_ways(cx))?;
    if !store::delete(tx, user.id, id).await? {
        return Err(Refusal::not_found().into());
    }
    tx.emit(&FactorRemoved { user_id: user.id, factor_id: Id::from_uuid(id.uuid()), factor: FactorKind::Webauthn });
    notices::tell(cx, user, Template::FactorRemoved, json!({ "factor": FactorKind::Webauthn.words() })).await
}

/// All of a person's passkeys, gone: at a reset, and where the first proof of a mailbox drops what somebody else may have planted.
pub(crate) async fn drop_all(tx: &Tx, user: UserId) -> Result<u64, StoreError> {
    store::delete_all(tx, user).await
}

/// Is there a way in besides the identities, which another domain counts? Held still until the transaction ends.
pub(crate) async fn has_way_in(cx: &Context, tx: &Tx, user: UserId) -> Result<bool, StoreError> {
    // No passkey has the nil id: all of them are left.
    let ways = store::other_ways(tx, user, PasskeyId::from_u128(0)).await?;
    Ok(model::must_not_be_last(ways, taken_ways(cx)).is_ok())
}

fn taken_ways(cx: &Context) -> TakenWays {
    let sign_in = &settings_of(cx.tenant()).sign_in;
    TakenWays {
        password: sign_in.allows(SignInMethod::Password),
        email: sign_in.allows(SignInMethod::MagicLink) || sign_in.allows(SignInMethod::EmailCode),
        phone: sign_in.allows(SignInMethod::SmsCode),
        social: sign_in.allows(SignInMethod::Social),
    }
}
