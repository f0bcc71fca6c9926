//! What can be done with clients: decide, store, emit.

use std::time::Duration;

use edge::{Context, Failure};
use kernel::{Page, PageRequest, Patch, Refusal, Secret, Timestamp};
use oauth::{ClientMetadata, Profile};
use tenancy::{KeyRing, is_development, settings_of};

use super::{
    cache,
    data_plane::ApplicationView,
    defaults,
    error::ClientError,
    event::{ClientCreated, ClientDeleted, ClientDisabled, ClientEnabled, ClientSecretRotated, ClientUpdated},
    input::{self, ClientChanges, NewClient},
    model::{Client, ClientOrigin, ClientState},
    scopes,
    secrets::{ClientSecret, OVERLAP},
    sector,
    store::{self, ClientFilter, ClientKey},
};
use crate::grants::{self, GrantEnd};

const MAX_OVERLAP: Duration = Duration::from_hours(30 * 24);
const MAX_SECRETS: usize = 10;

pub(super) async fn list(
    cx: &Context,
    filter: &ClientFilter,
    request: &PageRequest<ClientKey>,
) -> Result<Page<Client, ClientKey>, Failure> {
    Ok(store::page(&cx.read(), filter, request).await?)
}

/// The rules that a client is held to: its own, or the application's.
pub(crate) fn profile_of(cx: &Context, client: &Client) -> Profile {
    profile_in(cx, client.profile)
}

/// The same for one that is not made yet.
pub(super) fn profile_in(cx: &Context, own: Option<Profile>) -> Profile {
    own.unwrap_or(settings_of(cx.tenant()).oauth.profile)
}

/// A client made by the application, and its secret where it proves itself by one.
pub(super) async fn create(cx: &Context, new: NewClient) -> Result<(Client, Option<Secret>), Failure> {
    let NewClient { kind, name, profile, metadata: members } = new;
    let name = input::client_name(&name)?;
    let rules = profile_in(cx, profile);
    let defaults = defaults::of(kind, rules);
    let given: Vec<String> = members.keys().cloned().collect();
    let metadata = input::merged(&defaults, &defaults, members)?;
    let metadata = defaults::completed(metadata, kind, rules, |name| given.iter().any(|given| given == name));
    input::checked(&metadata, kind, rules, is_development(cx.tenant()))?;
    scopes::check(cx, &metadata.allowed_scopes, &[]).await?;
    check_sector(cx, &metadata).await?;
    let client = Client {
        id: cx.new_id(),
        version: 1,
        document_url: None,
        document_fresh_until: None,
        kind,
        profile,
        name,
        state: ClientState::Active,
        metadata,
        origin: ClientOrigin::Managed,
        registration_hash: None,
        created_by: cx.actor(),
        created_at: cx.now(),
        updated_at: cx.now(),
    };
    let secret = insert(cx, &client).await?;
    Ok((client, secret))
}

async fn check_sector(cx: &Context, metadata: &ClientMetadata) -> Result<(), Refusal> {
    let flaw = |error: oauth::OAuthError| Refusal::validation("sector_identifier_uri", "not_listed", error.description);
    sector::check(cx, metadata).await.map_err(flaw)
}

/// Have the keys in the published set that the client's tokens will be signed with: whoever read the set before the first token would
/// not know its key.
async fn publish_keys(cx: &Context, metadata: &ClientMetadata) -> Result<(), Failure> {
    let keys = cx.part::<KeyRing>();
    for algorithm in metadata.server_algorithms() {
        keys.signer(cx.tenant_id(), algorithm, cx.now()).await?;
    }
    Ok(())
}

/// Put a new client into the store, with a secret where it proves itself by one.
pub(crate) async fn insert(cx: &Context, client: &Client) -> Result<Option<Secret>, Failure> {
    let secret = new_secret(cx, client);
    publish_keys(cx, &client.metadata).await?;
    let tx = cx.tx().await?;
    if !store::insert(tx, client).await? {
        return Err(ClientError::Changed.into());
    }
    if let Some((_, kept)) = &secret {
        store::insert_secret(tx, client.id, kept).await?;
    }
    cache::changed(tx, client.id);
    tx.emit(&ClientCreated { application_id: client.id, application: ApplicationView::from(client.clone()) });
    Ok(secret.map(|(secret, _)| secret))
}

fn new_secret(cx: &Context, client: &Client) -> Option<(Secret, ClientSecret)> {
    defaults::has_secret(&client.metadata).then(|| ClientSecret::generate(&*cx.env().entropy, cx.now()))
}

pub(super) async fn update(cx: &Context, client: Client, changes: ClientChanges) -> Result<Client, Failure> {
    cx.expect_version(client.version)?;
    if client.origin == ClientOrigin::Document {
        return Err(ClientError::Document.into());
    }
    if changes.kind.is_some_and(|kind| kind != client.kind) {
        return Err(Refusal::validation("type", "fixed", "The type of a client never changes.").into());
    }
    let name = match changes.name {
        Patch::Absent => client.name.clone(),
        Patch::Null => return Err(Refusal::validation("name", "required", "This can't be cleared.").into()),
        Patch::Value(name) => input::client_name(&name)?,
    };
    let profile = changes.profile.apply(client.profile);
    let rules = profile_in(cx, profile);
    let metadata = input::merged(&client.metadata, &defaults::of(client.kind, rules), changes.metadata)?;
    input::checked(&metadata, client.kind, rules, is_development(cx.tenant()))?;
    scopes::check(cx, &metadata.allowed_scopes, &client.metadata.allowed_scopes).await?;
    check_sector(cx, &metadata).await?;
    let after = Client { profile, name, metadata, ..client.clone() };
    if after == client {
        return Ok(client);
    }
    replace(cx, &client, after).await
}

