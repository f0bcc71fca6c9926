//! A signed-in person links an account at a provider: both sides proven, in one browser, by one client.
//!
//! The session begins it and gets a ticket; the browser goes to the provider with the ticket, and comes back with a proof that holds
//! the upstream subject; the same session redeems the proof with the verifier that it began with. Whoever talks a victim into
//! following the ticket gets no proof, because the verifier and the session are not the victim's.

use std::time::Duration;

use edge::{Context, Failure, refuse};
use identity::{
    challenges::{self, ChallengeKind, NewChallenge},
    users::UserId,
};
use kernel::{Id, Secret, Timestamp, ports::SessionCaller};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{
    arrival::Arrived,
    begun::{Action, Begun, Client},
    callback::Stop,
    connection::Connection,
    error::SocialError,
    hand_off::{shows, take},
    person::Snapshot,
};
use crate::identities::{self, Identity, IdentityError, NewIdentity};

const TICKET: Duration = Duration::from_mins(5);
const PROOF: Duration = Duration::from_mins(2);

/// The payload of a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LinkTicket {
    pub(crate) provider: String,
    pub(crate) user_id: Uuid,
    pub(crate) session_id: Uuid,
    pub(crate) client: Client,
}

/// The payload of a proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct LinkProof {
    provider: String,
    connection: String,
    subject: String,
    snapshot: Snapshot,
    /// The id that the identity will have: the tokens are sealed for it.
    identity_id: Uuid,
    tokens: Option<Vec<u8>>,
    user_id: Uuid,
    session_id: Uuid,
    code_challenge: String,
}

/// What a signed-in person begins with.
pub(crate) struct LinkRequest {
    pub(crate) provider: String,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) code_challenge: Option<String>,
}

/// Where the person's browser goes next.
pub(crate) struct LinkBegun {
    pub(crate) authorization_url: String,
    pub(crate) expires_at: Timestamp,
}

pub(crate) async fn begin_link(
    cx: &Context,
    caller: &SessionCaller,
    request: LinkRequest,
) -> Result<LinkBegun, Failure> {
    let provider = Connection::open_known(cx, &request.provider).await?.ok_or(IdentityError::ProviderNotFound)?;
    let ticket = LinkTicket {
        provider: provider.slug.to_string(),
        user_id: caller.user_id,
        session_id: caller.session_id,
        client: Client::checked(cx, request.redirect_uri, request.state, request.code_challenge)
            .map_err(IdentityError::from)?,
    };
    let challenge = NewChallenge {
        kind: ChallengeKind::LinkStart,
        user: Some(Id::from_uuid(caller.user_id)),
        subject: None,
        flow: None,
        browser: None,
        payload: json!(ticket),
        lifetime: TICKET,
    };
    let (_, secret) = challenges::link(cx, challenge).await?;
    let origin = &cx.tenant().issuer;
    let authorization_url = format!("{origin}/v1/auth/social/{}/authorize?ticket={}", provider.slug, secret.reveal());
    Ok(LinkBegun { authorization_url, expires_at: cx.now() + TICKET })
}

/// The person is back from the provider: a proof for the session that began.
pub(super) async fn prove(cx: &Context, begun: &Begun, arrived: Arrived) -> Result<Secret, Stop> {
    let Action::Link { user_id, session_id } = begun.action else { return Err(SocialError::State.into()) };
    let Arrived { connection, person, redeemed } = arrived;
    let tokens = &redeemed.1;
    let name = connection.provider.connection();
    let tx = cx.tx().await?;
    if identities::store::find_by_subject(tx, &name, &person.subject).await?.is_some() {
        return Err(SocialError::IdentityTaken.into());
    }
    let identity_id: Id<Identity> = cx.new_id();
    let proof = LinkProof {
        provider: begun.provider.clone(),
        connection: name,
        subject: person.subject,
        snapshot: person.snapshot,
        identity_id: identity_id.uuid(),
        tokens: connection.provider.details.store_tokens.then(|| tokens.seal(cx, identity_id)).flatten(),
        user_id,
        session_id,
        code_challenge: begun.client.code_challenge.clone(),
    };
    let challenge = NewChallenge {
        kind: ChallengeKind::LinkProof,
        user: Some(Id::from_uuid(user_id)),
        subject: None,
        flow: None,
        browser: None,
        payload: json!(proof),
        lifetime: PROOF,
    };
    let (_, code) = challenges::link(cx, challenge).await?;
    Ok(code)
}

/// The proof is redeemed by the session that began, and by nobody else.
pub(crate) async fn complete_link(
    cx: &Context,
    caller: &SessionCaller,
    code: &Secret,
    verifier: &Secret,
) -> Result<Identity, Failure> {
    let challenge = take(cx, ChallengeKind::LinkProof, code).await?;
    let proof: LinkProof = serde_json::from_value(challenge.payload).map_err(|_| refuse(IdentityError::Grant))?;
    let is_own = proof.user_id == caller.user_id && proof.session_id == caller.session_id;
    if !is_own || !shows(verifier, &proof.code_challenge) {
        return Err(refuse(IdentityError::Grant));
    }
    let provider =
        Connection::open_known(cx, &proof.provider).await?.ok_or_else(|| refuse(IdentityError::ProviderNotFound))?;
    if provider.connection() != proof.connection {
        return Err(refuse(IdentityError::ProviderNotFound));
    }
    let user_id: UserId = Id::from_uuid(caller.user_id);
    let new = NewIdentity {
        id: Id::from_uuid(proof.identity_id),
        user_id,
        provider: proof.provider,
        connection: proof.connection,
        subject: proof.subject,
        snapshot: proof.snapshot,
        tokens: proof.tokens,
        is_in_use: false,
    };
    identities::link(cx, new).await.map_err(|error| match IdentityError::from(error) {
        IdentityError::Store(error) => error.into(),
        told => refuse(told),
    })
}
