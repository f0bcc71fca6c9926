//! Does everybody who stands behind a grant still do so? Asked on every path that issues a token and for every token that is shown.

use edge::Context;
use identity::{
    Sessions,
    sessions::{Behind, SessionId},
    users::UserId,
};
use kernel::Timestamp;
use store::{Query, Row, Statement, StoreError, params, sql};

use crate::grants::{
    Code, Grant, GrantId,
    store::{GRANT_COLUMNS, grant, grant_columns},
};

/// Is the client of this row, a grant or a token, active? Asked here, over other slices' tables, because each token that is shown asks,
/// and four reads would be three too many. In subqueries of one value, because those are answered by key whatever else is known of the
/// tables: PostgreSQL joins those of a new installation, of which it has no statistics, by reading all rows of the tenant.
macro_rules! is_client_active {
    ($row:literal) => {
        concat!(
            "(select c.state = 'active' from clients c where c.tenant_id = ",
            $row,
            ".tenant_id and c.id = ",
            $row,
            ".client_id)"
        )
    };
}

/// Of the grant `g`.
macro_rules! is_user_active {
    () => {
        "(select u.state = 'active' from users u where u.tenant_id = g.tenant_id and u.id = g.user_id)"
    };
}

/// Of the grant `g`; `$3` is now.
macro_rules! is_session_alive {
    () => {
        concat!(
            "(select ",
            identity::session_is_alive!("$3"),
            " from sessions s where s.tenant_id = g.tenant_id and s.id = g.session_id)"
        )
    };
}

/// What [`check`] decides, as a condition over the grant `g`.
macro_rules! is_live {
    () => {
        concat!(
            "g.ended_at is null and g.expires_at > $3 and ",
            $crate::tokens::live::is_client_active!("g"),
            " and ",
            $crate::tokens::live::is_user_active!(),
            " and (g.is_offline or ",
            $crate::tokens::live::is_session_alive!(),
            ")"
        )
    };
}
pub(crate) use {is_client_active, is_live, is_session_alive, is_user_active};

/// What [`holder_at`] reads of the grant `g`.
macro_rules! holder_columns {
    () => {
        "g.user_id, g.session_id, g.is_offline, g.claims"
    };
}
pub(super) use holder_columns;

/// A grant, and what [`check`] decides by; nothing is false of somebody who is gone.
macro_rules! select_standing {
    ($($more:literal)?) => {
        concat!(
            "select ", grant_columns!(),
            ", coalesce(", is_client_active!("g"), ", false), coalesce(", is_user_active!(), ", false), coalesce(",
            is_session_alive!(), ", false)", $($more,)?
            " from oauth_grants g where g.tenant_id = $1 and g.id = $2"
        )
    };
}

sql! {
    FIND = select_standing!();
    FIND_WITH_CODE = select_standing!(", g.code_digest, g.code");
    // A code begins in a session, which is there.
    FIND_BEHIND = concat!(
        "select s.user_id,
                coalesce((select u.state = 'active' from users u where u.tenant_id = s.tenant_id and u.id = s.user_id), false),
                coalesce((select u.has_holdings from users u where u.tenant_id = s.tenant_id and u.id = s.user_id), false), ",
        identity::session_is_alive!("$3"),
        " from sessions s where s.tenant_id = $1 and s.id = $2"
    );
    FIND_LIVE_HOLDER = concat!("
        select ", holder_columns!(), " from oauth_grants g
        where g.tenant_id = $1 and g.id = $2 and ", is_live!(), "
          and not exists (select 1 from oauth_revoked_tokens r where r.tenant_id = g.tenant_id and r.hash = $4)");
    IS_REVOKED = "select 1 from oauth_revoked_tokens where tenant_id = $1 and hash = $2";
}

/// What [`holder`] reads by.
pub(super) const ASKED_OF_GRANTS: &[&Statement] = &[&FIND_LIVE_HOLDER];
/// What [`is_revoked`] reads by.
pub(super) const ASKED_OF_CLIENTS: &[&Statement] = &[&IS_REVOKED];

/// A grant, and who still stands behind it.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) grant: Grant,
    is_client_active: bool,
    is_user_active: bool,
    is_session_alive: bool,
}

/// Why nothing may come of a grant any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Dead {
    #[error("the authorization was withdrawn or has ended")]
    Ended,
    #[error("the authorization has expired")]
    Expired,
    #[error("the client is disabled")]
    Client,
    #[error("the account is disabled")]
    User,
    #[error("the session of the authorization is over")]
    Session,
}

