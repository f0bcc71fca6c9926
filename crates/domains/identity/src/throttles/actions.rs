//! Asking before an attempt, and counting after it.

use edge::{Context, Failure};
use kernel::{ErrorCode, Refusal};

use super::{Scope, event::AlarmRaised, model::longest_wait, store};
use crate::risk::Seen;

/// Must this attempt wait? Asked before anything is proven, and answered alike for an account that does not exist.
pub(crate) fn check(cx: &Context, seen: &Seen) -> Result<(), Refusal> {
    match longest_wait(&seen.tallies, seen.is_known_device(), cx.now()) {
        None => Ok(()),
        Some(wait) => {
            let message = "Too many attempts: wait as long as Retry-After says.";
            Err(Refusal::new(ErrorCode::RateLimited, "rate_limited", message).with_retry_after(wait))
        }
    }
}

/// Count a failure, within the request's transaction; commit it by refusing with `refuse`.
pub(crate) async fn failed(cx: &Context, seen: &Seen) -> Result<(), Failure> {
    let tx = cx.tx().await?;
    for (scope, failures) in store::fail(tx, &seen.keys, cx.now()).await? {
        if scope.begins_at(failures) {
            tx.emit(&AlarmRaised { tenant_id: cx.tenant_id(), scope: scope.name(), failures });
        }
    }
    Ok(())
}

/// The person knew it after all: what was counted against them at this address is forgotten. What counts against the account
/// elsewhere stays, or every success of its person would open the door for whoever guesses.
pub(crate) async fn succeeded(cx: &Context, seen: &Seen) -> Result<(), Failure> {
    if seen.tallies.iter().any(|(scope, _)| *scope == Scope::Pair) {
        store::clear(cx.tx().await?, seen.keys.get(Scope::Pair)).await?;
    }
    Ok(())
}
