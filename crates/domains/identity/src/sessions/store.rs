//! Rows of sessions. No decisions.

use std::time::Duration;

use kernel::{Id, Page, PageRequest, Timestamp};
use store::{Db, Origin, Query, Row, Statement, StoreError, Tx, listing, params, sql};

use super::{EndReason, Session, SessionId, device::Device, model::RefreshFamily};
use crate::flows::Method;
use crate::holdings::OrganizationId;
use crate::users::{
    User, UserState,
    store::{user_at, user_columns, user_joins},
};

/// Columns of the session, which stand before the others.
const USER: usize = 18;

macro_rules! session_columns {
    () => {
        "s.id, s.user_id, s.proven, s.authenticated_at, s.created_at, s.last_seen_at, s.expires_at, s.idle_seconds, s.revoked_at,
         s.revoked_reason, s.refresh_generation, s.refresh_nonce, s.refreshed_at, s.refreshed_by, s.ip, s.user_agent, s.device,
         s.organization_id"
    };
}

sql! {
    FIND = concat!("select ", session_columns!(), " from sessions s where s.tenant_id = $1 and s.id = $2");
    FIND_WITH_USER = concat!(
        "select ", session_columns!(), ", ", user_columns!(),
        " from sessions s join users u on u.tenant_id = s.tenant_id and u.id = s.user_id", user_joins!(),
        " where s.tenant_id = $1 and s.id = $2");
    FIND_WITH_OWNER = concat!(
        "select ", session_columns!(), ", u.state, u.has_holdings
         from sessions s join users u on u.tenant_id = s.tenant_id and u.id = s.user_id
         where s.tenant_id = $1 and s.id = $2");
    INSERT = "insert into sessions (tenant_id, id, user_id, proven, authenticated_at, created_at, last_seen_at, expires_at, idle_seconds,
                                    refresh_generation, refresh_nonce, ip, user_agent, device, surface)
              values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    // One statement takes the token: of two that present it, one changes the row.
    ROTATE = "update sessions set refresh_generation = $4, refreshed_at = $5, refreshed_by = $6, last_seen_at = $5
              where tenant_id = $1 and id = $2 and refresh_generation = $3 and revoked_at is null";
    ACT_IN = "update sessions set organization_id = $3 where tenant_id = $1 and id = $2 and revoked_at is null";
    LEAVE = "update sessions set organization_id = null where tenant_id = $1 and organization_id = $2 and user_id = $3";
    DISSOLVE = "update sessions set organization_id = null where tenant_id = $1 and organization_id = $2";
    RAISE = "update sessions set proven = $3, authenticated_at = $4
             where tenant_id = $1 and id = $2 and revoked_at is null";
    END = "update sessions set revoked_at = $3, revoked_reason = $4 where tenant_id = $1 and id = $2 and revoked_at is null";
    END_ALL = "update sessions set revoked_at = $4, revoked_reason = $5
               where tenant_id = $1 and user_id = $2 and id <> $3 and revoked_at is null
               returning id";
    END_OLDEST = "update sessions set revoked_at = $4, revoked_reason = $5
                  where tenant_id = $1 and id in
                    (select id from sessions where tenant_id = $1 and user_id = $2 and revoked_at is null order by id desc limit 1000 offset $3)
                  returning id";
    system PURGE = "delete from sessions where (tenant_id, id) in
                      (select tenant_id, id from sessions where expires_at < $1 limit 500)";
}

listing! {
    SESSIONS = {
        select: concat!("select ", session_columns!(), " from sessions s where s.tenant_id = $1"),
        filters: {
            user_id: "s.user_id = ?",
            alive_at: crate::session_is_alive!("?"),
        },
        order: "s.id desc",
        keyset: "s.id < ?",
    };
}

pub(crate) async fn find(db: &impl Query, id: SessionId) -> Result<Option<Session>, StoreError> {
    db.one(&FIND, params![id], session).await
}

/// What [`find_with_user`] reads by.
pub(crate) const BEHIND_A_CALLER: &[&Statement] = &[&FIND_WITH_USER];

/// The session and whose it is, in one read.
pub(crate) async fn find_with_user(db: &impl Query, id: SessionId) -> Result<Option<(Session, User)>, StoreError> {
    db.one(&FIND_WITH_USER, params![id], |row| Ok((session(row)?, user_at(row, USER)?))).await
}

/// What a token must know of whose session it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner {
    pub(crate) state: UserState,
    pub(crate) has_holdings: bool,
}

/// The session, and whether its user may be signed in.
pub(crate) async fn find_with_owner(db: &impl Query, id: SessionId) -> Result<Option<(Session, Owner)>, StoreError> {
    db.one(&FIND_WITH_OWNER, params![id], |row| {
        let state = row.named(USER, "a user state", UserState::from_name)?;
        Ok((session(row)?, Owner { state, has_holdings: row.get(USER + 1)? }))
    })
    .await
}

/// The organization that the session acts in from now on. `false` where it has ended.
pub(crate) async fn act_in(tx: &Tx, id: SessionId, organization: Option<OrganizationId>) -> Result<bool, StoreError> {
    Ok(tx.execute(&ACT_IN, params![id, organization]).await? == 1)
}

