//! The last step: the application's client exchanges its one-time code for a session, or for a flow that asks for more.

use std::pin::Pin;

use edge::{Context, Failure, refuse};
use identity::{
    challenges::{self, Challenge, ChallengeKind},
    flows::{self, Arrival, Method, Outcome},
    joining,
    sessions::{self, HandOffError, HandedCode},
};
use kernel::{Id, Secret};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    arrival,
    authorization::{code_challenge, is_code_verifier},
    callback::Stop,
    connection::Connection,
    person::Snapshot,
};
use crate::identities;

/// The payload of a hand-off code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HandOff {
    pub(crate) comer: Comer,
    pub(crate) provider: String,
    pub(crate) connection: String,
    pub(crate) code_challenge: String,
}

/// Who has come from the provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Comer {
    /// Somebody who is known by this account at the provider.
    Known { identity_id: Uuid },
    /// Somebody who is nobody here yet.
    New(Box<Stranger>),
}

/// Somebody as the provider knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stranger {
    /// The id that the identity will have: the tokens are sealed for it.
    pub(crate) identity_id: Uuid,
    pub(crate) subject: String,
    pub(crate) snapshot: Snapshot,
    pub(crate) tokens: Option<Vec<u8>>,
}

/// A session, or a flow: the first factor was given at the provider, and what the application asks besides is asked here.
pub async fn exchange(
    cx: &Context,
    code: &Secret,
    verifier: &Secret,
    device_token: Option<Secret>,
) -> Result<Outcome, Failure> {
    sessions::ready(cx).await?;
    let challenge = take(cx, ChallengeKind::HandOff, code).await?;
    let handed: HandOff = serde_json::from_value(challenge.payload).map_err(|_| refuse(HandOffError::Grant))?;
    if !shows(verifier, &handed.code_challenge) {
        return Err(refuse(HandOffError::Grant));
    }
    // Asked at every step: what was switched off or unlinked in between lets nobody in.
    let provider = Connection::open_known(cx, &handed.provider).await?.ok_or_else(|| refuse(HandOffError::Grant))?;
    if provider.connection() != handed.connection {
        return Err(refuse(HandOffError::Grant));
    }
    let identity = match handed.comer {
        Comer::Known { identity_id } => identities::store::find(cx.tx().await?, Id::from_uuid(identity_id))
            .await?
            .filter(|identity| identity.connection == handed.connection)
            .ok_or_else(|| refuse(HandOffError::Grant))?,
        Comer::New(stranger) => arrival::begin(cx, &provider, *stranger).await.map_err(|stop| match stop {
            Stop::Told(error) => refuse(error),
            Stop::Failed(failure) => failure,
        })?,
    };
    let user = joining::find(cx.tx().await?, identity.user_id).await?.ok_or_else(|| refuse(HandOffError::Grant))?;
    let arrival = Arrival::new(user, Method::Social);
    flows::arrive(cx, Arrival { device_token, ..arrival }).await
}

/// The same for `identity`, which exchanges such codes where it does refresh tokens.
pub fn redeem<'a>(
    cx: &'a Context,
    handed: HandedCode,
) -> Pin<Box<dyn Future<Output = Result<Outcome, Failure>> + Send + 'a>> {
    Box::pin(async move { exchange(cx, &handed.code, &handed.code_verifier, handed.device_token).await })
}

/// One takes it; an unknown one, a used one and an old one are one answer.
pub(super) async fn take(cx: &Context, kind: ChallengeKind, code: &Secret) -> Result<Challenge, Failure> {
    challenges::take(cx, kind, code, None, true).await.map_err(|failure| match failure.reason() {
        "invalid_token" | "other_browser" => HandOffError::Grant.into(),
        _ => failure,
    })
}

/// Does the client know what it began with (RFC 7636, section 4.6)? A code that leaked is used up by whoever tries it without.
pub(super) fn shows(verifier: &Secret, challenge: &str) -> bool {
    is_code_verifier(verifier.reveal())
        && vault::constant_time_eq(code_challenge(verifier.reveal()).as_bytes(), challenge.as_bytes())
}
