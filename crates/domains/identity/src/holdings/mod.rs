//! What a person may do, as far as a sign-in and its tokens must know: another domain's affair, asked here.
//!
//! Owns the words of the answer and what follows from it for a sign-in ([`Holdings::demand_second_factor`]) and a token
//! ([`Holdings::permissions`], [`Holdings::in_organization`]). Does not own roles, groups and organizations themselves (`access`), which
//! answers through [`AsksHoldings`].

mod model;

use std::{future::Future, pin::Pin};

use edge::{Context, Failure};
use kernel::{Id, ports::SessionCaller};
use store::{Reader, StoreError, Tx};
use tenancy::settings_of;

pub use model::{GroupRef, Holding, Holdings, InOrganization, OrganizationId, OrganizationRef, Rank};

use crate::{
    sessions::SignedInRows,
    users::{self, User, UserId},
};

/// Whoever knows what people hold, if there is one.
pub struct HoldingsOf(pub Option<AsksHoldings>);

/// Everything that a user holds.
pub type AsksHoldings =
    for<'a> fn(&'a Reader<'a>, UserId) -> Pin<Box<dyn Future<Output = Result<Holdings, StoreError>> + Send + 'a>>;

/// What the user holds. Nothing is asked of somebody who never held anything, as most people don't.
pub async fn of(cx: &Context, user: UserId, has_holdings: bool) -> Result<Holdings, Failure> {
    match cx.part::<HoldingsOf>().0 {
        Some(asks) if has_holdings => Ok(asks(&cx.read(), user).await?),
        _ => Ok(Holdings::default()),
    }
}

/// What a user holds, as the request sees it.
pub async fn of_user(cx: &Context, user: &User) -> Result<Holdings, Failure> {
    of(cx, user.id, user.has_holdings).await
}

/// What the caller holds, as far as it counts in their session.
pub async fn of_caller(cx: &Context, caller: &SessionCaller) -> Result<Holdings, Failure> {
    let SignedInRows { user, session, .. } = SignedInRows::of(caller)?;
    Ok(of_user(cx, user).await?.in_session(&settings_of(cx.tenant()).mfa, session.is_strong()))
}

/// Was the caller's session opened or raised with two factors?
pub fn is_strong(caller: &SessionCaller) -> Result<bool, Failure> {
    Ok(SignedInRows::of(caller)?.session.is_strong())
}

/// The organization that the caller's session acts in.
pub fn acts_in(caller: &SessionCaller) -> Result<Option<OrganizationId>, Failure> {
    Ok(SignedInRows::of(caller)?.session.organization_id)
}

/// From now on the user is asked about. Their row is held until the transaction ends, so that nobody counts what they hold at the same
/// time; `false` where there is no such user.
pub async fn note(tx: &Tx, user: UserId) -> Result<bool, StoreError> {
    users::store::note_holdings(tx, user).await
}

/// A person is not in the organization any more: their sessions stop acting in it, at once and on every node.
pub async fn leave(tx: &Tx, organization: OrganizationId, user: UserId) -> Result<(), StoreError> {
    crate::sessions::store::leave_organization(tx, organization, user).await
}

/// The organization is no more: no session acts in it.
pub async fn dissolve(tx: &Tx, organization: OrganizationId) -> Result<(), StoreError> {
    crate::sessions::store::dissolve_organization(tx, organization).await
}

/// An id as this domain writes it, of an organization's id as its own domain does.
pub fn organization(id: uuid::Uuid) -> OrganizationId {
    Id::from_uuid(id)
}