/// Save a client that is otherwise than before; secrets go with the method that needed them.
pub(crate) async fn replace(cx: &Context, before: &Client, after: Client) -> Result<Client, Failure> {
    let after = after.touched(cx.now());
    save(cx, before, &after).await?;
    let tx = cx.tx().await?;
    if defaults::has_secret(&before.metadata) && !defaults::has_secret(&after.metadata) {
        store::expire_secrets(tx, after.id, cx.now(), cx.now()).await?;
    }
    tx.emit(&ClientUpdated { application_id: after.id, application: ApplicationView::from(after.clone()) });
    Ok(after)
}

/// The same for a client that describes itself anew, and its secret where it has none yet and needs one.
pub(crate) async fn replace_registered(
    cx: &Context,
    before: &Client,
    after: Client,
) -> Result<(Client, Option<Secret>), Failure> {
    if after == *before {
        // Its own word is heard, though nothing changes.
        cx.tx()
            .await?
            .emit(&ClientUpdated { application_id: after.id, application: ApplicationView::from(after.clone()) });
        return Ok((after, None));
    }
    let is_first = !defaults::has_secret(&before.metadata);
    let after = replace(cx, before, after).await?;
    let secret = new_secret(cx, &after).filter(|_| is_first);
    if let Some((_, kept)) = &secret {
        store::insert_secret(cx.tx().await?, after.id, kept).await?;
    }
    Ok((after, secret.map(|(secret, _)| secret)))
}

/// It gets no tokens from now on, and what people allowed it ends: with that its tokens do.
pub(super) async fn disable(cx: &Context, client: Client) -> Result<Client, Failure> {
    cx.expect_version(client.version)?;
    if client.state == ClientState::Disabled {
        return Ok(client);
    }
    let after = client.clone().enter(ClientState::Disabled, cx.now());
    save(cx, &client, &after).await?;
    let tx = cx.tx().await?;
    let ended_grants = grants::end_of_client(tx, after.id, GrantEnd::ClientDisabled, cx.now()).await?;
    tx.emit(&ClientDisabled { application_id: after.id, ended_grants });
    Ok(after)
}

pub(super) async fn enable(cx: &Context, client: Client) -> Result<Client, Failure> {
    cx.expect_version(client.version)?;
    if client.state == ClientState::Active {
        return Ok(client);
    }
    let after = client.clone().enter(ClientState::Active, cx.now());
    save(cx, &client, &after).await?;
    cx.tx().await?.emit(&ClientEnabled { application_id: after.id });
    Ok(after)
}

pub(crate) async fn delete(cx: &Context, client: &Client) -> Result<(), Failure> {
    cx.expect_version(client.version)?;
    let tx = cx.tx().await?;
    if !store::delete(tx, client.id).await? {
        return Err(ClientError::Changed.into());
    }
    cache::changed(tx, client.id);
    tx.emit(&ClientDeleted { application_id: client.id });
    Ok(())
}

/// A new secret, and until when those before it are good.
pub(super) async fn rotate_secret(
    cx: &Context,
    client: &Client,
    overlap: Option<Duration>,
) -> Result<(Client, Secret, Option<Timestamp>), Failure> {
    cx.expect_version(client.version)?;
    let overlap = overlap.unwrap_or(OVERLAP);
    if overlap > MAX_OVERLAP {
        return Err(ClientError::OverlapTooLong.into());
    }
    let (secret, kept) = new_secret(cx, client).ok_or(ClientError::NoSecret)?;
    // Who holds the secret acts as the client.
    scopes::check(cx, &client.metadata.allowed_scopes, &client.metadata.allowed_scopes).await?;
    let (now, until) = (cx.now(), cx.now() + overlap);
    let after = client.clone().touched(now);
    save(cx, client, &after).await?;
    let tx = cx.tx().await?;
    store::expire_secrets(tx, client.id, until, now).await?;
    let live = store::secrets(tx, client.id).await?;
    if live.len() >= MAX_SECRETS {
        return Err(ClientError::TooManySecrets.into());
    }
    store::insert_secret(tx, client.id, &kept).await?;
    let previous_expires_at = (!live.is_empty()).then_some(until);
    tx.emit(&ClientSecretRotated { application_id: client.id, previous_expires_at });
    Ok((after, secret, previous_expires_at))
}

async fn save(cx: &Context, before: &Client, after: &Client) -> Result<(), Failure> {
    publish_keys(cx, &after.metadata).await?;
    let tx = cx.tx().await?;
    if !store::save(tx, before, after).await? {
        return Err(ClientError::Changed.into());
    }
    cache::changed(tx, after.id);
    Ok(())
}
