//! Adding a passkey, once for every road that leads there.

use edge::{Context, Failure, refuse};
use kernel::{Id, Secret, ports::SessionCaller};
use serde_json::json;
use tenancy::{messaging::Template, settings_of};
use uuid::Uuid;
use webauthn::{Attestation, Registered, WebauthnError};

use super::{
    PasskeyError, aaguids,
    ceremony::{self, Party, Purpose},
    event::RegistrationFailed,
    input::Created,
    managing,
    model::{self, MAX_PASSKEYS, Passkey},
    options::{self, CreationOptions},
    store,
};
use crate::{
    factors::{FactorEnrolled, FactorKind},
    notices,
    sessions::SignedInRows,
    users::User,
};

/// A signed-in person asks for another passkey.
pub(super) async fn begin(cx: &Context, caller: &SessionCaller) -> Result<CreationOptions, Failure> {
    managing::must_be_taken(cx)?;
    let user = &SignedInRows::of(caller)?.user;
    // Whoever found an open session must not make themselves a key to it.
    managing::must_be_strong(cx, caller, |factor| factor.kind.is_full()).await?;
    options_for(cx, user, of_session(caller)).await
}

/// The same session brings the new passkey.
pub(super) async fn complete(
    cx: &Context,
    caller: &SessionCaller,
    created: &Created,
    name: Option<String>,
) -> Result<Passkey, Failure> {
    managing::must_be_taken(cx)?;
    keep(cx, &SignedInRows::of(caller)?.user, of_session(caller), created, name).await
}

fn of_session(caller: &SessionCaller) -> Purpose {
    Purpose::Registration { session: Id::from_uuid(caller.session_id) }
}

pub(super) async fn options_for(cx: &Context, user: &User, purpose: Purpose) -> Result<CreationOptions, Failure> {
    let held = store::of_user(&cx.read(), user.id).await?;
    if held.len() >= MAX_PASSKEYS {
        return Err(PasskeyError::TooMany.into());
    }
    let challenge: Secret = ceremony::begin(cx, purpose, Some(user.id)).await?;
    let asks_attestation = settings_of(cx.tenant()).mfa.attestation.is_asked();
    let party = Party::of(cx);
    Ok(options::creation(&party.id, tenancy::name_of(cx.tenant()), user, &challenge, &held, asks_attestation))
}

/// Verify the new credential, redeem its challenge, keep it, and tell its person.
pub(super) async fn keep(
    cx: &Context,
    user: &User,
    purpose: Purpose,
    created: &Created,
    name: Option<String>,
) -> Result<Passkey, Failure> {
    let name = model::checked_name(name)?;
    // Verified before the transaction opens; that the challenge is ours to redeem is seen within it.
    let verified = verify(cx, created);
    let challenge = webauthn::presented_challenge(&created.client_data).unwrap_or_default();
    let redeemed = ceremony::redeem(cx, purpose, Some(user.id), &challenge).await?;
    let registered = match redeemed.and(verified) {
        Ok(registered) => registered,
        Err(flaw) => {
            cx.tx().await?.emit(&RegistrationFailed { user_id: user.id, reason: flaw.reason() });
            return Err(refuse(PasskeyError::NotRegistered));
        }
    };
    let passkey = passkey(cx, user, registered, &created.transports, name);
    let tx = cx.tx().await?;
    if store::of_user(tx, user.id).await?.len() >= MAX_PASSKEYS {
        return Err(PasskeyError::TooMany.into());
    }
    if !store::insert(tx, &passkey).await? {
        return Err(PasskeyError::Exists.into());
    }
    tx.emit(&FactorEnrolled {
        user_id: user.id,
        factor_id: Id::from_uuid(passkey.id.uuid()),
        factor: FactorKind::Webauthn,
    });
    notices::tell(cx, user, Template::FactorAdded, json!({ "factor": FactorKind::Webauthn.words() })).await?;
    Ok(passkey)
}

fn verify(cx: &Context, created: &Created) -> Result<Registered, WebauthnError> {
    let challenge = webauthn::presented_challenge(&created.client_data)?;
    let roots = settings_of(cx.tenant()).passkeys.trust_roots();
    let party = Party::of(cx);
    webauthn::verify_registration(&created.registration(), &challenge, &party.relying_party(), &roots, cx.now())
}

fn passkey(cx: &Context, user: &User, registered: Registered, transports: &[String], name: Option<String>) -> Passkey {
    Passkey {
        id: cx.new_id(),
        user_id: user.id,
        name: name.unwrap_or_else(|| aaguids::default_name(registered.aaguid).to_owned()),
        credential_id: registered.credential_id,
        public_key: registered.public_key,
        sign_count: registered.sign_count,
        aaguid: Uuid::from_bytes(registered.aaguid.0),
        attested: registered.attestation == Attestation::Trusted,
        backup_eligible: registered.flags.backup_eligible,
        backed_up: registered.flags.backed_up,
        transports: model::known_transports(transports),
        created_at: cx.now(),
        last_used_at: None,
    }
}
