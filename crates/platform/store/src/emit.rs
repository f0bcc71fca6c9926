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

/// With these rows behind the first.
macro_rules! insert_events {
    ($($row:literal)*) => {
        concat!("
        insert into unsealed_events (tenant_id, id, type, occurred_at, actor_kind, actor_id, target_kind, target_id,
                                     outcome, request_id, details, salt, digest)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)" $(, ", ($1, ", $row, ")")*)
    };
}

crate::__statements! { [own] []
    INSERT_EVENT = insert_events!();
    INSERT_TWO_EVENTS = insert_events!("$14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25");
    INSERT_THREE_EVENTS = insert_events!("$14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25"
                                         "$26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37");
    INSERT_FOUR_EVENTS = insert_events!("$14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25"
                                        "$26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37"
                                        "$38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49");
}

/// By how many rows they write: what a request says is two or three events as a rule, and one statement is enough for them.
const INSERTS: [&Statement; 4] = [&INSERT_EVENT, &INSERT_TWO_EVENTS, &INSERT_THREE_EVENTS, &INSERT_FOUR_EVENTS];
/// Of one event, the tenant aside.
const COLUMNS: usize = 12;

/// A statement that waits for the commit.
pub(crate) struct Write {
    pub(crate) statement: &'static Statement,
    pub(crate) tenant: TenantId,
    pub(crate) params: Vec<Value<'static>>,
}

impl Write {
    pub(crate) fn call(&self, binding: Binding) -> Result<Call<'_>, StoreError> {
        if binding != Binding::System && binding != Binding::Tenant(self.tenant) {
            return Err(StoreError::Internal("a last statement of another tenant than the transaction's".to_owned()));
        }
        Call::new(self.statement.text(), Some(self.tenant), &self.params)
    }
}

/// Add the row of one more event to those that wait, with the statement before where that has room and is the same tenant's.
pub(crate) fn gather(waiting: &mut Vec<Write>, event: Write) {
    if let Some(last) = waiting.last_mut()
        && last.tenant == event.tenant
        && let Some(statement) = INSERTS.get(last.params.len() / COLUMNS)
    {
        last.statement = *statement;
        last.params.extend(event.params);
    } else {
        waiting.push(event);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn row(tenant: u128) -> Write {
        let params = (0..COLUMNS).map(|_| Value::Null).collect();
        Write { statement: &INSERT_EVENT, tenant: TenantId::from_u128(tenant), params }
    }

    #[test]
    fn events_of_one_tenant_share_a_statement_up_to_four() {
        let mut waiting = Vec::new();
        for tenant in [1, 1, 1, 1, 1, 1, 2, 1] {
            gather(&mut waiting, row(tenant));
        }
        let told: Vec<_> = waiting.iter().map(|write| (write.statement.name, write.params.len())).collect();
        let expected = [
            ("store::emit::INSERT_FOUR_EVENTS", 48),
            ("store::emit::INSERT_TWO_EVENTS", 24),
            ("store::emit::INSERT_EVENT", 12),
            ("store::emit::INSERT_EVENT", 12),
        ];
        assert_eq!(told, expected);
        assert!(waiting.iter().all(|write| write.call(Binding::System).is_ok()), "as many values as placeholders");
    }
}
