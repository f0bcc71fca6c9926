//! Rows of messages on their way. No decisions.

use kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::{Query, Row, StoreError, Tx, params, sql};

use super::{Address, Channel, Message, Template};

sql! {
    FIND = "
        select id, channel, template, content, attempts, created_at, expires_at
        from messages
        where tenant_id = $1 and id = $2";
    INSERT = "
        insert into messages (tenant_id, id, channel, template, content, attempts, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    FAILED = "update messages set attempts = $3 where tenant_id = $1 and id = $2";
    DELETE = "delete from messages where tenant_id = $1 and id = $2";
    system DELETE_EXPIRED = "delete from messages where expires_at < $1";
}

/// A message as it is stored.
#[derive(Clone)]
pub(super) struct MessageRow {
    pub(super) id: Id<Message>,
    pub(super) channel: Channel,
    pub(super) template: Template,
    /// Sealed.
    pub(super) content: Vec<u8>,
    pub(super) attempts: u32,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
pub(super) struct Content {
    pub(super) to: Address,
    pub(super) locale: Option<String>,
    pub(super) facts: Map<String, Value>,
}

impl Content {
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, StoreError> {
        serde_json::to_vec(self).map_err(|error| StoreError::Internal(error.to_string()))
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

pub(super) async fn find(db: &impl Query, id: Id<Message>) -> Result<Option<MessageRow>, StoreError> {
    db.one(&FIND, params![id], message).await
}

pub(super) async fn insert(tx: &Tx, message: &MessageRow) -> Result<(), StoreError> {
    let fields = params![
        message.id,
        message.channel.as_str(),
        message.template.as_str(),
        &message.content,
        message.attempts,
        message.created_at,
        message.expires_at
    ];
    tx.execute(&INSERT, fields).await.map(drop)
}

pub(super) async fn note_failure(tx: &Tx, id: Id<Message>, attempts: u32) -> Result<(), StoreError> {
    tx.execute(&FAILED, params![id, attempts]).await.map(drop)
}

/// `false` where it was gone already.
pub(super) async fn delete(tx: &Tx, id: Id<Message>) -> Result<bool, StoreError> {
    Ok(tx.execute(&DELETE, params![id]).await? == 1)
}

/// In a system transaction: messages whose jobs are gone.
pub(super) async fn delete_expired(tx: &Tx, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute(&DELETE_EXPIRED, params![before]).await
}

fn message(row: &Row<'_>) -> Result<MessageRow, StoreError> {
    Ok(MessageRow {
        id: row.get(0)?,
        channel: row.named(1, "a channel", |name| {
            [Channel::Email, Channel::Sms].into_iter().find(|channel| channel.as_str() == name)
        })?,
        template: row.named(2, "a template", Template::from_name)?,
        content: row.get(3)?,
        attempts: row.get(4)?,
        created_at: row.get(5)?,
        expires_at: row.get(6)?,
    })
}
