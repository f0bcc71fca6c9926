//! Taking factors away: one's own, or all of somebody by an administrator.

use edge::{Context, Failure};
use kernel::{Id, Refusal, ports::SessionCaller};
use serde_json::json;
use store::{StoreError, Tx};
use tenancy::messaging::Template;

use super::{
    budget, devices,
    enroller::must_be_strong,
    event::{FactorRemoved, MfaReset},
    keys,
    model::{self, Factor, FactorFacts, FactorKind},
    of_user, store as rows,
};
use crate::{
    flows, holdings, notices,
    sessions::{EndReason, SignedInRows},
    users::{self, Delegations, User, UserId},
};

/// A person removes one of their own. A pending one goes without more ado.
pub(super) async fn remove(cx: &Context, caller: &SessionCaller, id: Id<Factor>) -> Result<(), Failure> {
    let user = SignedInRows::of(caller)?.user.clone();
    let held = of_user(cx, user.id).await?;
    let Some(facts) = held.factors.iter().find(|factor| factor.id == id) else {
        return drop_pending(cx, user.id, id).await;
    };
    must_be_strong(cx, caller)?;
    let is_required = holdings::of_user(cx, &user).await?.demand_second_factor(&tenancy::settings_of(cx.tenant()).mfa);
    model::must_not_be_last(&held.factors, id, is_required)?;
    if facts.kind == FactorKind::Webauthn {
        return keys::remove(cx, &user, id).await;
    }
    let tx = cx.tx().await?;
    rows::delete(tx, user.id, id).await?.ok_or_else(Refusal::not_found)?;
    if is_last_full(&held.factors, id) {
        // Paper stands in for a factor; alone it would be a second password that runs out.
        rows::delete_recovery_set(tx, user.id).await?;
        devices::forget_all(tx, user.id).await?;
    }
    tx.emit(&FactorRemoved { user_id: user.id, factor_id: id, factor: facts.kind });
    notices::tell(cx, &user, Template::FactorRemoved, json!({ "factor": facts.kind.words() })).await
}

async fn drop_pending(cx: &Context, user: UserId, id: Id<Factor>) -> Result<(), Failure> {
    let tx = cx.tx().await?;
    let (kind, _) = rows::delete(tx, user, id).await?.ok_or_else(Refusal::not_found)?;
    tx.emit(&FactorRemoved { user_id: user, factor_id: id, factor: kind });
    Ok(())
}

fn is_last_full(factors: &[FactorFacts], leaving: Id<Factor>) -> bool {
    !factors.iter().any(|factor| factor.id != leaving && factor.kind.is_full())
}

/// An administrator's doing, for somebody who lost everything: all factors and trusted devices go, sessions and pending sign-ins
/// end, and the next sign-in enrols anew.
pub(super) async fn reset(cx: &Context, user: &User) -> Result<(), Failure> {
    let tx = cx.tx().await?;
    let factors_removed = drop_all(tx, user.id).await?;
    rows::demand(tx, user.id, cx.now()).await?;
    flows::store::end_all(tx, user.id, cx.now()).await?;
    let ended = users::shut_out(tx, *cx.part::<Delegations>(), user.id, EndReason::MfaReset, cx.now()).await?;
    let sessions_ended = ended.sessions;
    tx.emit(&MfaReset { user_id: user.id, factors_removed, sessions_ended });
    notices::tell(cx, user, Template::FactorRemoved, json!({})).await
}

/// Factors, passkeys and trusted devices, gone. How many active factors there were.
async fn drop_all(tx: &Tx, user: UserId) -> Result<u64, StoreError> {
    let gone = rows::delete_all(tx, user).await?;
    let passkeys = keys::remove_all(tx, user).await?;
    devices::forget_all(tx, user).await?;
    budget::clear(tx, user).await?;
    let full = gone.iter().filter(|(kind, was_active)| *was_active && kind.is_full()).count();
    Ok(full as u64 + passkeys)
}
