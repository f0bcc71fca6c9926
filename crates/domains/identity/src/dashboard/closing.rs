//! The end of a dashboard account.

use edge::{Context, Failure};
use kernel::{Secret, ports::SessionCaller};
use tenancy::teams;

use super::error::ClosingError;
use crate::{
    factors, passwords,
    sessions::SignedInRows,
    users::{self, User},
};

/// The account, its sessions and its memberships go. It stays where a team would be left without an owner.
pub(super) async fn close(cx: &Context, caller: &SessionCaller, password: Option<Secret>) -> Result<(), Failure> {
    let user = SignedInRows::of(caller)?.user.clone();
    cx.expect_version(user.version)?;
    must_be_them(cx, caller, &user, password).await?;
    teams::leave_all(cx.tx().await?, user.id.uuid(), cx.now()).await.map_err(ClosingError::from)?;
    users::delete(cx, &user).await
}

/// A session may be stolen. With a second factor: one of two, of lately. Without: the password, or a sign-in of lately.
async fn must_be_them(
    cx: &Context,
    caller: &SessionCaller,
    user: &User,
    password: Option<Secret>,
) -> Result<(), Failure> {
    let held = factors::held(&cx.read(), user.id).await?;
    if held.factors.iter().any(|factor| factor.kind.is_full()) {
        return Ok(factors::must_be_strong(cx, caller)?);
    }
    if let Some(password) = password {
        passwords::ensure_room(cx)?;
        return passwords::confirm(cx, user, &password).await;
    }
    let freshness = tenancy::settings_of(cx.tenant()).mfa.step_up_freshness();
    let is_fresh = caller.authenticated_at + freshness > cx.now();
    if is_fresh { Ok(()) } else { Err(ClosingError::ProofRequired.into()) }
}