/// The one decision: live means that the grant, its client, its user and, unless it is an offline one, its session all are.
pub(crate) fn check(standing: &Standing, now: Timestamp) -> Result<(), Dead> {
    let Standing { grant, is_client_active, is_user_active, is_session_alive } = standing;
    if grant.ended.is_some() {
        Err(Dead::Ended)
    } else if now >= grant.expires_at {
        Err(Dead::Expired)
    } else if !is_client_active {
        Err(Dead::Client)
    } else if !is_user_active {
        Err(Dead::User)
    } else if !is_session_alive && !grant.is_offline {
        Err(Dead::Session)
    } else {
        Ok(())
    }
}

pub(crate) async fn find(db: &impl Query, id: GrantId, now: Timestamp) -> Result<Option<Standing>, StoreError> {
    db.one(&FIND, params![id, now], standing).await
}

/// Who stands behind a grant that has no row yet, since its code carries it; the client has just proven itself. Such a code does not
/// outlive the session that it came of, even where what it is redeemed for does.
pub(crate) async fn behind(
    cx: &Context,
    grant: Grant,
    is_client_active: bool,
) -> Result<Result<Standing, Dead>, StoreError> {
    let (session, now) = (grant.session_id, cx.now());
    let behind = match cx.part::<Sessions>().behind(cx.tenant_id(), session, now) {
        Some(known) => Some(known),
        None => cx.read().one(&FIND_BEHIND, params![session, now], behind_at).await?,
    };
    let Some(behind) = behind.filter(|behind| behind.user == grant.user_id && behind.is_session_alive) else {
        return Ok(Err(Dead::Session));
    };
    let Behind { is_user_active, has_holdings, is_session_alive, .. } = behind;
    let grant = Grant { has_holdings, ..grant };
    Ok(Ok(Standing { grant, is_client_active, is_user_active, is_session_alive }))
}

fn behind_at(row: &Row<'_>) -> Result<Behind, StoreError> {
    Ok(Behind {
        user: row.get(0)?,
        is_user_active: row.get(1)?,
        has_holdings: row.get(2)?,
        is_session_alive: row.get(3)?,
    })
}

/// The same of a grant that came of a code, with the code's digest, and with what it is bound to if it was not redeemed yet.
pub(crate) async fn find_with_code(
    db: &impl Query,
    id: GrantId,
    now: Timestamp,
) -> Result<Option<(Standing, [u8; 32], Option<Code>)>, StoreError> {
    const DIGEST: usize = GRANT_COLUMNS + 3;
    let values = params![id, now];
    let found = db.one(&FIND_WITH_CODE, values, |row| {
        let Some(digest) = row.get::<Option<[u8; 32]>>(DIGEST)? else { return Ok(None) };
        let code = match row.get::<Option<String>>(DIGEST + 1)? {
            Some(text) => {
                let broken = |_| StoreError::corrupt(DIGEST + 1, "what a code is bound to");
                Some(serde_json::from_str(&text).map_err(broken)?)
            }
            None => None,
        };
        Ok(Some((standing(row)?, digest, code)))
    });
    Ok(found.await?.flatten())
}

/// The person behind a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) user: UserId,
    pub(crate) session: SessionId,
    pub(crate) is_offline: bool,
    /// The `claims` parameter of the request; JSON.
    pub(crate) claims: Option<String>,
}

/// Who is behind a token of this grant, if it still counts: the same decision as [`check`], in one read, for tokens that carry
/// everything else themselves.
pub(crate) async fn holder(
    db: &impl Query,
    grant: GrantId,
    jti: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Holder>, StoreError> {
    db.one(&FIND_LIVE_HOLDER, params![grant, now, &jti[..]], |row| holder_at(row, 0)).await
}

/// A holder whose columns begin there.
pub(super) fn holder_at(row: &Row<'_>, first: usize) -> Result<Holder, StoreError> {
    Ok(Holder {
        user: row.get(first)?,
        session: row.get(first + 1)?,
        is_offline: row.get(first + 2)?,
        claims: row.get(first + 3)?,
    })
}

/// Was this token of a client that speaks for itself revoked?
pub(crate) async fn is_revoked(db: &impl Query, jti: &[u8; 32]) -> Result<bool, StoreError> {
    Ok(db.one(&IS_REVOKED, params![&jti[..]], |_| Ok(())).await?.is_some())
}

fn standing(row: &Row<'_>) -> Result<Standing, StoreError> {
    Ok(Standing {
        grant: grant(row)?,
        is_client_active: row.get(GRANT_COLUMNS)?,
        is_user_active: row.get(GRANT_COLUMNS + 1)?,
        is_session_alive: row.get(GRANT_COLUMNS + 2)?,
    })
}
