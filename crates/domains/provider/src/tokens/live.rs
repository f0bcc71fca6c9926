//! Does everybody who stands behind a grant still do so? Asked on every path that issues a token and for every token that is shown.

use identity::{sessions::SessionId, users::UserId};
use kernel::Timestamp;
use oauth::CodeChallenge;
use store::{Query, Row, StoreError, params, sql};

use crate::grants::{
    Grant, GrantId,
    store::{GRANT_COLUMNS, grant, grant_columns},
};

/// Client, user and session in one read with the grant `g`; `$3` is now. Joined here, over the tables of `identity`, because each token
/// that is shown asks, and four reads would be three too many.
macro_rules! standing_columns {
    () => {
        concat!("c.state = 'active', u.state = 'active', s.id is not null and ", identity::session_is_alive!("$3"))
    };
}

macro_rules! standing_joins {
    () => {
        " join clients c on c.tenant_id = g.tenant_id and c.id = g.client_id
          join users u on u.tenant_id = g.tenant_id and u.id = g.user_id
          left join sessions s on s.tenant_id = g.tenant_id and s.id = g.session_id"
    };
}

/// What [`check`] decides, as a condition over the client `$client`, the grant `g`, its user `u` and its session `s`.
macro_rules! is_live {
    ($client:literal) => {
        concat!(
            "g.ended_at is null and g.expires_at > $3 and ",
            $client,
            ".state = 'active' and u.state = 'active'
             and (g.is_offline or (s.id is not null and ",
            identity::session_is_alive!("$3"),
            "))"
        )
    };
}
pub(super) use is_live;

sql! {
    FIND = concat!(
        "select ", grant_columns!(), ", ", standing_columns!(), " from oauth_grants g", standing_joins!(),
        " where g.tenant_id = $1 and g.id = $2");
    FIND_BY_CODE = concat!(
        "select ", grant_columns!(), ", ", standing_columns!(),
        ", k.redirect_uri, k.is_redirect_uri_named, k.challenge, k.jkt, k.nonce, k.expires_at, k.used_at
         from oauth_codes k join oauth_grants g on g.tenant_id = k.tenant_id and g.id = k.grant_id", standing_joins!(),
        " where k.tenant_id = $1 and k.hash = $2");
    FIND_LIVE_HOLDER = concat!(
        "select g.user_id, g.session_id, g.is_offline, g.claims from oauth_grants g", standing_joins!(),
        " where g.tenant_id = $1 and g.id = $2 and ", is_live!("c"), "
            and not exists (select 1 from oauth_revoked_tokens r where r.tenant_id = g.tenant_id and r.hash = $4)");
    IS_REVOKED = "select 1 from oauth_revoked_tokens where tenant_id = $1 and hash = $2";
}

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

/// What a code is bound to, beside its grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CodeRow {
    pub(crate) redirect_uri: String,
    pub(crate) is_redirect_uri_named: bool,
    pub(crate) challenge: Option<CodeChallenge>,
    pub(crate) jkt: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) expires_at: Timestamp,
    pub(crate) used_at: Option<Timestamp>,
}

pub(crate) async fn find(db: &impl Query, id: GrantId, now: Timestamp) -> Result<Option<Standing>, StoreError> {
    db.one(&FIND, params![id, now], standing).await
}

pub(crate) async fn find_by_code(
    db: &impl Query,
    code: &str,
    now: Timestamp,
) -> Result<Option<(Standing, CodeRow)>, StoreError> {
    const CODE: usize = GRANT_COLUMNS + 3;
    let hash = vault::digest(code.as_bytes());
    db.one(&FIND_BY_CODE, params![&hash[..], now], |row| {
        let code = CodeRow {
            redirect_uri: row.get(CODE)?,
            is_redirect_uri_named: row.get(CODE + 1)?,
            challenge: challenge(row.get::<Option<String>>(CODE + 2)?.as_deref())?,
            jkt: row.get(CODE + 3)?,
            nonce: row.get(CODE + 4)?,
            expires_at: row.get(CODE + 5)?,
            used_at: row.get(CODE + 6)?,
        };
        Ok((standing(row)?, code))
    })
    .await
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

/// What can't be read is no absent challenge: the code would be good without a verifier.
fn challenge(text: Option<&str>) -> Result<Option<CodeChallenge>, StoreError> {
    CodeChallenge::parse(text, text.map(|_| "S256"))
        .map_err(|_| StoreError::corrupt(GRANT_COLUMNS + 5, "a code challenge"))
}

fn standing(row: &Row<'_>) -> Result<Standing, StoreError> {
    Ok(Standing {
        grant: grant(row)?,
        is_client_active: row.get(GRANT_COLUMNS)?,
        is_user_active: row.get(GRANT_COLUMNS + 1)?,
        is_session_alive: row.get(GRANT_COLUMNS + 2)?,
    })
}
