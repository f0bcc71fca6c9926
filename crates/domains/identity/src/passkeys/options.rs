//! What a browser is handed (`parseCreationOptionsFromJSON`, `parseRequestOptionsFromJSON`), with the standard's own names.

use std::time::Duration;

use kernel::{Secret, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use webauthn::Algorithm;

use super::{input::encode, model::Passkey};
use crate::users::User;

/// How long a person may take: finding a security key, or a phone to scan a code with, takes its time.
pub(super) const LIFETIME: Duration = Duration::from_mins(5);

/// How to make a passkey.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PasskeyRegistration")]
pub(crate) struct RegistrationView {
    /// For `PublicKeyCredential.parseCreationOptionsFromJSON` and `navigator.credentials.create`.
    pub(crate) options: CreationOptions,
    pub(crate) expires_at: Timestamp,
}

/// How to sign in with a passkey.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PasskeyAuthentication")]
pub(crate) struct AuthenticationView {
    /// For `PublicKeyCredential.parseRequestOptionsFromJSON` and `navigator.credentials.get`.
    pub(crate) options: RequestOptions,
    pub(crate) expires_at: Timestamp,
}

/// Web Authentication Level 3, section 5.4.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PasskeyCreationOptions")]
pub(crate) struct CreationOptions {
    rp: RelyingPartyEntity,
    user: UserEntity,
    challenge: String,
    pub_key_cred_params: Vec<CredentialParameters>,
    /// Milliseconds.
    timeout: u64,
    /// The passkeys that the person has: an authenticator that holds one makes no second.
    exclude_credentials: Vec<CredentialDescriptor>,
    authenticator_selection: AuthenticatorSelection,
    /// `direct` where the application asks for attestation, `none` otherwise.
    attestation: &'static str,
}

/// Web Authentication Level 3, section 5.5.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PasskeyRequestOptions")]
pub(crate) struct RequestOptions {
    challenge: String,
    /// Milliseconds.
    timeout: u64,
    rp_id: String,
    /// Empty at a sign-in: the person's own device shows which passkeys it has, and this answer is the same for everyone.
    allow_credentials: Vec<CredentialDescriptor>,
    user_verification: &'static str,
}

/// The application, as the authenticator shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PasskeyRelyingParty")]
struct RelyingPartyEntity {
    id: String,
    name: String,
}

/// The person, as the authenticator shows them.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PasskeyUser")]
struct UserEntity {
    /// The user's id in base64url, and nothing of the person.
    id: String,
    name: String,
    display_name: String,
}

/// A kind of key that is taken.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PasskeyParameters")]
struct CredentialParameters {
    #[serde(rename = "type")]
    kind: &'static str,
    /// A COSE algorithm.
    alg: i64,
}

/// A credential and how to reach it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PasskeyDescriptor")]
struct CredentialDescriptor {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    transports: Vec<String>,
}

/// What the authenticator must be able to.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PasskeySelection")]
struct AuthenticatorSelection {
    resident_key: &'static str,
    /// The same for browsers of Level 1.
    require_resident_key: bool,
    user_verification: &'static str,
}

const PUBLIC_KEY: &str = "public-key";
const REQUIRED: &str = "required";

pub(super) fn creation(
    rp_id: &str,
    rp_name: &str,
    user: &User,
    challenge: &Secret,
    held: &[Passkey],
    asks_attestation: bool,
) -> CreationOptions {
    let name = name_of(user);
    CreationOptions {
        rp: RelyingPartyEntity { id: rp_id.to_owned(), name: rp_name.to_owned() },
        user: UserEntity {
            id: encode(user.id.as_bytes()),
            display_name: user.profile.name.clone().unwrap_or_else(|| name.clone()),
            name,
        },
        challenge: encode(challenge.reveal().as_bytes()),
        pub_key_cred_params: Algorithm::ALL
            .into_iter()
            .map(|algorithm| CredentialParameters { kind: PUBLIC_KEY, alg: algorithm.number() })
            .collect(),
        timeout: timeout(),
        exclude_credentials: held.iter().map(descriptor).collect(),
        authenticator_selection: AuthenticatorSelection {
            resident_key: REQUIRED,
            require_resident_key: true,
            user_verification: REQUIRED,
        },
        attestation: if asks_attestation { "direct" } else { "none" },
    }
}

pub(super) fn request(rp_id: &str, challenge: &Secret, allowed: &[Passkey]) -> RequestOptions {
    RequestOptions {
        challenge: encode(challenge.reveal().as_bytes()),
        timeout: timeout(),
        rp_id: rp_id.to_owned(),
        allow_credentials: allowed.iter().map(descriptor).collect(),
        user_verification: REQUIRED,
    }
}

/// By what a person knows the account: it stands in their keychain.
pub(super) fn name_of(user: &User) -> String {
    let email = user.primary_email.as_ref().map(|email| email.address.as_str());
    let phone = user.primary_phone.as_ref().map(|phone| phone.number.as_str());
    email.or(user.username.as_deref()).or(phone).or(user.profile.name.as_deref()).unwrap_or("Account").to_owned()
}

fn descriptor(passkey: &Passkey) -> CredentialDescriptor {
    CredentialDescriptor {
        kind: PUBLIC_KEY,
        id: encode(&passkey.credential_id),
        transports: passkey.transports.split_whitespace().map(str::to_owned).collect(),
    }
}

fn timeout() -> u64 {
    u64::try_from(LIFETIME.as_millis()).unwrap_or(u64::MAX)
}
