//! Rows of fields, answers and visits. No decisions.

use identity::{sessions::SessionId, users::UserId};
use kernel::{Id, Page, PageRequest, Timestamp};
use serde_json::Value as Json;
use store::{Query, Row, StoreError, Tx, listing, params, sql};

use super::{ProfileField, model::Definition};

macro_rules! select_fields {
    ($where:literal) => {
        concat!(
            "select id, version, name, position, definition, archived_at, created_at, updated_at
             from profile_fields
             where tenant_id = $1",
            $where
        )
    };
}

sql! {
    FIND = select_fields!(" and id = $2");
    ACTIVE = select_fields!(" and archived_at is null order by position, id limit 100");
    COUNT = "select count(*) from profile_fields where tenant_id = $1";
    INSERT = "
        insert into profile_fields (tenant_id, id, version, name, position, definition, created_at, updated_at)
        values ($1, $2, 1, $3, $4, $5, $6, $6)
        on conflict do nothing";
    UPDATE = "
        update profile_fields
        set version = $4, position = $5, definition = $6, archived_at = $7, updated_at = $8
        where tenant_id = $1 and id = $2 and version = $3";
    ANSWERS = "select field_id, answer from profile_answers where tenant_id = $1 and user_id = $2 limit 1000";
    ANSWER = "
        insert into profile_answers (tenant_id, user_id, field_id, answer, answered_at)
        values ($1, $2, $3, $4, $5)
        on conflict (tenant_id, user_id, field_id)
        do update set answer = excluded.answer, answered_at = excluded.answered_at";
    VISITS = "select visits, last_session from profile_visits where tenant_id = $1 and user_id = $2";
    VISIT = "
        insert into profile_visits (tenant_id, user_id, visits, last_session)
        values ($1, $2, 1, $3)
        on conflict (tenant_id, user_id)
        do update set visits = profile_visits.visits + 1, last_session = excluded.last_session
        where profile_visits.last_session <> excluded.last_session";
}

listing! {
    FIELDS = {
        select: select_fields!(""),
        filters: { active: "archived_at is null", archived: "archived_at is not null", },
        order: "position, id",
        keyset: "(position, id) > (?, ?)",
    };
}

/// Where a page of fields ended: in the order in which they are asked.
pub(super) type FieldKey = (i64, Id<ProfileField>);

pub(super) async fn find(db: &impl Query, id: Id<ProfileField>) -> Result<Option<ProfileField>, StoreError> {
    db.one(&FIND, params![id], field).await
}

/// Those that may be asked, in their order.
pub(super) async fn active(db: &impl Query) -> Result<Vec<ProfileField>, StoreError> {
    db.all(&ACTIVE, params![], field).await
}

pub(super) async fn count(db: &impl Query) -> Result<i64, StoreError> {
    Ok(db.one(&COUNT, params![], |row| row.get(0)).await?.unwrap_or_default())
}

pub(super) async fn page(
    db: &impl Query,
    archived: Option<bool>,
    request: &PageRequest<FieldKey>,
) -> Result<Page<ProfileField, FieldKey>, StoreError> {
    let query = FIELDS.query().limit(request.fetch());
    let mut query = query.flag("active", archived == Some(false)).flag("archived", archived == Some(true));
    if let Some((position, id)) = request.after {
        query = query.after(params![position, id]);
    }
    let rows = db.list(query, field).await?;
    Ok(request.page(rows, |field| (field.position, field.id)))
}

/// `false` where the name is taken.
pub(super) async fn insert(tx: &Tx, field: &ProfileField) -> Result<bool, StoreError> {
    let fields = params![field.id, &field.name, field.position, json(&field.definition), field.created_at];
    Ok(tx.execute(&INSERT, fields).await? == 1)
}

/// Over the version that it was made from; `false` where somebody else was faster.
pub(super) async fn update(tx: &Tx, before: i64, field: &ProfileField) -> Result<bool, StoreError> {
    let fields = params![
        field.id,
        before,
        field.version,
        field.position,
        json(&field.definition),
        field.archived_at,
        field.updated_at
    ];
    Ok(tx.execute(&UPDATE, fields).await? == 1)
}

/// What somebody answered; null where they declined.
pub(super) async fn answers(db: &impl Query, user: UserId) -> Result<Vec<(Id<ProfileField>, Json)>, StoreError> {
    let answer = |row: &Row<'_>| {
        let text: String = row.get(1)?;
        Ok((row.get(0)?, serde_json::from_str(&text).map_err(|_| StoreError::corrupt(1, "an answer"))?))
    };
    db.all(&ANSWERS, params![user], answer).await
}

pub(super) async fn answer(
    tx: &Tx,
    user: UserId,
    field: Id<ProfileField>,
    answer: &Json,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(&ANSWER, params![user, field, answer.to_string(), now]).await.map(drop)
}

/// How often somebody came, and in which session they were counted last.
pub(super) async fn visits(db: &impl Query, user: UserId) -> Result<Option<(i64, SessionId)>, StoreError> {
    db.one(&VISITS, params![user], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// Each session counts once.
pub(super) async fn visit(tx: &Tx, user: UserId, session: SessionId) -> Result<(), StoreError> {
    tx.execute(&VISIT, params![user, session]).await.map(drop)
}

fn json(definition: &Definition) -> String {
    serde_json::to_string(definition).unwrap_or_else(|_| "{}".to_owned())
}

fn field(row: &Row<'_>) -> Result<ProfileField, StoreError> {
    let definition: String = row.get(4)?;
    Ok(ProfileField {
        id: row.get(0)?,
        version: row.get(1)?,
        name: row.get(2)?,
        position: row.get(3)?,
        definition: serde_json::from_str(&definition).map_err(|_| StoreError::corrupt(4, "a profile field"))?,
        archived_at: row.get(5)?,
        created_at: row.get(6)?,
        updated_at: row.get(7)?,
    })
}
