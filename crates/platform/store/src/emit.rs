//! The row that an event becomes. Reading and sealing it is the business of `events`.

use aws_lc_rs::digest::{Context, SHA256};
use kernel::{Env, Event, TenantId, Timestamp};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    Origin, Statement, StoreError, Value,
    call::{Binding, Call},
    params,
};

crate::__statements! { [own] []
    INSERT_EVENT = "
        insert into events (tenant_id, id, type, occurred_at, actor_kind, actor_id, target_kind, target_id,
                            outcome, request_id, details, salt, digest)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
}

/// A statement that waits for the commit.
pub(crate) struct Write {
    pub(crate) statement: &'static Statement,
    pub(crate) tenant: TenantId,
    pub(crate) params: Vec<Value<'static>>,
}

impl Write {
    pub(crate) fn call(&self, binding: Binding) -> Result<Call<'_>, StoreError> {
        if binding != Binding::System && binding != Binding::Tenant(self.tenant) {
            return Err(StoreError::Internal("an event or job of another tenant than the transaction's".to_owned()));
        }
        Call::new(self.statement.text(), Some(self.tenant), &self.params)
    }
}

/// The erasable part of an event: what may say something about a person.
#[derive(Serialize)]
struct Details<'a, E> {
    data: &'a E,
    context: DetailsContext<'a>,
}

#[derive(Serialize)]
struct DetailsContext<'a> {
    ip: Option<std::net::IpAddr>,
    user_agent: Option<&'a str>,
}

pub(crate) fn event<E: Event>(
    env: &Env,
    origin: &Origin,
    tenant: TenantId,
    index: u16,
    event: &E,
) -> Result<Write, StoreError> {
    let context = DetailsContext { ip: origin.ip, user_agent: origin.user_agent.as_deref() };
    let details = serde_json::to_string(&Details { data: event, context })
        .map_err(|error| StoreError::Internal(format!("{}: {error}", E::TYPE)))?;
    let salt: [u8; 16] = env.random();
    let mut digest = Context::new(&SHA256);
    digest.update(&salt);
    digest.update(details.as_bytes());
    let now = env.now();
    let target = event.target();
    let params = params![
        ordered_id(env, now, index),
        E::TYPE,
        now,
        origin.actor.kind.as_str(),
        origin.actor.id,
        target.kind,
        target.id,
        E::OUTCOME.as_str(),
        origin.request_id.clone(),
        details,
        salt,
        digest.finish().as_ref().to_vec(),
    ];
    Ok(Write { statement: &INSERT_EVENT, tenant, params: params.into() })
}

/// A UUIDv7 whose twelve bits behind the milliseconds count on in quarters of a microsecond (RFC 9562, section 6.2,
/// method 3), plus the event's place in its transaction: events of one transaction sort as they were said.
fn ordered_id(env: &Env, now: Timestamp, index: u16) -> Uuid {
    let millis = u64::try_from(now.as_micros() / 1_000).unwrap_or(0);
    let micros = u16::try_from(now.as_micros().rem_euclid(1_000)).unwrap_or(0);
    let fraction = (micros * 4).saturating_add(index).min(0x0fff);
    let mut random: [u8; 10] = env.random();
    random[..2].copy_from_slice(&fraction.to_be_bytes());
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}
