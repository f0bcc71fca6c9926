//! Rows of grants. No decisions.

use identity::{
    sessions::SessionId,
    users::{EndsDelegations, UserId},
};
use kernel::{Id, Secret, Timestamp};
use store::{Query, Row, StoreError, StoreKind, Tx, Value, params, sql};

use super::{
    Code, GrantId,
    code::digest_of,
    model::{Grant, GrantEnd, RefreshLine},
};
use crate::clients::ClientId;

/// What [`grant`] reads of a grant `g`.
macro_rules! grant_columns {
    () => {
        "g.id, g.client_id, g.user_id, g.session_id, g.scope, g.resources, g.details, g.claims, g.auth_time, g.aal, g.amr, g.binding,
         g.is_offline, g.redeem_by, g.redeemed_at, g.refresh_generation, g.refresh_nonce, g.refreshed_at, g.refreshed_by, g.created_at,
         g.expires_at, g.ended_at, g.end_reason,
         coalesce((select u.has_holdings from users u where u.tenant_id = g.tenant_id and u.id = g.user_id), false)"
    };
}
pub(crate) use grant_columns;

/// How many columns these are.
pub(crate) const GRANT_COLUMNS: usize = 24;

sql! {
    // Of two that redeem the code that carried it at once one wins.
    INSERT = "
        insert into oauth_grants (tenant_id, id, client_id, user_id, session_id, scope, resources, details, claims, auth_time, aal, amr,
                                  binding, is_offline, redeem_by, redeemed_at, code_digest, code, refresh_generation, refresh_nonce,
                                  created_at, expires_at, kept_until)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
        on conflict (tenant_id, id) do nothing";
    // Was it ended as a whole after it was given?
    IS_OVER = "
        select 1 from oauth_ends
        where tenant_id = $1 and user_id in ($2, $4) and client_id in ($3, $4) and ended_at >= $5";
    PUT_END = "
        insert into oauth_ends (tenant_id, user_id, client_id, ended_at) values ($1, $2, $3, $4)
        on conflict (tenant_id, user_id, client_id) do update set ended_at = excluded.ended_at";
    // Whoever ends something as a whole and whoever redeems a code of it wait for each other, until the transaction is over: what one has
    // written the other sees. Writers are alone on SQLite.
    AWAIT_REDEEMERS = {
        sqlite: "select 1 where $1 is not null and $2 is not null",
        postgres: "select 1 from pg_advisory_xact_lock(hashtextextended(encode($1, 'hex') || encode($2, 'hex'), 0))",
    };
    AWAIT_ENDERS = {
        sqlite: "select 1 where $1 is not null and $2 is not null and $3 is not null",
        postgres: "
            select 1 from pg_advisory_xact_lock_shared(hashtextextended(encode($1, 'hex') || encode($2, 'hex'), 0)) as person,
                          pg_advisory_xact_lock_shared(hashtextextended(encode($1, 'hex') || encode($3, 'hex'), 0)) as client",
    };
    // Of two that redeem at once one wins. What the tokens are held to is known from here on.
    REDEEM = "
        update oauth_grants
        set redeemed_at = $3, binding = $4, kept_until = $5, code = null
        where tenant_id = $1 and id = $2 and redeemed_at is null";
    // Of two that rotate at once one wins; a grant that ended rotates no more.
    ROTATE = "
        update oauth_grants
        set refresh_generation = $3, refreshed_at = $4, refreshed_by = $5
        where tenant_id = $1 and id = $2 and refresh_generation = $6 and ended_at is null";
    END = "update oauth_grants set ended_at = $3, end_reason = $4 where tenant_id = $1 and id = $2 and ended_at is null";
    END_OF_USER = "
        update oauth_grants set ended_at = $3, end_reason = $4 where tenant_id = $1 and user_id = $2 and ended_at is null";
    END_OF_USER_AT_CLIENT = "
        update oauth_grants set ended_at = $4, end_reason = $5
        where tenant_id = $1 and user_id = $2 and client_id = $3 and ended_at is null";
    END_OF_CLIENT = "
        update oauth_grants set ended_at = $3, end_reason = $4 where tenant_id = $1 and client_id = $2 and ended_at is null";
    END_OF_SESSION = "
        update oauth_grants set ended_at = $4, end_reason = $5
        where tenant_id = $1 and user_id = $2 and session_id = $3 and ended_at is null and is_offline = false";
}

/// One that needs no code.
pub(crate) async fn insert(tx: &Tx, grant: &Grant) -> Result<(), StoreError> {
    must_be_new(tx.execute(&INSERT, &columns(grant, None, None)).await?)
}

pub(crate) async fn insert_with_code(tx: &Tx, grant: &Grant, secret: &Secret, code: &Code) -> Result<(), StoreError> {
    let bound = serde_json::to_string(code).map_err(|error| StoreError::Internal(error.to_string()))?;
    let values = columns(grant, Some(digest_of(secret.reveal())), Some(bound));
    must_be_new(tx.execute(&INSERT, &values).await?)
}

/// Only a code that carries its grant can bring the same one twice.
fn must_be_new(inserted: u64) -> Result<(), StoreError> {
    if inserted == 1 { Ok(()) } else { Err(StoreError::Internal("a grant of this id is there already".to_owned())) }
}

/// The grant that a code carried here, as it is redeemed. `false` where it was before, or what it belongs to was ended as a whole.
pub(crate) async fn insert_redeemed(tx: &Tx, grant: &Grant) -> Result<bool, StoreError> {
    let Grant { user_id, client_id, created_at, .. } = grant;
    if tx.db().kind() == StoreKind::Postgres {
        tx.one(&AWAIT_ENDERS, params![user_id, client_id], |_| Ok(())).await?;
    }
    if tx.one(&IS_OVER, params![user_id, client_id, ALL, created_at], |_| Ok(())).await?.is_some() {
        return Ok(false);
    }
    Ok(tx.execute(&INSERT, &columns(grant, None, None)).await? == 1)
}

