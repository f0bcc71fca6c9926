//! Somebody has proven an account at a provider: whose user they are here.
//!
//! Asked twice: at the callback, so that the application is told of a refusal with the redirect, and at the exchange, where whoever is
//! new begins. Only there the application's client presents its own session, and a guest's becomes this person.

use std::{sync::Arc, time::Duration};

use edge::Context;
use identity::{
    challenges::{self, ChallengeKind, NewChallenge},
    identifiers::Contact,
    joining::{self, Joined, Newcomer},
    sessions::HandOffError,
    users::{User, UserId},
    verification::{self, Proof},
};
use kernel::{Id, Secret};
use serde_json::json;
use store::StoreError;
use tenancy::providers::Provider;

use super::{
    begun::Begun,
    cache::Redeemed,
    callback::Stop,
    connection::Connection,
    error::SocialError,
    hand_off::{Comer, HandOff, Stranger},
    person::{UpstreamEmail, UpstreamPerson},
};
use crate::identities::{self, Identity, NewIdentity};

/// What the provider vouched for.
pub(crate) struct Arrived {
    pub(crate) connection: Connection,
    pub(crate) person: UpstreamPerson,
    pub(crate) redeemed: Arc<Redeemed>,
}

/// How long the application has to fetch the session.
const HAND_OFF: Duration = Duration::from_mins(1);

/// The code that the application exchanges for a session.
pub(crate) async fn sign_in(cx: &Context, begun: &Begun, arrived: Arrived) -> Result<Secret, Stop> {
    let Arrived { connection, person, redeemed } = arrived;
    let provider = &connection.provider;
    let is_kept = provider.details.store_tokens;
    let seal = |id| is_kept.then(|| redeemed.1.seal(cx, id)).flatten();
    let tx = cx.tx().await?;
    if let Some(known) = identities::store::find_by_subject(tx, &provider.connection(), &person.subject).await? {
        identities::store::touch(tx, known.id, &person.snapshot, seal(known.id).as_deref(), cx.now()).await?;
        return hand_off(cx, begun, Some(known.user_id), Comer::Known { identity_id: known.id.uuid() }).await;
    }
    // The id that the identity will have: the tokens are sealed for it.
    let id: Id<Identity> = cx.new_id();
    let tokens = seal(id);
    match holder(cx, provider, &person).await? {
        Some(user) => {
            let identity = link(cx, provider, user, id, person, tokens).await?;
            hand_off(cx, begun, Some(user), Comer::Known { identity_id: identity.id.uuid() }).await
        }
        None if joining::takes(cx, person.email.as_ref().map(|email| &email.address)) => {
            let UpstreamPerson { subject, snapshot, .. } = person;
            let stranger = Stranger { identity_id: id.uuid(), subject, snapshot, tokens };
            hand_off(cx, begun, None, Comer::New(Box::new(stranger))).await
        }
        None => Err(HandOffError::SignUpClosed.into()),
    }
}

/// Somebody whom the callback found to be new, at the exchange: whoever has become known meanwhile, in another tab perhaps, is that
/// one; the guest whose session is presented becomes this person; else a user begins.
pub(super) async fn begin(cx: &Context, provider: &Provider, stranger: Stranger) -> Result<Identity, Stop> {
    let Stranger { identity_id, subject, snapshot, tokens } = stranger;
    let person = UpstreamPerson::kept(subject, snapshot);
    let tx = cx.tx().await?;
    if let Some(known) = identities::store::find_by_subject(tx, &provider.connection(), &person.subject).await? {
        return Ok(known);
    }
    let user = match holder(cx, provider, &person).await? {
        Some(user) => user,
        None => join(cx, provider, &person).await?.id,
    };
    link(cx, provider, user, Id::from_uuid(identity_id), person, tokens).await
}

/// Whose user somebody is who is not known by this account yet: one who is proven to be the same person by their mailbox, or none.
async fn holder(cx: &Context, provider: &Provider, person: &UpstreamPerson) -> Result<Option<UserId>, Stop> {
    let Some(email) = &person.email else { return Ok(None) };
    match joining::holder(cx.tx().await?, &email.address).await? {
        Some(holder) if email.is_proven_by(provider) => Ok(Some(claim(cx, holder, email).await?)),
        // The address alone links nothing: whoever has the account signs in to it and links from there.
        Some(_) => Err(HandOffError::LinkRequired.into()),
        None => Ok(None),
    }
}

/// An account that somebody opened with this address before it was proven is its person's now: what was planted in it goes.
async fn claim(cx: &Context, holder: User, email: &UpstreamEmail) -> Result<UserId, Stop> {
    let contact = Contact::Email(email.address.clone());
    Ok(verification::prove(cx, holder, &contact, Proof::Claims).await?.id)
}

async fn join(cx: &Context, provider: &Provider, person: &UpstreamPerson) -> Result<User, Stop> {
    let newcomer = Newcomer {
        email: person.email.as_ref().map(|email| email.address.clone()),
        is_email_proven: person.email.as_ref().is_some_and(|email| email.is_proven_by(provider)),
        profile: person.snapshot.profile(),
    };
    match joining::join(cx, newcomer).await? {
        Joined::New(user) => Ok(*user),
        Joined::Closed => Err(HandOffError::SignUpClosed.into()),
        // Since a moment: looked at again, it is the person's own or needs a link.
        Joined::Taken => Err(StoreError::Serialization("two sign-ups with one address".to_owned()).into()),
    }
}

async fn link(
    cx: &Context,
    provider: &Provider,
    user_id: UserId,
    id: Id<Identity>,
    person: UpstreamPerson,
    tokens: Option<Vec<u8>>,
) -> Result<Identity, Stop> {
    let new = NewIdentity {
        id,
        user_id,
        provider: provider.slug.to_string(),
        connection: provider.connection(),
        subject: person.subject,
        snapshot: person.snapshot,
        tokens,
        is_in_use: true,
    };
    identities::link(cx, new).await.map_err(|error| match error {
        // The same person was faster by a moment, in another tab perhaps: nothing of this attempt may stay, a new user without a way
        // in least of all. It runs again and finds them.
        SocialError::IdentityTaken => {
            Stop::Failed(StoreError::Serialization("two first sign-ins by one account".to_owned()).into())
        }
        error => Stop::Failed(error.into()),
    })
}

async fn hand_off(cx: &Context, begun: &Begun, user: Option<UserId>, comer: Comer) -> Result<Secret, Stop> {
    let handed = HandOff {
        comer,
        provider: begun.provider.clone(),
        connection: begun.connection.clone(),
        code_challenge: begun.client.code_challenge.clone(),
    };
    let challenge = NewChallenge {
        kind: ChallengeKind::HandOff,
        user,
        subject: None,
        flow: None,
        browser: None,
        payload: json!(handed),
        lifetime: HAND_OFF,
    };
    let (_, code) = challenges::link(cx, challenge).await?;
    Ok(code)
}
