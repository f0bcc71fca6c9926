//! Rows of the waiting list. No decisions.

use identity::{identifiers::EmailAddress, users::UserId};
use kernel::{Id, Page, PageRequest, Timestamp};
use store::{Query, Row, StoreError, Tx, listing, params, sql};

use super::{WaitlistEntry, model::EntryState};

macro_rules! select_entries {
    ($where:literal) => {
        concat!(
            "select id, version, email, name, locale, state, decided_at, created_at, updated_at
             from waitlist_entries
             where tenant_id = $1",
            $where
        )
    };
}

sql! {
    FIND = select_entries!(" and id = $2");
    INSERT = "
        insert into waitlist_entries (tenant_id, id, version, email, email_key, name, locale, state, created_at, updated_at)
        values ($1, $2, 1, $3, $4, $5, $6, 'waiting', $7, $7)
        on conflict (tenant_id, email_key) do nothing";
    DECIDE = "
        update waitlist_entries
        set version = $4, state = $5, decided_at = $6, updated_at = $6
        where tenant_id = $1 and id = $2 and version = $3";
    /// Once: of many that redeem invitations of one entry, one finds it approved.
    JOIN = "
        update waitlist_entries
        set version = version + 1, state = 'joined', user_id = $3, updated_at = $4
        where tenant_id = $1 and id = $2 and state = 'approved'";
}

listing! {
    ENTRIES = {
        select: select_entries!(""),
        filters: { state: "state = ?", },
        order: "created_at, id",
        keyset: "(created_at, id) > (?, ?)",
    };
}

/// Where a page of entries ended: whoever waits longest comes first.
pub(super) type EntryKey = (i64, Id<WaitlistEntry>);

pub(super) async fn find(db: &impl Query, id: Id<WaitlistEntry>) -> Result<Option<WaitlistEntry>, StoreError> {
    db.one(&FIND, params![id], entry).await
}

pub(super) async fn page(
    db: &impl Query,
    state: Option<EntryState>,
    request: &PageRequest<EntryKey>,
) -> Result<Page<WaitlistEntry, EntryKey>, StoreError> {
    let mut query = ENTRIES.query().limit(request.fetch()).filter_some("state", state.map(EntryState::as_str));
    if let Some((created_at, id)) = request.after {
        query = query.after(params![created_at, id]);
    }
    let rows = db.list(query, entry).await?;
    Ok(request.page(rows, |entry| (entry.created_at.as_micros(), entry.id)))
}

/// `false` where the address is on the list.
pub(super) async fn insert(
    tx: &Tx,
    id: Id<WaitlistEntry>,
    email: &EmailAddress,
    name: Option<&str>,
    locale: Option<&str>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(tx.execute(&INSERT, params![id, email.as_str(), email.key(), name, locale, now]).await? == 1)
}

/// Over the version that was decided on; `false` where somebody else was faster.
pub(super) async fn decide(tx: &Tx, before: i64, entry: &WaitlistEntry) -> Result<bool, StoreError> {
    let fields = params![entry.id, before, entry.version, entry.state.as_str(), entry.updated_at];
    Ok(tx.execute(&DECIDE, fields).await? == 1)
}

/// `false` where the entry is not approved any more.
pub(super) async fn join(tx: &Tx, id: Id<WaitlistEntry>, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(&JOIN, params![id, user, now]).await? == 1)
}

fn entry(row: &Row<'_>) -> Result<WaitlistEntry, StoreError> {
    Ok(WaitlistEntry {
        id: row.get(0)?,
        version: row.get(1)?,
        email: row.get(2)?,
        name: row.get(3)?,
        locale: row.get(4)?,
        state: row.named(5, "a state of a waiting list's entry", EntryState::from_name)?,
        decided_at: row.get(6)?,
        created_at: row.get(7)?,
        updated_at: row.get(8)?,
    })
}