fn columns(grant: &Grant, code_digest: Option<[u8; 32]>, code: Option<String>) -> Vec<Value<'_>> {
    let resources = serde_json::json!(grant.resources).to_string();
    let claims = grant.claims.as_ref().map(ToString::to_string);
    vec![
        grant.id.into(),
        grant.client_id.into(),
        grant.user_id.into(),
        grant.session_id.into(),
        grant.scope.as_str().into(),
        resources.into(),
        grant.details.to_string().into(),
        claims.into(),
        grant.auth_time.into(),
        i64::from(grant.aal).into(),
        grant.amr.as_str().into(),
        grant.binding.as_deref().into(),
        grant.is_offline.into(),
        grant.redeem_by.into(),
        grant.redeemed_at.into(),
        code_digest.into(),
        code.into(),
        i64::from(grant.refresh.generation).into(),
        grant.refresh.nonce[..].into(),
        grant.created_at.into(),
        grant.expires_at.into(),
        grant.kept_until().into(),
    ]
}

/// No client, or nobody: all of them.
const ALL: ClientId = Id::from_u128(0);

/// What was given until now is over, on its way or not: of this person at this client, or of all where none is named.
async fn end_all_before(
    tx: &Tx,
    user: Option<UserId>,
    client: Option<ClientId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (user, client) = (user.map_or(ALL.uuid(), |id| id.uuid()), client.map_or(ALL.uuid(), |id| id.uuid()));
    if tx.db().kind() == StoreKind::Postgres {
        let one = if user == ALL.uuid() { client } else { user };
        tx.one(&AWAIT_REDEEMERS, params![one], |_| Ok(())).await?;
    }
    tx.execute(&PUT_END, params![user, client, now]).await.map(drop)
}

/// Its first tokens are had, and those that refresh them are held to the binding from now on. `false` where they were had before.
pub(crate) async fn redeem(
    tx: &Tx,
    grant: &Grant,
    binding: Option<String>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(tx.execute(&REDEEM, params![grant.id, now, binding, grant.kept_once_redeemed()]).await? == 1)
}

/// `false` where another rotated first, or the grant ended.
pub(crate) async fn rotate(tx: &Tx, grant: &Grant, by: &[u8; 16], now: Timestamp) -> Result<bool, StoreError> {
    let before = grant.refresh.generation;
    Ok(tx.execute(&ROTATE, params![grant.id, i64::from(before) + 1, now, &by[..], i64::from(before)]).await? == 1)
}

/// `false` where it was over already.
pub(crate) async fn end(tx: &Tx, id: GrantId, reason: GrantEnd, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(&END, params![id, now, reason.as_str()]).await? == 1)
}

/// All grants of a person who is disabled, or whose account is recovered or claimed; offline ones too: what `identity` asks.
pub const END_GRANTS: EndsDelegations = |tx, user, now| {
    Box::pin(async move {
        end_all_before(tx, Some(user), None, now).await?;
        tx.execute(&END_OF_USER, params![user, now, GrantEnd::UserShutOut.as_str()]).await
    })
};

pub(crate) async fn end_of_user_at_client(
    tx: &Tx,
    user: UserId,
    client: ClientId,
    reason: GrantEnd,
    now: Timestamp,
) -> Result<u64, StoreError> {
    end_all_before(tx, Some(user), Some(client), now).await?;
    tx.execute(&END_OF_USER_AT_CLIENT, params![user, client, now, reason.as_str()]).await
}

pub(crate) async fn end_of_client(
    tx: &Tx,
    client: ClientId,
    reason: GrantEnd,
    now: Timestamp,
) -> Result<u64, StoreError> {
    end_all_before(tx, None, Some(client), now).await?;
    tx.execute(&END_OF_CLIENT, params![client, now, reason.as_str()]).await
}

/// Those that were to live as long as the session; offline ones go on.
pub(crate) async fn end_of_session(
    tx: &Tx,
    user: UserId,
    session: SessionId,
    reason: GrantEnd,
    now: Timestamp,
) -> Result<u64, StoreError> {
    tx.execute(&END_OF_SESSION, params![user, session, now, reason.as_str()]).await
}

/// A row that begins with the grant's columns.
pub(crate) fn grant(row: &Row<'_>) -> Result<Grant, StoreError> {
    let ended_at: Option<Timestamp> = row.get(21)?;
    let ended = match ended_at {
        Some(at) => Some((at, row.named(22, "the end of a grant", GrantEnd::from_name)?)),
        None => None,
    };
    let claims: Option<String> = row.get(7)?;
    Ok(Grant {
        id: row.get(0)?,
        client_id: row.get(1)?,
        user_id: row.get(2)?,
        session_id: row.get(3)?,
        scope: row.get(4)?,
        resources: row.named(5, "resources", |text| serde_json::from_str(text).ok())?,
        details: row.named(6, "authorization details", |text| serde_json::from_str(text).ok())?,
        claims: claims.and_then(|text| serde_json::from_str(&text).ok()),
        auth_time: row.get(8)?,
        aal: row.get(9)?,
        amr: row.get(10)?,
        binding: row.get(11)?,
        is_offline: row.get(12)?,
        redeem_by: row.get(13)?,
        redeemed_at: row.get(14)?,
        refresh: RefreshLine {
            generation: row.get(15)?,
            nonce: row.get(16)?,
            rotated_at: row.get(17)?,
            rotated_by: row.get(18)?,
        },
        created_at: row.get(19)?,
        expires_at: row.get(20)?,
        ended,
        has_holdings: row.get(23)?,
    })
}
