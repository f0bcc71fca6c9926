//! What may be shown once: the `jti` of client assertions, DPoP proofs and request objects.

use edge::Context;
use kernel::Timestamp;
use store::{Db, Origin, StoreError, params, sql};

sql! {
    // One statement: of two requests with the same one, one changes a row. The same request may run again, since it lost a race in the
    // database: what it showed is its own.
    REMEMBER = "
        insert into oauth_replays (tenant_id, hash, request_id, expires_at) values ($1, $2, $3, $4)
        on conflict (tenant_id, hash) do update set expires_at = excluded.expires_at
        where oauth_replays.request_id = excluded.request_id";
    system PURGE = "delete from oauth_replays where (tenant_id, hash) in
                      (select tenant_id, hash from oauth_replays where expires_at < $1 limit 500)";
}

/// Remember that this was shown, until nobody would take it anymore; `false` where it was shown before.
///
/// `kind` parts the names of one kind of token from another's, `by` those of one sender from another's. In a transaction of its own:
/// whatever becomes of the request, it was shown, and no signature is made while it is open.
pub(crate) async fn remember(
    cx: &Context,
    kind: &str,
    by: &str,
    name: &str,
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    let hash = hash(kind, by, name);
    let tx = cx.store().begin(cx.own_origin()).await?;
    if tx.execute(&REMEMBER, params![hash, cx.request_id(), expires_at]).await? == 1 {
        tx.commit().await?;
        Ok(true)
    } else {
        tx.rollback().await;
        Ok(false)
    }
}

/// Forget what nobody would take anymore; how many are gone.
pub(crate) async fn purge(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    let tx = db.begin_system(Origin::system(kernel::tenant::CONSOLE)).await?;
    let gone = tx.execute(&PURGE, params![now]).await?;
    tx.commit().await?;
    Ok(gone)
}

/// The lengths keep two parts from being read as others.
fn hash(kind: &str, by: &str, name: &str) -> [u8; 32] {
    let text = format!("{}:{kind}:{}:{by}:{name}", kind.len(), by.len());
    vault::digest(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_different_senders_are_different() {
        let all = [hash("a", "b", "c"), hash("ab", "", "c"), hash("a", "", "bc"), hash("a", "bc", ""), hash("a", "b:c", "")];
        for (index, one) in all.iter().enumerate() {
            assert!(!all[..index].contains(one), "{index}");
        }
    }
}
