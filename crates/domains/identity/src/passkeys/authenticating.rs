//! Believing a passkey, and signing in with one.

use edge::{Context, Failure, refuse};
use kernel::{Refusal, Secret};
use tenancy::settings_of;
use webauthn::{Authenticated, Credential, WebauthnError};

use super::{
    PasskeyError,
    ceremony::{self, Party, Purpose},
    event::AuthenticationFailed,
    input::{self, Asserted},
    managing,
    model::Passkey,
    options::{self, RequestOptions},
    store,
};
use crate::{
    auth::AttemptRefused,
    flows::{self, Arrival, Method, Outcome},
    sessions,
    users::User,
};

/// Options that are the same for whoever asks: nothing is read, so nothing can leak.
pub(super) async fn begin(cx: &Context) -> Result<RequestOptions, Failure> {
    managing::must_be_taken(cx)?;
    let challenge = ceremony::begin(cx, Purpose::SignIn, None).await?;
    Ok(options::request(&Party::of(cx).id, &challenge, &[]))
}

/// Whoever holds one of the application's passkeys is its person.
pub(super) async fn complete(
    cx: &Context,
    asserted: &Asserted,
    device_token: Option<Secret>,
) -> Result<Outcome, Failure> {
    managing::must_be_taken(cx)?;
    let Some((passkey, user)) = store::find_with_user(&cx.read(), &asserted.credential_id).await? else {
        cx.tx().await?.emit(&AttemptRefused { tenant_id: cx.tenant_id(), attempt: "passkey" });
        return Err(refuse(unknown(asserted)));
    };
    sessions::ready(cx).await?;
    match believe(cx, &passkey, &user, Purpose::SignIn, asserted).await? {
        Some(method) => flows::arrive(cx, Arrival { device_token, ..Arrival::new(user, method) }).await,
        None => Err(refuse(PasskeyError::Failed)),
    }
}

/// What the passkey proves; `None` where it proved nothing, which is then written down and must be committed.
pub(super) async fn believe(
    cx: &Context,
    passkey: &Passkey,
    user: &User,
    purpose: Purpose,
    asserted: &Asserted,
) -> Result<Option<Method>, Failure> {
    // Verified before the transaction opens; that the challenge is ours to redeem is seen within it.
    let verified = verify(cx, passkey, user, purpose, asserted);
    let challenge = webauthn::presented_challenge(&asserted.client_data).unwrap_or_default();
    let meant_for = (purpose == Purpose::SecondFactor).then_some(user.id);
    // Also where the signature is wrong: nobody tries twice with one challenge.
    let redeemed = ceremony::redeem(cx, purpose, meant_for, &challenge).await?;
    let proven = match redeemed.and(verified) {
        Ok(proven) => {
            let Authenticated { sign_count, flags } = proven;
            let tx = cx.tx().await?;
            let is_noted = store::note_use(tx, passkey.id, sign_count, flags.backed_up, cx.now()).await?;
            if is_noted { Ok(()) } else { Err(WebauthnError::Counter) }
        }
        Err(flaw) => Err(flaw),
    };
    match proven {
        Ok(()) => Ok(Some(passkey.method(&settings_of(cx.tenant()).mfa.attestation))),
        Err(flaw) => {
            let failed = AuthenticationFailed { user_id: user.id, passkey_id: passkey.id, reason: flaw.reason() };
            cx.tx().await?.emit(&failed);
            Ok(None)
        }
    }
}

fn verify(
    cx: &Context,
    passkey: &Passkey,
    user: &User,
    purpose: Purpose,
    asserted: &Asserted,
) -> Result<Authenticated, WebauthnError> {
    // Step 6 of section 7.2: whoever was not known before must be named by the authenticator.
    let is_theirs = match &asserted.user_handle {
        Some(handle) => handle == user.id.as_bytes(),
        None => purpose == Purpose::SecondFactor,
    };
    if !is_theirs || passkey.user_id != user.id {
        return Err(WebauthnError::CredentialId);
    }
    let credential = Credential {
        public_key: &passkey.public_key,
        sign_count: passkey.sign_count,
        backup_eligible: passkey.backup_eligible,
    };
    let challenge = webauthn::presented_challenge(&asserted.client_data)?;
    let party = Party::of(cx);
    webauthn::verify_authentication(&asserted.assertion(), &credential, &challenge, &party.relying_party())
}

/// Names the credential, so that the browser can take it out of the person's list.
fn unknown(asserted: &Asserted) -> Refusal {
    Refusal::from(PasskeyError::Unknown).with_field("credential_id", "unknown", input::encode(&asserted.credential_id))
}
