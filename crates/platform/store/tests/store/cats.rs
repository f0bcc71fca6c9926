//! A slice's tables and statements, as small as they can be.

use kernel::{Id, Kind, Timestamp};
use store::{Db, Migration, Query, Row, StoreError, Tx, Value, params};
use uuid::Uuid;

use crate::kit::origin;

pub(crate) struct Cat;

impl Kind for Cat {
    const PREFIX: &'static str = "cat";
    const NOUN: &'static str = "cat";
}

pub(crate) type CatId = Id<Cat>;

pub(crate) const MIGRATIONS: &[Migration] = &[Migration::new(
    "cats/0001_cats",
    "create table cats (
         tenant_id  blob    not null,
         id         blob    not null,
         name_key   text    not null,
         tag        text,
         lives      bigint  not null,
         is_tame    boolean not null,
         photo      blob,
         created_at bigint  not null,
         primary key (tenant_id, id),
         unique (tenant_id, tag)
     );
     create unique index cats_name on cats (tenant_id, name_key) where lives > 0;
     create table toys (
         tenant_id blob not null,
         id        blob not null,
         cat_id    blob not null,
         primary key (tenant_id, id),
         foreign key (tenant_id, cat_id) references cats (tenant_id, id)
     );
     create table naps (
         tenant_id blob not null,
         id        blob not null,
         cat_id    blob not null,
         primary key (tenant_id, id),
         foreign key (tenant_id, cat_id) references cats (tenant_id, id) on delete cascade
     );
     create table dreams (
         tenant_id blob not null,
         id        blob not null,
         nap_id    blob not null,
         primary key (tenant_id, id),
         foreign key (tenant_id, nap_id) references naps (tenant_id, id) on delete cascade
     );
     create table codes (
         tenant_id blob not null,
         id        blob not null,
         used_at   bigint,
         primary key (tenant_id, id)
     );",
)];

store::sql! {
    INSERT_CAT = "
        insert into cats (tenant_id, id, name_key, tag, lives, is_tame, photo, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";

    FIND_CAT = "
        select id, name_key, tag, lives, is_tame, photo, created_at from cats where tenant_id = $1 and id = $2";

    COUNT_CATS = "select count(*) from cats where tenant_id = $1";

    system COUNT_ALL_CATS = "select count(*) from cats";

    LOSE_LIFE = "update cats set lives = lives - 1 where tenant_id = $1 and id = $2 returning lives";

    DELETE_CAT = "delete from cats where tenant_id = $1 and id = $2";

    INSERT_TOY = "insert into toys (tenant_id, id, cat_id) values ($1, $2, $3)";

    INSERT_NAP = "insert into naps (tenant_id, id, cat_id) values ($1, $2, $3)";

    COUNT_NAPS = "select count(*) from naps where tenant_id = $1";

    COUNT_DREAMS = "select count(*) from dreams where tenant_id = $1";

    // Where it stands the second time, the first one's is what the connection has prepared.
    COUNT_NAPS_TOO = "select count(*) from naps where tenant_id = $1";

    INSERT_CODE = "insert into codes (tenant_id, id) values ($1, $2)";

    USE_CODE = "update codes set used_at = $3 where tenant_id = $1 and id = $2 and used_at is null returning id";
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CatRow {
    pub(crate) id: CatId,
    pub(crate) name: String,
    pub(crate) tag: Option<String>,
    pub(crate) lives: u32,
    pub(crate) is_tame: bool,
    pub(crate) photo: Option<Vec<u8>>,
    pub(crate) created_at: Timestamp,
}

pub(crate) fn cat(name: &str) -> CatRow {
    CatRow {
        id: CatId::from_uuid(id()),
        name: name.to_owned(),
        tag: None,
        lives: 9,
        is_tame: true,
        photo: None,
        created_at: Timestamp::from_seconds(1),
    }
}

/// Any id that was not there before.
pub(crate) fn id() -> Uuid {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Uuid::from_u128(NEXT.fetch_add(1, Ordering::SeqCst).into())
}

pub(crate) fn cat_of(row: &Row<'_>) -> Result<CatRow, StoreError> {
    Ok(CatRow {
        id: row.get(0)?,
        name: row.get(1)?,
        tag: row.get(2)?,
        lives: row.get(3)?,
        is_tame: row.get(4)?,
        photo: row.get(5)?,
        created_at: row.get(6)?,
    })
}

pub(crate) async fn insert(tx: &Tx, cat: &CatRow) -> Result<(), StoreError> {
    tx.execute(&INSERT_CAT, &columns(cat)).await.map(drop)
}

pub(crate) fn insert_last(tx: &Tx, cat: &CatRow) {
    tx.execute_last(&INSERT_CAT, columns(cat));
}

fn columns(cat: &CatRow) -> Vec<Value<'static>> {
    let values = params![cat.id, &cat.name, &cat.tag, cat.lives, cat.is_tame, &cat.photo, cat.created_at];
    values.iter().cloned().map(Value::into_owned).collect()
}

pub(crate) async fn find(query: &impl Query, id: CatId) -> Option<CatRow> {
    query.one(&FIND_CAT, params![id], cat_of).await.unwrap()
}

pub(crate) async fn count(query: &impl Query) -> i64 {
    query.one(&COUNT_CATS, params![], |row| row.get(0)).await.unwrap().unwrap()
}

/// A committed cat.
pub(crate) async fn saved(db: &Db, tenant: kernel::TenantId, name: &str) -> CatRow {
    let cat = cat(name);
    let tx = db.begin(origin(tenant)).await.unwrap();
    insert(&tx, &cat).await.unwrap();
    tx.commit().await.unwrap();
    cat
}
