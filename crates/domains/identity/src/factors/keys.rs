//! Passkeys as second factors: what the slice of passkeys is asked, in one place.

use edge::{Context, Failure};
use kernel::Id;
use serde_json::Value;
use store::{StoreError, Tx};

use super::model::{Factor, FactorFacts};
use crate::{
    flows::Method,
    passkeys,
    users::{User, UserId},
};

pub(super) async fn begin_registration(cx: &Context, user: &User) -> Result<Value, Failure> {
    passkeys::begin_registration_for(cx, user).await
}

pub(super) async fn complete_registration(
    cx: &Context,
    user: &User,
    credential: Value,
) -> Result<(FactorFacts, Method), Failure> {
    passkeys::complete_registration_for(cx, user, credential).await
}

pub(super) async fn begin(cx: &Context, user: &User) -> Result<Value, Failure> {
    passkeys::begin_for(cx, user).await
}

/// `None` where the passkey did not prove itself.
pub(super) async fn complete(cx: &Context, user: &User, credential: Value) -> Result<Option<Method>, Failure> {
    passkeys::complete_for(cx, user, credential).await
}

pub(super) async fn remove(cx: &Context, user: &User, id: Id<Factor>) -> Result<(), Failure> {
    passkeys::remove_for(cx, user, Id::from_uuid(id.uuid())).await
}

pub(super) async fn remove_all(tx: &Tx, user: UserId) -> Result<u64, StoreError> {
    passkeys::drop_all(tx, user).await
}
