//! `/v1/auth/passkeys`.

use edge::{At, Body, Endpoint, Nothing, Public, Reply, SignedIn, Transport, created, no_content, ok};
use kernel::{Id, Timestamp};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Passkey, PasskeyError, authenticating,
    ceremony::Party,
    input::{AssertionInput, CreatedInput, encode},
    managing,
    options::{AuthenticationView, LIFETIME, RegistrationView},
    registering,
};
use crate::{
    flows::{SignInResult, reply_platform},
    users::UserId,
};

/// One of a person's own passkeys.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Passkey")]
struct PasskeyView {
    id: Id<Passkey>,
    name: String,
    /// In base64url.
    credential_id: String,
    /// The model of the authenticator (AAGUID); zeros where it does not say.
    #[schemars(with = "String")]
    aaguid: Uuid,
    /// Does the maker vouch that it is of that model?
    attested: bool,
    /// May it be copied to other devices, for example by a synced keychain?
    backup_eligible: bool,
    /// Is it copied?
    backed_up: bool,
    /// How browsers reach the authenticator, for example `internal`.
    transports: Vec<String>,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
}

impl From<Passkey> for PasskeyView {
    fn from(passkey: Passkey) -> Self {
        Self {
            id: passkey.id,
            credential_id: encode(&passkey.credential_id),
            aaguid: passkey.aaguid,
            attested: passkey.attested,
            backup_eligible: passkey.backup_eligible,
            backed_up: passkey.backed_up,
            transports: passkey.transports.split_whitespace().map(str::to_owned).collect(),
            name: passkey.name,
            created_at: passkey.created_at,
            last_used_at: passkey.last_used_at,
        }
    }
}

/// A person's own passkeys, all of them: at most twenty.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OwnPasskeys")]
struct OwnView {
    passkeys: Vec<PasskeyView>,
    /// For `PublicKeyCredential.signalAllAcceptedCredentials`, so that keychains forget what was removed here.
    signal: SignalView,
}

/// The standard's own names (Web Authentication Level 3, section 5.1.10.3).
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PasskeySignal")]
struct SignalView {
    rp_id: String,
    user_id: String,
    all_accepted_credential_ids: Vec<String>,
}

impl OwnView {
    fn new(rp_id: String, user: UserId, passkeys: Vec<Passkey>) -> Self {
        let all_accepted_credential_ids = passkeys.iter().map(|passkey| encode(&passkey.credential_id)).collect();
        Self {
            passkeys: passkeys.into_iter().map(PasskeyView::from).collect(),
            signal: SignalView { rp_id, user_id: encode(user.as_bytes()), all_accepted_credential_ids },
        }
    }
}

/// A passkey that was made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PasskeyRegistrationVerify")]
struct RegistrationVerify {
    /// What `navigator.credentials.create` gave, by its `toJSON`.
    credential: CreatedInput,
    /// 1 to 60 characters; without it, the name of the authenticator where it is a well-known one.
    #[serde(default)]
    name: Option<String>,
}

/// A passkey that signed.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PasskeyAuthenticationVerify")]
struct AuthenticationVerify {
    /// What `navigator.credentials.get` gave, by its `toJSON`.
    credential: AssertionInput,
    /// Where to put the tokens.
    #[serde(default)]
    transport: Transport,
}

/// Another name.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PasskeyUpdate")]
struct PasskeyUpdate {
    /// 1 to 60 characters.
    name: String,
}

pub(super) fn endpoints() -> [Endpoint; 7] {
    [
        begin_registration(),
        verify_registration(),
        begin_authentication(),
        verify_authentication(),
        list_passkeys(),
        rename_passkey(),
        delete_passkey(),
    ]
}

/// Begin to add a passkey
///
/// Creation options for the browser, good for five minutes, once, in this session. Needs a session that was opened or raised lately,
/// with two factors where the person has a second one.
#[endpoint(POST "/v1/auth/passkeys/registration", id = "auth.passkeys.registration.create", errors = PasskeyError,
    silent = "a challenge that nobody has answered yet")]
async fn begin_registration(cx: SignedIn) -> Reply<RegistrationView> {
    let options = registering::begin(&cx, cx.caller()).await?;
    ok(RegistrationView { options, expires_at: cx.now() + LIFETIME })
}

/// Add a passkey
///
/// The person is told by mail. Without a name it is called by its authenticator.
#[endpoint(POST "/v1/auth/passkeys/registration/verify", id = "auth.passkeys.registration.verify", errors = PasskeyError)]
async fn verify_registration(cx: SignedIn, body: Body<RegistrationVerify>) -> Reply<PasskeyView> {
    let RegistrationVerify { credential, name } = body.0;
    created(registering::complete(&cx, cx.caller(), &credential.read()?, name).await?)
}

/// Begin to sign in with a passkey
///
/// Request options for the browser, good for five minutes and once. They name no account and no credential, so that they are the
/// same for everyone: the person's own device offers what it has, in a window or while a field is filled in (conditional UI).
#[endpoint(POST "/v1/auth/passkeys/authentication", id = "auth.passkeys.authentication.create", errors = PasskeyError, limit = SignIn,
    silent = "a challenge that nobody has answered yet")]
async fn begin_authentication(cx: Public) -> Reply<AuthenticationView> {
    let options = authenticating::begin(&cx).await?;
    ok(AuthenticationView { options, expires_at: cx.now() + LIFETIME })
}

/// Sign in with a passkey
///
/// A passkey stands for two factors (assurance level 2); one that its maker vouches for, and that can't be copied, for level 3 where
/// the application accepts it. For a passkey that nobody has, `fields` names it under `credential_id`.
#[endpoint(POST "/v1/auth/passkeys/authentication/verify", id = "auth.passkeys.authentication.verify", errors = PasskeyError, limit = SignIn)]
async fn verify_authentication(cx: Public, body: Body<AuthenticationVerify>) -> Reply<SignInResult> {
    let AuthenticationVerify { credential, transport } = body.0;
    let outcome = authenticating::complete(&cx, &credential.read()?, None).await?;
    reply_platform(&cx, outcome, transport)
}

/// List one's own passkeys
///
/// All of them, oldest first, with what browsers need to forget those that were removed.
#[endpoint(GET "/v1/auth/passkeys", id = "auth.passkeys.list")]
async fn list_passkeys(cx: SignedIn) -> Reply<OwnView> {
    let passkeys = managing::own(&cx, cx.caller()).await?;
    ok(OwnView::new(Party::of(&cx).id, Id::from_uuid(cx.caller().user_id), passkeys))
}

/// Rename a passkey
///
/// The name is for the person alone.
#[endpoint(PATCH "/v1/auth/passkeys/{passkey_id}", id = "auth.passkeys.update", errors = PasskeyError)]
async fn rename_passkey(cx: SignedIn, id: At<Passkey>, body: Body<PasskeyUpdate>) -> Reply<PasskeyView> {
    ok(managing::rename(&cx, cx.caller(), *id, body.0.name).await?)
}

/// Remove a passkey
///
/// Needs a session that was opened or raised lately. The last way to sign in stays. The person is told by mail.
#[endpoint(DELETE "/v1/auth/passkeys/{passkey_id}", id = "auth.passkeys.delete", errors = PasskeyError)]
async fn delete_passkey(cx: SignedIn, id: At<Passkey>) -> Reply<Nothing> {
    managing::remove(&cx, cx.caller(), *id).await?;
    no_content()
}
