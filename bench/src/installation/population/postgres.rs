use anyhow::Result;

use super::MICROS_APART;
use crate::{installation::Facts, postgres::Session};

/// `copy` is refused where row-level security holds, so the server makes the rows itself. Ids are UUIDv7 (RFC 9562,
/// section 5.7), their random bits from the number.
const FILL: &str = "
    with made as materialized (
      select n, $3::bigint - ($2::bigint - n) * $4::bigint as created_at, md5(n::text) as bits from generate_series(0, $2::bigint - 1) n
    ), people as (
      insert into users (tenant_id, id, version, state, name, name_key, public_metadata, private_metadata, unsafe_metadata, created_at, updated_at)
      select $1, decode(lpad(to_hex(created_at / 1000), 12, '0') || '7' || substr(bits, 1, 3) || '8' || substr(bits, 4, 15), 'hex'),
             1, 'active', 'User ' || n, 'user ' || n, '{}', '{}', '{}', created_at, created_at
      from made
      returning id, name_key, created_at
    )
    insert into user_emails (tenant_id, user_id, address, address_key, is_primary, created_at)
    select $1, id, replace(name_key, ' ', '-') || '@example.com', replace(name_key, ' ', '-') || '@example.com', true, created_at
    from people";

/// The rows of all tenants are open to the system (`*`), to which bulk loading belongs.
pub(super) async fn fill(url: &str, facts: &Facts, count: u32, newest: i64) -> Result<()> {
    let session = Session::open(url).await?;
    session.client.batch_execute("set portcullis.tenant = '*'; set synchronous_commit = off").await?;
    let application: &[u8] = &facts.application;
    session.client.execute(FILL, &[&application, &i64::from(count), &newest, &MICROS_APART]).await?;
    session.client.batch_execute("analyze users; analyze user_emails").await?;
    Ok(())
}