/// No session of the user acts in the organization any more.
pub(crate) async fn leave_organization(
    tx: &Tx,
    organization: OrganizationId,
    user: Id<User>,
) -> Result<(), StoreError> {
    tx.execute(&LEAVE, params![organization, user]).await.map(drop)
}

/// No session acts in the organization any more.
pub(crate) async fn dissolve_organization(tx: &Tx, organization: OrganizationId) -> Result<(), StoreError> {
    tx.execute(&DISSOLVE, params![organization]).await.map(drop)
}

pub(crate) async fn page(
    db: &impl Query,
    user: Option<Id<User>>,
    now: Timestamp,
    request: &PageRequest<SessionId>,
) -> Result<Page<Session, SessionId>, StoreError> {
    let mut query = SESSIONS.query().filter("alive_at", now).limit(request.fetch());
    if let Some(user) = user {
        query = query.filter("user_id", user);
    }
    if let Some(id) = request.after {
        query = query.after(params![id]);
    }
    let rows = db.list(query, session).await?;
    Ok(request.page(rows, |session| session.id))
}

pub(crate) async fn insert(tx: &Tx, session: &Session, surface: &'static str) -> Result<(), StoreError> {
    let device = serde_json::to_string(&session.device).unwrap_or_else(|_| "{}".to_owned());
    tx.execute(
        &INSERT,
        params![
            session.id,
            session.user_id,
            proven_text(&session.proven),
            session.authenticated_at,
            session.created_at,
            session.last_seen_at,
            session.expires_at,
            i64::try_from(session.idle.as_secs()).unwrap_or(i64::MAX),
            i64::from(session.refresh.generation),
            session.refresh.nonce,
            &session.ip,
            &session.user_agent,
            device,
            surface
        ],
    )
    .await
    .map(drop)
}

/// `false` where another request rotated first, or the session ended.
pub(crate) async fn rotate(
    tx: &Tx,
    id: SessionId,
    from: u32,
    to: u32,
    client: [u8; 16],
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(tx.execute(&ROTATE, params![id, i64::from(from), i64::from(to), now, client]).await? == 1)
}

/// More was proven in a session. `false` where it has ended.
pub(crate) async fn raise(tx: &Tx, session: &Session) -> Result<bool, StoreError> {
    let params = params![session.id, proven_text(&session.proven), session.authenticated_at];
    Ok(tx.execute(&RAISE, params).await? == 1)
}

/// `false` where it had ended before.
pub(crate) async fn end(tx: &Tx, id: SessionId, reason: EndReason, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(&END, params![id, now, reason.as_str()]).await? == 1)
}

pub(crate) async fn end_all(
    tx: &Tx,
    user: Id<User>,
    except: Option<SessionId>,
    reason: EndReason,
    now: Timestamp,
) -> Result<Vec<SessionId>, StoreError> {
    // No session has the nil id, so leaving it out leaves out nothing.
    let except = except.unwrap_or(Id::from_u128(0));
    tx.all(&END_ALL, params![user, except, now, reason.as_str()], |row| row.get(0)).await
}

/// Keep the newest `kept` sessions of a user; the ids of those that ended.
pub(crate) async fn end_oldest(
    tx: &Tx,
    user: Id<User>,
    kept: u32,
    now: Timestamp,
) -> Result<Vec<SessionId>, StoreError> {
    tx.all(&END_OLDEST, params![user, i64::from(kept), now, EndReason::Displaced.as_str()], |row| row.get(0)).await
}

pub(crate) async fn purge(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    const KEPT_AFTER_THE_END: Duration = Duration::from_hours(30 * 24);
    let tx = db.begin_system(Origin::system(kernel::tenant::CONSOLE)).await?;
    let gone = tx.execute(&PURGE, params![now - KEPT_AFTER_THE_END]).await?;
    tx.commit().await?;
    Ok(gone)
}

fn proven_text(proven: &[Method]) -> String {
    proven.iter().map(|method| method.name()).collect::<Vec<_>>().join(" ")
}

pub(crate) fn proven(text: &str) -> Option<Vec<Method>> {
    text.split(' ').map(Method::from_name).collect()
}

fn session(row: &Row<'_>) -> Result<Session, StoreError> {
    let ended_at = row.get::<Option<Timestamp>>(8)?;
    Ok(Session {
        id: row.get(0)?,
        user_id: row.get(1)?,
        proven: row.named(2, "methods", proven)?,
        authenticated_at: row.get(3)?,
        created_at: row.get(4)?,
        last_seen_at: row.get(5)?,
        expires_at: row.get(6)?,
        idle: Duration::from_secs(u64::try_from(row.get::<i64>(7)?).unwrap_or(0)),
        ended: match ended_at {
            Some(at) => Some((at, row.named(9, "a reason", EndReason::from_name)?)),
            None => None,
        },
        refresh: RefreshFamily {
            generation: u32::try_from(row.get::<i64>(10)?).map_err(|_| StoreError::corrupt(10, "a generation"))?,
            nonce: row.get(11)?,
            rotated_at: row.get(12)?,
            rotated_by: row.get(13)?,
        },
        ip: row.get(14)?,
        user_agent: row.get(15)?,
        device: serde_json::from_str::<Device>(&row.get::<String>(16)?).unwrap_or_default(),
        organization_id: row.get(17)?,
    })
}
