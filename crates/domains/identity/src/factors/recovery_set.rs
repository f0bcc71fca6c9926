//! The set of recovery codes of a person: ten at a time, and a new set voids the old.

use edge::{Context, Failure};
use kernel::{Id, Secret};
use serde_json::json;
use tenancy::messaging::Template;

use super::{
    FactorError,
    event::RecoveryCodesRegenerated,
    model::{self, Factor, FactorKind, Held},
    recovery, store,
};
use crate::{
    notices,
    users::{User, UserId},
};

/// Put a new set in the place of whatever there was. Shown once: only digests are kept.
pub(super) async fn replace(cx: &Context, user: UserId) -> Result<Vec<Secret>, Failure> {
    let set = Factor {
        id: cx.new_id(),
        user_id: user,
        kind: FactorKind::RecoveryCode,
        name: None,
        secret: None,
        last_step: None,
        address: None,
        challenge_id: None,
        activated_at: Some(cx.now()),
        created_at: cx.now(),
    };
    let codes = recovery::generate(cx.env());
    let tx = cx.tx().await?;
    store::delete_recovery_set(tx, user).await?;
    store::insert(tx, &set).await?;
    for code in &codes {
        store::insert_code(tx, set.id, &recovery::mac(cx.vault(), cx.tenant_id(), set.id, code)).await?;
    }
    Ok(codes)
}

/// The person's wish for a new set.
pub(super) async fn regenerate(cx: &Context, user: &User, held: &Held) -> Result<Vec<Secret>, Failure> {
    if !model::is_allowed(&tenancy::settings_of(cx.tenant()).mfa, FactorKind::RecoveryCode) {
        return Err(FactorError::NotAllowed.into());
    }
    if !held.factors.iter().any(|factor| factor.kind.is_full()) {
        return Err(FactorError::NoFactor.into());
    }
    let codes = replace(cx, user.id).await?;
    cx.tx().await?.emit(&RecoveryCodesRegenerated { user_id: user.id });
    notices::tell(cx, user, Template::RecoveryCodesRegenerated, json!({})).await?;
    Ok(codes)
}

/// Take a code of the set, once, by one of however many that present it.
pub(super) async fn take(cx: &Context, held: &Held, code: &Secret) -> Result<Option<Id<Factor>>, Failure> {
    let set = held.factors.iter().find(|factor| factor.kind == FactorKind::RecoveryCode);
    let Some(set) = set.map(|set| set.id) else { return Ok(None) };
    let mac = recovery::mac(cx.vault(), cx.tenant_id(), set, code);
    let tx = cx.tx().await?;
    Ok(store::take_code(tx, set, &mac, cx.now()).await?.then_some(set))
}
