//! Rows of senders. No decisions.

use kernel::{Secret, TenantId, Timestamp};
use serde::{Serialize, de::DeserializeOwned};
use store::{Query, StoreError, Tx, params, sql};
use vault::{Place, Vault};

use super::model::{Senders, With};
use crate::messaging::Channel;

sql! {
    FIND = "select channel, version, settings, secret from message_senders where tenant_id = $1";
    HAS_SENDER = "select 1 from message_senders where tenant_id = $1 and channel = $2 and settings is not null";
    INSERT = "insert into message_senders (tenant_id, channel, version, settings, secret, updated_at)
              values ($1, $2, $3, $4, $5, $6)
              on conflict do nothing";
    UPDATE = "update message_senders
              set version = $4, settings = $5, secret = $6, updated_at = $7
              where tenant_id = $1 and channel = $2 and version = $3";
}

/// Has the application a sender of its own?
pub(in crate::messaging) async fn has_sender(db: &impl Query, channel: Channel) -> Result<bool, StoreError> {
    Ok(db.one(&HAS_SENDER, params![channel.as_str()], |_| Ok(())).await?.is_some())
}

/// With their secrets, opened.
pub(in crate::messaging) async fn find(
    db: &impl Query,
    tenant: TenantId,
    vault: &Vault,
) -> Result<Senders, StoreError> {
    type Row = (String, i64, Option<String>, Option<Vec<u8>>);
    let rows: Vec<Row> =
        db.all(&FIND, params![], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).await?;
    let mut senders = Senders::default();
    for (channel, version, settings, sealed) in rows {
        senders.version = version;
        let Some(settings) = settings else { continue };
        let secret = sealed.map(|sealed| open(vault, tenant, &channel, &sealed)).transpose()?;
        if channel == Channel::Email.as_str() {
            senders.email = Some(With { sender: parsed(&settings)?, secret });
        } else {
            senders.sms = Some(With { sender: parsed(&settings)?, secret });
        }
    }
    Ok(senders)
}

/// Both rows over the version that they were made from; `false` where someone else was faster.
pub(super) async fn save(
    tx: &Tx,
    vault: &Vault,
    tenant: TenantId,
    before: i64,
    after: &Senders,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let email = row(vault, tenant, Channel::Email, after.email.as_ref())?;
    let sms = row(vault, tenant, Channel::Sms, after.sms.as_ref())?;
    for (channel, (settings, secret)) in [(Channel::Email, email), (Channel::Sms, sms)] {
        let written = if before == 0 {
            tx.execute(&INSERT, params![channel.as_str(), after.version, settings, secret, now]).await?
        } else {
            tx.execute(&UPDATE, params![channel.as_str(), before, after.version, settings, secret, now]).await?
        };
        if written == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

type Columns = (Option<String>, Option<Vec<u8>>);

fn row<S: Serialize>(
    vault: &Vault,
    tenant: TenantId,
    channel: Channel,
    with: Option<&With<S>>,
) -> Result<Columns, StoreError> {
    let Some(With { sender, secret }) = with else { return Ok((None, None)) };
    let settings = serde_json::to_string(sender).map_err(|error| StoreError::Internal(error.to_string()))?;
    let seal = |secret: &Secret| vault.seal(&place(tenant, channel.as_str()), secret.reveal().as_bytes());
    Ok((Some(settings), secret.as_ref().map(seal)))
}

fn open(vault: &Vault, tenant: TenantId, channel: &str, sealed: &[u8]) -> Result<Secret, StoreError> {
    let opened = vault
        .open(&place(tenant, channel), sealed)
        .map_err(|error| StoreError::Internal(format!("a sender's secret can't be opened: {error}")))?;
    Ok(Secret::new(String::from_utf8_lossy(&opened)))
}

fn place(tenant: TenantId, channel: &str) -> Place<'_> {
    Place { tenant, column: "message_senders.secret", row: channel.as_bytes() }
}

fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Internal(format!("a stored sender: {error}")))
}
