use std::path::Path;

use anyhow::{Context, Result};
use rusqlite::Connection;

use super::created_at;
use crate::installation::Facts;

const INSERT_USER: &str = "
    insert into users (tenant_id, id, version, state, name, name_key, public_metadata, private_metadata, unsafe_metadata, created_at, updated_at)
    values (?1, ?2, 1, 'active', ?3, ?4, '{}', '{}', '{}', ?5, ?5)";
const INSERT_EMAIL: &str = "
    insert into user_emails (tenant_id, user_id, address, address_key, is_primary, created_at)
    values (?1, ?2, ?3, ?3, true, ?4)";

/// One transaction; a crash would leave none of it, so the disk need not be waited for in between.
pub(super) fn fill(path: &Path, facts: &Facts, count: u32, newest: i64) -> Result<()> {
    let mut connection = Connection::open(path).with_context(|| path.display().to_string())?;
    connection.execute_batch("pragma synchronous = off; pragma cache_size = -262144")?;
    let transaction = connection.transaction()?;
    {
        let mut insert_user = transaction.prepare(INSERT_USER)?;
        let mut insert_email = transaction.prepare(INSERT_EMAIL)?;
        for number in 0..count {
            let created_at = created_at(number, count, newest);
            let id = user_id(created_at, number);
            let email = format!("user-{number}@example.com");
            insert_user.execute((
                facts.application,
                id,
                format!("User {number}"),
                format!("user {number}"),
                created_at,
            ))?;
            insert_email.execute((facts.application, id, email, created_at))?;
        }
    }
    transaction.commit()?;
    connection.execute_batch("pragma wal_checkpoint(truncate)")?;
    Ok(())
}

/// A UUIDv7 (RFC 9562, section 5.7) of that time, its random bits from the number.
fn user_id(created_at: i64, number: u32) -> [u8; 16] {
    let millis = u128::from((created_at / 1_000).unsigned_abs());
    let random = u128::from(scatter(u64::from(number)));
    let bits = (millis << 80) | (7 << 76) | ((random & 0xfff) << 64) | (0b10 << 62) | (random >> 2);
    bits.to_be_bytes()
}

/// SplitMix64 (Steele, Lea and Flood, 2014): well-mixed and never the same for two numbers.
fn scatter(number: u64) -> u64 {
    let mut bits = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_of_version_7_and_follow_the_time() {
        let ids: Vec<[u8; 16]> =
            (0..1_000).map(|number| user_id(created_at(number, 1_000, 1_800_000_000_000_000), number)).collect();
        assert!(ids.is_sorted() && ids.iter().all(|id| id[6] >> 4 == 7 && id[8] >> 6 == 0b10));
        assert_eq!(
            user_id(1_645_557_742_000_000, 0)[..6],
            [0x01, 0x7f, 0x22, 0xe2, 0x79, 0xb0],
            "the example of the RFC, appendix A.6"
        );
    }
}
