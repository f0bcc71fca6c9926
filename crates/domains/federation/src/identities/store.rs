//! Rows of identities. No decisions.

use identity::{
    users::{LinkedIdentity, UserId},
    verification::WaysIn,
};
use kernel::{Id, Page, PageRequest, Timestamp};
use store::{Query, Row, StoreError, Tx, listing, params, sql};

use super::{Identity, IdentityId, NewIdentity, model::MOST};
use crate::social::Snapshot;

macro_rules! select_identities {
    ($where:literal) => {
        concat!(
            "select i.id, i.user_id, i.provider, i.connection, i.subject, i.profile, i.created_at, i.last_used_at
             from identities i where i.tenant_id = $1",
            $where
        )
    };
}

sql! {
    FIND = select_identities!(" and i.id = $2");
    FIND_BY_SUBJECT = select_identities!(" and i.connection = $2 and i.subject = $3");
    COUNT = "select count(*) from identities where tenant_id = $1 and user_id = $2";
    PROVIDERS = "select provider, connection from identities where tenant_id = $1 and user_id = $2 and id <> $3 limit 100";
    // Of two at once the unique index lets one through.
    CLAIM = "insert into identities (tenant_id, id, user_id, provider, connection, subject, profile, tokens, created_at, last_used_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             on conflict (tenant_id, connection, subject) do nothing";
    TOUCH = "update identities set profile = $3, tokens = coalesce($4, tokens), last_used_at = $5 where tenant_id = $1 and id = $2";
    DELETE = "delete from identities where tenant_id = $1 and id = $2 and user_id = $3";
    DELETE_ALL = "delete from identities where tenant_id = $1 and user_id = $2";
    // Locks the user's row where the database locks rows, and changes nothing: two that unlink at once see each other.
    HOLD_USER = "update users set version = version where tenant_id = $1 and id = $2";
}

listing! {
    IDENTITIES = {
        select: select_identities!(""),
        filters: { user_id: "i.user_id = ?" },
        order: "i.id",
        keyset: "i.id > ?",
    };
}

pub(crate) async fn find(db: &impl Query, id: IdentityId) -> Result<Option<Identity>, StoreError> {
    db.one(&FIND, params![id], identity).await
}

pub(crate) async fn find_by_subject(
    db: &impl Query,
    connection: &str,
    subject: &str,
) -> Result<Option<Identity>, StoreError> {
    db.one(&FIND_BY_SUBJECT, params![connection, subject], identity).await
}

pub(crate) async fn page(
    db: &impl Query,
    user: UserId,
    request: &PageRequest<IdentityId>,
) -> Result<Page<Identity, IdentityId>, StoreError> {
    let mut query = IDENTITIES.query().limit(request.fetch()).filter("user_id", user);
    if let Some(id) = request.after {
        query = query.after(params![id]);
    }
    let rows = db.list(query, identity).await?;
    Ok(request.page(rows, |identity| identity.id))
}

/// A user's few identities, all at once.
pub(crate) async fn all(db: &impl Query, user: UserId) -> Result<Vec<Identity>, StoreError> {
    let request = PageRequest { limit: u32::try_from(MOST).unwrap_or(u32::MAX), after: None };
    Ok(page(db, user, &request).await?.items)
}

pub(crate) async fn count(db: &impl Query, user: UserId) -> Result<usize, StoreError> {
    Ok(db.one(&COUNT, params![user], |row| row.get::<usize>(0)).await?.unwrap_or(0))
}

/// Provider and connection of the user's other identities.
pub(crate) async fn others(
    db: &impl Query,
    user: UserId,
    except: IdentityId,
) -> Result<Vec<(String, String)>, StoreError> {
    db.all(&PROVIDERS, params![user, except], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// `false` where the account at the provider is somebody's already.
pub(crate) async fn claim(tx: &Tx, new: &NewIdentity, now: Timestamp) -> Result<bool, StoreError> {
    let inserted = tx
        .execute(
            &CLAIM,
            params![
                new.id,
                new.user_id,
                &new.provider,
                &new.connection,
                &new.subject,
                profile(&new.snapshot),
                new.tokens.as_deref(),
                now,
                new.is_in_use.then_some(now)
            ],
        )
        .await?;
    Ok(inserted == 1)
}

/// Somebody signs in by it; what the provider says now replaces what it said before.
pub(crate) async fn touch(
    tx: &Tx,
    id: IdentityId,
    snapshot: &Snapshot,
    tokens: Option<&[u8]>,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(&TOUCH, params![id, profile(snapshot), tokens, now]).await.map(drop)
}

pub(crate) async fn delete(tx: &Tx, identity: &Identity) -> Result<bool, StoreError> {
    Ok(tx.execute(&DELETE, params![identity.id, identity.user_id]).await? == 1)
}

pub(crate) async fn hold_user(tx: &Tx, user: UserId) -> Result<(), StoreError> {
    tx.execute(&HOLD_USER, params![user]).await.map(drop)
}

/// What `identity` must know of linked accounts: whether one is left, and that they go with what a squatter planted.
pub const WAYS_IN: WaysIn = WaysIn {
    count: |tx, user| {
        Box::pin(async move {
            hold_user(tx, user).await?;
            Ok(tx.one(&COUNT, params![user], |row| row.get::<u64>(0)).await?.unwrap_or(0))
        })
    },
    drop_all: |tx, user| Box::pin(async move { tx.execute(&DELETE_ALL, params![user]).await }),
    linked: |reader, user| {
        Box::pin(async move { Ok(all(reader, user).await?.into_iter().map(LinkedIdentity::from).collect()) })
    },
};

impl From<Identity> for LinkedIdentity {
    fn from(identity: Identity) -> Self {
        let Identity { id, provider, subject, snapshot, created_at, last_used_at, .. } = identity;
        Self { id: Id::from_uuid(id.uuid()), provider, subject, email: snapshot.email, created_at, last_used_at }
    }
}

fn profile(snapshot: &Snapshot) -> String {
    serde_json::to_string(snapshot).unwrap_or_else(|_| "{}".to_owned())
}

fn identity(row: &Row<'_>) -> Result<Identity, StoreError> {
    Ok(Identity {
        id: row.get(0)?,
        user_id: row.get(1)?,
        provider: row.get(2)?,
        connection: row.get(3)?,
        subject: row.get(4)?,
        snapshot: row.named(5, "a profile", |text| serde_json::from_str(text).ok())?,
        created_at: row.get(6)?,
        last_used_at: row.get(7)?,
    })
}
