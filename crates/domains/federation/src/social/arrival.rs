//! Somebody has proven an account at a provider: whose user they are here.

use std::{sync::Arc, time::Duration};

use edge::Context;
use identity::{
    challenges::{self, ChallengeKind, NewChallenge},
    identifiers::Contact,
    joining::{self, Joined, Newcomer},
    users::{User, UserId},
    verification::{self, Proof},
};
use kernel::{Id, Secret};
use serde_json::json;
use store::StoreError;

use super::{
    begun::Begun,
    cache::Redeemed,
    callback::Stop,
    connection::Connection,
    error::SocialError,
    hand_off::HandOff,
    person::{UpstreamEmail, UpstreamPerson},
    tokens::UpstreamTokens,
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
    let tokens = &redeemed.1;
    let name = connection.provider.connection();
    let tx = cx.tx().await?;
    let identity = match identities::store::find_by_subject(tx, &name, &person.subject).await? {
        Some(known) => {
            let sealed = connection.provider.details.store_tokens.then(|| tokens.seal(cx, known.id)).flatten();
            identities::store::touch(tx, known.id, &person.snapshot, sealed.as_deref(), cx.now()).await?;
            known
        }
        None => first_time(cx, &connection, person, tokens).await?,
    };
    hand_off(cx, begun, &identity).await
}

/// Nobody here is known by this account yet: a user who is proven to be the same person by their mailbox, or a new one.
async fn first_time(
    cx: &Context,
    connection: &Connection,
    person: UpstreamPerson,
    tokens: &UpstreamTokens,
) -> Result<Identity, Stop> {
    let is_proven = person.email.as_ref().is_some_and(|email| email.is_proven_by(&connection.provider));
    let holder = match &person.email {
        Some(email) => joining::holder(cx.tx().await?, &email.address).await?,
        None => None,
    };
    let user = match (holder, &person.email) {
        (Some(holder), Some(email)) if is_proven => claim(cx, holder, email).await?,
        // The address alone links nothing: whoever has the account signs in to it and links from there.
        (Some(_), _) => return Err(SocialError::LinkRequired.into()),
        (None, _) => join(cx, &person, is_proven).await?.id,
    };
    link(cx, connection, user, person, tokens).await.map_err(|stop| match stop {
        // The same person was faster by a moment, in another tab perhaps: nothing of this attempt may stay, a new user without a way
        // in least of all. It runs again and finds them.
        Stop::Told(SocialError::IdentityTaken) => {
            Stop::Failed(StoreError::Serialization("two first sign-ins by one account".to_owned()).into())
        }
        Stop::Told(error) => Stop::Failed(error.into()),
        failed @ Stop::Failed(_) => failed,
    })
}

/// An account that somebody opened with this address before it was proven is its person's now: what was planted in it goes.
async fn claim(cx: &Context, holder: User, email: &UpstreamEmail) -> Result<UserId, Stop> {
    let contact = Contact::Email(email.address.clone());
    Ok(verification::prove(cx, holder, &contact, Proof::Claims).await?.id)
}

async fn join(cx: &Context, person: &UpstreamPerson, is_proven: bool) -> Result<User, Stop> {
    let newcomer = Newcomer {
        email: person.email.as_ref().map(|email| email.address.clone()),
        is_email_proven: is_proven,
        profile: person.snapshot.profile(),
    };
    match joining::join(cx, newcomer).await? {
        Joined::New(user) => Ok(*user),
        Joined::Closed => Err(SocialError::SignUpClosed.into()),
        // Since a moment: looked at again, it is the person's own or needs a link.
        Joined::Taken => Err(StoreError::Serialization("two sign-ups with one address".to_owned()).into()),
    }
}

async fn link(
    cx: &Context,
    connection: &Connection,
    user_id: UserId,
    person: UpstreamPerson,
    tokens: &UpstreamTokens,
) -> Result<Identity, Stop> {
    let id: Id<Identity> = cx.new_id();
    let sealed = connection.provider.details.store_tokens.then(|| tokens.seal(cx, id)).flatten();
    let new = NewIdentity {
        id,
        user_id,
        provider: connection.provider.slug.to_string(),
        connection: connection.provider.connection(),
        subject: person.subject,
        snapshot: person.snapshot,
        tokens: sealed,
        is_in_use: true,
    };
    Ok(identities::link(cx, new).await?)
}

async fn hand_off(cx: &Context, begun: &Begun, identity: &Identity) -> Result<Secret, Stop> {
    let handed = HandOff {
        identity_id: identity.id.uuid(),
        provider: begun.provider.clone(),
        connection: begun.connection.clone(),
        code_challenge: begun.client.code_challenge.clone(),
    };
    let challenge = NewChallenge {
        kind: ChallengeKind::HandOff,
        user: Some(identity.user_id),
        subject: None,
        flow: None,
        browser: None,
        payload: json!(handed),
        lifetime: HAND_OFF,
    };
    let (_, code) = challenges::link(cx, challenge).await?;
    Ok(code)
}
