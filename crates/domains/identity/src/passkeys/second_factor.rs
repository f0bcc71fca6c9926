//! Passkeys as second factors, and as factors that a sign-in waits for: what `factors` asks for.

use edge::{Context, Failure};
use kernel::Id;
use serde_json::Value;
use tenancy::settings_of;

use super::{
    PasskeyError, authenticating,
    ceremony::{self, Party, Purpose},
    input::{self, AssertionInput, CreatedInput},
    model::Passkey,
    options, registering, store,
};
use crate::{
    factors::{FactorFacts, FactorKind},
    flows::Method,
    users::User,
};

/// Request options for the passkeys of a person who has proven a first factor.
pub(crate) async fn begin_for(cx: &Context, user: &User) -> Result<Value, Failure> {
    let held = store::of_user(&cx.read(), user.id).await?;
    let challenge = ceremony::begin(cx, Purpose::SecondFactor, Some(user.id)).await?;
    json(&options::request(&Party::of(cx).id, &challenge, &held))
}

/// What the passkey proves. `None` where it proved nothing: the trace of it must be committed.
pub(crate) async fn complete_for(cx: &Context, user: &User, credential: Value) -> Result<Option<Method>, Failure> {
    let asserted = input::parse::<AssertionInput>(credential)?.read()?;
    match store::find_with_user(&cx.read(), &asserted.credential_id).await? {
        // Somebody else's is like none: whose it is, is not told.
        Some((passkey, owner)) if owner.id == user.id => {
            authenticating::believe(cx, &passkey, user, Purpose::SecondFactor, &asserted).await
        }
        _ => Ok(None),
    }
}

/// Creation options for a person whose right to enrol was seen to.
pub(crate) async fn begin_registration_for(cx: &Context, user: &User) -> Result<Value, Failure> {
    json(&registering::options_for(cx, user, Purpose::Enrolment).await?)
}

/// Keeps the new passkey, tells its person and emits the event; what it proved by that.
pub(crate) async fn complete_registration_for(
    cx: &Context,
    user: &User,
    credential: Value,
) -> Result<(FactorFacts, Method), Failure> {
    let created = input::parse::<CreatedInput>(credential)?.read()?;
    let passkey = registering::keep(cx, user, Purpose::Enrolment, &created, None).await?;
    let method = passkey.method(&settings_of(cx.tenant()).mfa.attestation);
    Ok((facts(passkey), method))
}

fn facts(passkey: Passkey) -> FactorFacts {
    FactorFacts {
        id: Id::from_uuid(passkey.id.uuid()),
        kind: FactorKind::Webauthn,
        label: passkey.name,
        created_at: passkey.created_at,
        last_used_at: passkey.last_used_at,
        remaining: None,
    }
}

fn json(options: &impl serde::Serialize) -> Result<Value, Failure> {
    Ok(serde_json::to_value(options).map_err(|_| PasskeyError::Malformed)?)
}
