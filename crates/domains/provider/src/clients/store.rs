//! Rows of clients and their secrets. No decisions.

use kernel::{Actor, ActorKind, Page, PageRequest, Timestamp};
use oauth::{ClientType, Profile};
use store::{Query, Row, StoreError, Tx, listing, params, sql};

use super::{
    ClientId,
    model::{Client, ClientOrigin, ClientState},
    secrets::ClientSecret,
};

/// Where a page of clients ended: newest first.
pub(super) type ClientKey = (i64, ClientId);

macro_rules! select_clients {
    ($where:literal) => {
        concat!(
            "select id, version, document_url, document_fresh_until, kind, profile, name, state, metadata, origin,
                    registration_hash, created_by_kind, created_by, created_at, updated_at
             from clients
             where tenant_id = $1",
            $where
        )
    };
}

sql! {
    FIND = select_clients!(" and id = $2");
    ID_BY_DOCUMENT = "select id from clients where tenant_id = $1 and document_url = $2";
    COUNT = "select count(*) from clients where tenant_id = $1 and origin = $2";
    INSERT = "
        insert into clients (tenant_id, id, version, document_url, document_fresh_until, kind, profile, name, state, metadata, origin,
                             registration_hash, created_by_kind, created_by, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        on conflict do nothing";
    UPDATE = "
        update clients
        set version = $4, document_fresh_until = $5, kind = $6, profile = $7, name = $8, state = $9, metadata = $10,
            registration_hash = $11, updated_at = $12
        where tenant_id = $1 and id = $2 and version = $3";
    DELETE = "delete from clients where tenant_id = $1 and id = $2";
    SECRETS = "
        select hash, prefix, created_at, expires_at from client_secrets
        where tenant_id = $1 and client_id = $2
        order by created_at, hash";
    INSERT_SECRET = "
        insert into client_secrets (tenant_id, client_id, hash, prefix, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)";
    // Those that go on until then; what ends sooner ends sooner.
    EXPIRE_SECRETS = "
        update client_secrets set expires_at = $3
        where tenant_id = $1 and client_id = $2 and (expires_at is null or expires_at > $3)";
    DELETE_EXPIRED_SECRETS = "
        delete from client_secrets where tenant_id = $1 and client_id = $2 and expires_at is not null and expires_at <= $3";
    DELETE_ORIGINS = "delete from client_origins where tenant_id = $1 and client_id = $2";
    INSERT_ORIGIN = "insert into client_origins (tenant_id, origin, client_id) values ($1, $2, $3) on conflict do nothing";
    ALLOWS_ORIGIN = "
        select 1 from client_origins o join clients c on c.tenant_id = o.tenant_id and c.id = o.client_id
        where o.tenant_id = $1 and o.origin = $2 and c.state = 'active' limit 1";
    system KNOWS_ORIGIN = "select 1 from client_origins where origin = $1 limit 1";
    // The ones that were asked for longest ago, and by nobody since.
    system PURGE_DOCUMENTS = "
        delete from clients where (tenant_id, id) in
          (select c.tenant_id, c.id from clients c
           where c.origin = 'document' and c.document_fresh_until < $1
             and not exists (select 1 from oauth_grants g where g.tenant_id = c.tenant_id and g.client_id = c.id)
           limit 500)";
}

listing! {
    CLIENTS = {
        select: select_clients!(""),
        filters: {
            kind: "kind = ?",
            state: "state = ?",
        },
        order: "created_at desc, id desc",
        keyset: "(created_at, id) < (?, ?)",
    };
}

/// Which clients a list holds.
#[derive(Default)]
pub(super) struct ClientFilter {
    pub(super) kind: Option<ClientType>,
    pub(super) state: Option<ClientState>,
}

pub(super) async fn find(db: &impl Query, id: ClientId) -> Result<Option<Client>, StoreError> {
    db.one(&FIND, params![id], client).await
}

pub(super) async fn find_id_by_document(db: &impl Query, url: &str) -> Result<Option<ClientId>, StoreError> {
    db.one(&ID_BY_DOCUMENT, params![url], |row| row.get(0)).await
}

pub(super) async fn count(db: &impl Query, origin: ClientOrigin) -> Result<i64, StoreError> {
    Ok(db.one(&COUNT, params![origin.as_str()], |row| row.get(0)).await?.unwrap_or_default())
}

pub(super) async fn page(
    db: &impl Query,
    filter: &ClientFilter,
    request: &PageRequest<ClientKey>,
) -> Result<Page<Client, ClientKey>, StoreError> {
    let mut query = CLIENTS.query().limit(request.fetch());
    if let Some(kind) = filter.kind {
        query = query.filter("kind", kind.as_str());
    }
    if let Some(state) = filter.state {
        query = query.filter("state", state.as_str());
    }
    if let Some((created_at, id)) = request.after {
        query = query.after(params![created_at, id]);
    }
    let rows = db.list(query, client).await?;
    Ok(request.page(rows, |client| (client.created_at.as_micros(), client.id)))
}

/// `false` where there is a client of this document already.
pub(super) async fn insert(tx: &Tx, client: &Client) -> Result<bool, StoreError> {
    let inserted = tx
        .execute(
            &INSERT,
            params![
                client.id,
                client.version,
                client.document_url.as_deref(),
                client.document_fresh_until,
                client.kind.as_str(),
                client.profile.map(Profile::as_str),
                &client.name,
                client.state.as_str(),
                metadata(client),
                client.origin.as_str(),
                client.registration_hash,
                client.created_by.kind.as_str(),
                client.created_by.id,
                client.created_at,
                client.updated_at
            ],
        )
        .await?;
    if inserted == 1 {
        insert_origins(tx, client).await?;
    }
    Ok(inserted == 1)
}

/// Over the version that it was made from; `false` where somebody else was faster.
pub(super) async fn save(tx: &Tx, before: &Client, after: &Client) -> Result<bool, StoreError> {
    let saved = tx
        .execute(
            &UPDATE,
            params![
                after.id,
                before.version,
                after.version,
                after.document_fresh_until,
                after.kind.as_str(),
                after.profile.map(Profile::as_str),
                &after.name,
                after.state.as_str(),
                metadata(after),
                after.registration_hash,
                after.updated_at
            ],
        )
        .await?;
    if saved == 1 && before.metadata.allowed_origins != after.metadata.allowed_origins {
        tx.execute(&DELETE_ORIGINS, params![after.id]).await?;
        insert_origins(tx, after).await?;
    }
    Ok(saved == 1)
}

async fn insert_origins(tx: &Tx, client: &Client) -> Result<(), StoreError> {
    for origin in &client.metadata.allowed_origins {
        tx.execute(&INSERT_ORIGIN, params![origin, client.id]).await?;
    }
    Ok(())
}

/// Does a client that is not disabled name this origin?
pub(super) async fn allows_origin(db: &impl Query, origin: &str) -> Result<bool, StoreError> {
    Ok(db.one(&ALLOWS_ORIGIN, params![origin], |_| Ok(())).await?.is_some())
}

/// Does any client of any tenant name it?
pub(super) async fn knows_origin(db: &impl Query, origin: &str) -> Result<bool, StoreError> {
    Ok(db.one(&KNOWS_ORIGIN, params![origin], |_| Ok(())).await?.is_some())
}

/// Everything that hangs on the row goes with it: grants, tokens, secrets.
pub(super) async fn delete(tx: &Tx, id: ClientId) -> Result<bool, StoreError> {
    Ok(tx.execute(&DELETE, params![id]).await? == 1)
}

pub(super) async fn secrets(db: &impl Query, id: ClientId) -> Result<Vec<ClientSecret>, StoreError> {
    db.all(&SECRETS, params![id], |row| {
        Ok(ClientSecret { hash: row.get(0)?, prefix: row.get(1)?, created_at: row.get(2)?, expires_at: row.get(3)? })
    })
    .await
}

pub(super) async fn insert_secret(tx: &Tx, id: ClientId, secret: &ClientSecret) -> Result<(), StoreError> {
    let ClientSecret { hash, prefix, created_at, expires_at } = secret;
    tx.execute(&INSERT_SECRET, params![id, hash, prefix, *created_at, *expires_at]).await.map(drop)
}

/// The secrets that there are end then at the latest; those that have ended are gone.
pub(super) async fn expire_secrets(tx: &Tx, id: ClientId, until: Timestamp, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(&EXPIRE_SECRETS, params![id, until]).await?;
    tx.execute(&DELETE_EXPIRED_SECRETS, params![id, now]).await.map(drop)
}

/// Clients of documents that nobody came back for.
pub(super) async fn purge_documents(tx: &Tx, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute(&PURGE_DOCUMENTS, params![before]).await
}

fn metadata(client: &Client) -> String {
    serde_json::to_string(&client.metadata).unwrap_or_else(|_| "{}".to_owned())
}

fn client(row: &Row<'_>) -> Result<Client, StoreError> {
    let profile: Option<String> = row.get(5)?;
    Ok(Client {
        id: row.get(0)?,
        version: row.get(1)?,
        document_url: row.get(2)?,
        document_fresh_until: row.get(3)?,
        kind: row.named(4, "a type of client", |name| name.parse().ok())?,
        profile: match profile {
            Some(_) => Some(row.named(5, "a profile", |name| name.parse().ok())?),
            None => None,
        },
        name: row.get(6)?,
        state: row.named(7, "a client's state", ClientState::from_name)?,
        metadata: row.named(8, "a client's metadata", |text| serde_json::from_str(text).ok())?,
        origin: row.named(9, "a client's origin", ClientOrigin::from_name)?,
        registration_hash: row.get(10)?,
        created_by: Actor { kind: row.named(11, "an actor kind", ActorKind::from_name)?, id: row.get(12)? },
        created_at: row.get(13)?,
        updated_at: row.get(14)?,
    })
}
