//! Rows of consent. No decisions.

use identity::users::UserId;
use kernel::Id;
use store::{Query, Row, StoreError, Tx, params, sql};

use super::model::{Record, Recorder, Word};

sql! {
    WORDS = "select purpose, purpose_version, is_granted, decided_at from consents where tenant_id = $1 and user_id = $2 limit 500";
    HISTORY = "
        select purpose, purpose_version, is_granted, decided_at, recorded_by, ip, user_agent, evidence
        from consent_history
        where tenant_id = $1 and user_id = $2
        order by id desc
        limit 200";
    PUT = "
        insert into consents (tenant_id, user_id, purpose, purpose_version, is_granted, decided_at)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (tenant_id, user_id, purpose)
        do update set purpose_version = excluded.purpose_version, is_granted = excluded.is_granted, decided_at = excluded.decided_at";
    APPEND = "
        insert into consent_history (tenant_id, user_id, id, purpose, purpose_version, is_granted, recorded_by, ip, user_agent,
                                     evidence, decided_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
}

/// Names the rows of the history, in their order.
pub(super) struct Entry;

pub(super) async fn words(db: &impl Query, user: UserId) -> Result<Vec<Word>, StoreError> {
    db.all(&WORDS, params![user], word).await
}

/// The latest two hundred; the export of a person has all.
pub(super) async fn history(db: &impl Query, user: UserId) -> Result<Vec<Record>, StoreError> {
    let record = |row: &Row<'_>| {
        Ok(Record {
            word: word(row)?,
            recorded_by: row.named(4, "who recorded a consent", Recorder::from_name)?,
            ip: row.get(5)?,
            user_agent: row.get(6)?,
            evidence: row.get(7)?,
        })
    };
    db.all(&HISTORY, params![user], record).await
}

pub(super) async fn append(tx: &Tx, user: UserId, id: Id<Entry>, record: &Record) -> Result<(), StoreError> {
    let Record { word, recorded_by, ip, user_agent, evidence } = record;
    tx.execute(&PUT, params![user, &word.purpose, word.version, word.is_granted, word.decided_at]).await?;
    let fields = params![
        user,
        id,
        &word.purpose,
        word.version,
        word.is_granted,
        recorded_by.as_str(),
        ip,
        user_agent,
        evidence,
        word.decided_at
    ];
    tx.execute(&APPEND, fields).await.map(drop)
}

fn word(row: &Row<'_>) -> Result<Word, StoreError> {
    Ok(Word {
        purpose: row.get(0)?,
        version: u32::try_from(row.get::<i64>(1)?).map_err(|_| StoreError::corrupt(1, "a version"))?,
        is_granted: row.get(2)?,
        decided_at: row.get(3)?,
    })
}
