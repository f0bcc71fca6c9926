//! The rows of the chain.

use kernel::{Id, TenantId};
use store::{Query, Read, Row, StoreError, Tx, params};

use super::{
    link::GENESIS,
    walk::{Details, Sealed, Stored, Tip},
};
use crate::{
    AuditEvent,
    erasure::{ENTRY_ERASED, PERSON_DELETED},
    model::{Facts, Place, fact_columns},
};

/// Without applications that are being erased: their trail goes bite by bite, and what is left of it meanwhile is no finding.
#[rustfmt::skip]
macro_rules! next_tenant_of {
    ($table:literal) => {
        concat!("
        select tenant_id
          from ", $table, "
         where tenant_id > $1
           and not exists (select 1 from tenants t where t.id = tenant_id and t.state = 'deleted' and t.team_id is null)
         order by tenant_id
         limit 1")
    };
}

store::sql! {
    /// The next tenant, by id, that has something to seal; and both ends of its chain as one snapshot shows them.
    system NEXT_WAITING = "
        select w.tenant_id,
               (select c.sequence from audit_chains c where c.tenant_id = w.tenant_id),
               (select e.sequence
                  from events e
                 where e.tenant_id = w.tenant_id and e.sequence is not null
                 order by e.sequence desc
                 limit 1)
          from unsealed_events w
         where w.tenant_id > $1
         order by w.tenant_id
         limit 1";

    /// Creates the head or locks it: from here to the commit nobody else seals for this tenant.
    LOCK_HEAD = "
        insert into audit_chains (tenant_id, sequence, hash)
        values ($1, 0, $2)
        on conflict (tenant_id) do update set sequence = audit_chains.sequence
        returning sequence, hash";

    UNSEALED = concat!("
        select ", fact_columns!(), ", details, salt, digest
          from unsealed_events
         where tenant_id = $1
         order by id
         limit $2");

    /// Values and not `select`: where a statement may write many rows, SQLite keeps a copy of each page until it has ended.
    SEAL = concat!("
        insert into events (tenant_id, ", fact_columns!(), ", details, salt, digest, sequence, previous_hash, hash)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)");

    /// Those that have their place. Others may have been committed among their ids meanwhile, and wait for theirs. A value that is looked
    /// up and not `exists`, which PostgreSQL would make a join of, and then read all that waits.
    DELETE_SEALED = "
        delete from unsealed_events
         where tenant_id = $1 and id <= $2
           and (select e.id from events e where e.tenant_id = $1 and e.id = unsealed_events.id) is not null";

    MOVE_HEAD = "
        update audit_chains
           set sequence = $2, hash = $3
         where tenant_id = $1 and sequence = $4 and hash = $5";

    FIND_HEAD = "select sequence, hash from audit_chains where tenant_id = $1";

    /// Said twice on purpose: the row value makes the pages exact, the plain condition is for the index.
    PAGE = concat!("
        select ", fact_columns!(), ", sequence, previous_hash, hash, digest, details, salt,
               case
                   when e.details is not null then false
                   else (select d.id
                           from events d
                          where d.tenant_id = $1 and d.target_id = e.target_id and d.type in ($5, $6)
                          order by d.id desc
                          limit 1) is not null
                     or (select d.id
                           from events d
                          where d.tenant_id = $1 and d.target_id = e.actor_id and d.type in ($5, $6)
                          order by d.id desc
                          limit 1) is not null
                     or (select w.id
                           from unsealed_events w
                          where w.tenant_id = $1 and w.target_id in (e.target_id, e.actor_id) and w.type in ($5, $6)
                          order by w.id desc
                          limit 1) is not null
               end
          from events e
         where e.tenant_id = $1 and e.sequence >= $2 and (e.sequence, e.id) > ($2, $3)
         order by e.sequence, e.id
         limit $4");

    COUNT_UNSEALED = "select count(*) from unsealed_events where tenant_id = $1";

    system NEXT_TENANT_OF_EVENTS = next_tenant_of!("events");
    system NEXT_TENANT_OF_UNSEALED = next_tenant_of!("unsealed_events");
    system NEXT_TENANT_OF_CHAINS = next_tenant_of!("audit_chains");
}

/// A tenant with unsealed events.
pub(crate) struct Waiting {
    pub(crate) tenant: TenantId,
    /// Do the head and the last sealed event agree? If not, sealing on would bury the evidence.
    pub(crate) is_whole: bool,
}

pub(crate) async fn next_waiting(read: &Read, after: TenantId) -> Result<Option<Waiting>, StoreError> {
    read.one(&NEXT_WAITING, params![after], |row| {
        // A value of another type than was ever written there counts as damage, too.
        let (head, last) = (row.get::<Option<i64>>(1), row.get::<Option<i64>>(2));
        let is_whole = matches!((head, last), (Ok(head), Ok(last)) if head.unwrap_or(0) == last.unwrap_or(0));
        Ok(Waiting { tenant: row.get(0)?, is_whole })
    })
    .await
}

/// The end of the chain, which is nobody else's to move until the commit.
pub(crate) async fn lock_head(tx: &Tx, tenant: TenantId) -> Result<Tip, StoreError> {
    let head = tx.one_as(tenant, &LOCK_HEAD, params![GENESIS], tip).await?;
    head.ok_or_else(|| StoreError::Internal("the head of an audit chain was written and not returned".to_owned()))
}

/// An event that waits for its place.
pub(crate) struct Unsealed {
    pub(crate) facts: Facts,
    /// As they are, even where no erasure leaves them so: to say that is up to whoever verifies.
    details: Option<String>,
    salt: Option<Vec<u8>>,
    pub(crate) digest: [u8; 32],
}

/// The oldest unsealed events; `None` for one that can't be read.
pub(crate) async fn unsealed(tx: &Tx, tenant: TenantId, limit: usize) -> Result<Vec<Option<Unsealed>>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    tx.all_as(tenant, &UNSEALED, params![limit], |row| Ok(waiting(row).ok())).await
}

fn waiting(row: &Row<'_>) -> Result<Unsealed, StoreError> {
    let next = Facts::COLUMNS;
    Ok(Unsealed {
        facts: Facts::read(row)?,
        details: row.get(next)?,
        salt: row.get(next + 1)?,
        digest: row.get(next + 2)?,
    })
}

/// Give an event its place.
pub(crate) async fn seal(tx: &Tx, tenant: TenantId, event: &Unsealed, place: &Place) -> Result<(), StoreError> {
    let Unsealed { facts, details, salt, digest } = event;
    let params = params![
        facts.id,
        &*facts.event_type,
        facts.occurred_at,
        facts.actor.kind.as_str(),
        facts.actor.id,
        &*facts.target_kind,
        facts.target_id,
        facts.outcome.as_str(),
        facts.request_id.as_deref(),
        details.as_deref(),
        salt.as_deref(),
        digest,
        place.sequence,
        &place.previous_hash,
        &place.hash,
    ];
    tx.execute_as(tenant, &SEAL, params).await.map(drop)
}

/// What was given a place waits no more; returns how many that were.
pub(crate) async fn delete_sealed(tx: &Tx, tenant: TenantId, last: Id<AuditEvent>) -> Result<u64, StoreError> {
    tx.execute_as(tenant, &DELETE_SEALED, params![last]).await
}

/// Compare and set; false where the head is not `from`.
pub(crate) async fn move_head(tx: &Tx, tenant: TenantId, from: &Tip, to: &Tip) -> Result<bool, StoreError> {
    let params = params![to.sequence, &to.hash, from.sequence, &from.hash];
    Ok(tx.execute_as(tenant, &MOVE_HEAD, params).await? == 1)
}

/// `None` where there is none, or none that can be read.
pub(crate) async fn find_head(read: &Read) -> Result<Option<Tip>, StoreError> {
    Ok(read.one(&FIND_HEAD, params![], |row| Ok(tip(row).ok())).await?.flatten())
}

/// A page of the chain behind the event with that sequence and id.
pub(crate) async fn page(read: &Read, after: (i64, Id<AuditEvent>), limit: i64) -> Result<Vec<Stored>, StoreError> {
    let values = params![after.0, after.1, limit, PERSON_DELETED, ENTRY_ERASED];
    read.all(&PAGE, values, |row| Ok(stored(row))).await
}

pub(crate) async fn count_unsealed(read: &Read) -> Result<u64, StoreError> {
    Ok(read.one(&COUNT_UNSEALED, params![], |row| row.get(0)).await?.unwrap_or(0))
}

/// The next tenant, by id, that has events or a chain.
pub(crate) async fn next_tenant(read: &Read, after: TenantId) -> Result<Option<TenantId>, StoreError> {
    let of_events = read.one(&NEXT_TENANT_OF_EVENTS, params![after], |row| row.get(0)).await?;
    let of_unsealed = read.one(&NEXT_TENANT_OF_UNSEALED, params![after], |row| row.get(0)).await?;
    let of_chains = read.one(&NEXT_TENANT_OF_CHAINS, params![after], |row| row.get(0)).await?;
    Ok([of_events, of_unsealed, of_chains].into_iter().flatten().min())
}

fn tip(row: &Row<'_>) -> Result<Tip, StoreError> {
    Ok(Tip { sequence: row.get(0)?, hash: row.get(1)? })
}

/// Whoever tampers may write anything anywhere: an event that can't be read is a finding and no failure.
fn stored(row: &Row<'_>) -> Stored {
    sealed(row).map_or_else(
        |_| Stored::Unreadable { event: row.get(0).ok(), sequence: row.get(Facts::COLUMNS).ok() },
        |sealed| Stored::Sealed(Box::new(sealed)),
    )
}

fn sealed(row: &Row<'_>) -> Result<Sealed, StoreError> {
    let next = Facts::COLUMNS;
    let (text, salt): (Option<String>, Option<Vec<u8>>) = (row.get(next + 4)?, row.get(next + 5)?);
    Ok(Sealed {
        facts: Facts::read(row)?,
        place: Place { sequence: row.get(next)?, previous_hash: row.get(next + 1)?, hash: row.get(next + 2)? },
        digest: row.get(next + 3)?,
        details: match (text, salt) {
            (Some(text), Some(salt)) => Details::Kept { text, salt },
            (None, None) => Details::Gone { is_due: row.get(next + 6)? },
            _ => Details::Torn,
        },
    })
}
