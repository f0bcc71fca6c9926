//! Passkeys for pages: the slice's use cases with plain values. Credentials are text as the browser's `toJSON` writes it.

use edge::{Context, Failure};
use kernel::{Id, Secret, Timestamp, ports::SessionCaller};
use serde_json::Value;

use super::{
    Passkey, PasskeyError, authenticating,
    input::{self, AssertionInput, CreatedInput},
    managing, registering,
};
use crate::flows::Outcome;

/// One of a person's own.
pub struct OwnPasskey {
    pub id: String,
    pub name: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

impl From<Passkey> for OwnPasskey {
    fn from(passkey: Passkey) -> Self {
        Self {
            id: passkey.id.to_string(),
            name: passkey.name,
            created_at: passkey.created_at,
            last_used_at: passkey.last_used_at,
        }
    }
}

pub async fn sign_in(cx: &Context, credential: &str, device_token: Option<Secret>) -> Result<Outcome, Failure> {
    let asserted = input::parse::<AssertionInput>(json(credential)?)?.read()?;
    authenticating::complete(cx, &asserted, device_token).await
}

pub async fn own(cx: &Context, caller: &SessionCaller) -> Result<Vec<OwnPasskey>, Failure> {
    Ok(managing::own(cx, caller).await?.into_iter().map(OwnPasskey::from).collect())
}

/// Options for the browser to make one.
pub async fn begin_adding(cx: &Context, caller: &SessionCaller) -> Result<Value, Failure> {
    let options = registering::begin(cx, caller).await?;
    Ok(serde_json::to_value(options).map_err(|_| PasskeyError::Malformed)?)
}

pub async fn add(cx: &Context, caller: &SessionCaller, credential: &str) -> Result<OwnPasskey, Failure> {
    let created = input::parse::<CreatedInput>(json(credential)?)?.read()?;
    Ok(registering::complete(cx, caller, &created, None).await?.into())
}

pub async fn rename(cx: &Context, caller: &SessionCaller, passkey: &str, name: String) -> Result<(), Failure> {
    let id: Id<Passkey> = passkey.parse().map_err(|_| kernel::Refusal::not_found())?;
    managing::rename(cx, caller, id, name).await.map(drop)
}

pub async fn remove(cx: &Context, caller: &SessionCaller, passkey: &str) -> Result<(), Failure> {
    let id: Id<Passkey> = passkey.parse().map_err(|_| kernel::Refusal::not_found())?;
    managing::remove(cx, caller, id).await
}

fn json(credential: &str) -> Result<Value, PasskeyError> {
    serde_json::from_str(credential).map_err(|_| PasskeyError::Malformed)
}
