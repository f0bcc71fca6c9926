//! What may be shown once: the `jti` of client assertions, DPoP proofs and request objects.

use edge::Context;
use kernel::{TenantId, Timestamp};
use store::{Db, Origin, StoreError, params, sql};

/// The kind of DPoP proofs.
pub(crate) const DPOP: &str = "dpop";
/// The kind of assertions, whatever for: as a client's proof and as a grant they have one form (RFC 7523, section 3), and what was the one is
/// not good as the other later.
pub(crate) const ASSERTION: &str = "assertion";

sql! {
    // One statement: of two requests with the same one, one changes a row. The same request may run again, since it lost a race in the
    // database: what it showed is its own.
    REMEMBER = "
        insert into oauth_replays (tenant_id, hash, request_id, expires_at) values ($1, $2, $3, $4)
        on conflict (tenant_id, hash) do update set expires_at = excluded.expires_at
        where oauth_replays.request_id = excluded.request_id";
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
    remember_at(cx.store(), cx.own_origin(), &String::from(cx.request_id()), hash(kind, by, name), expires_at).await
}

/// The same for a proof that comes before there is a request to handle; `by` is the key's thumbprint.
pub(crate) async fn remember_proof(
    db: &Db,
    tenant: TenantId,
    by: &str,
    name: &str,
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    let once = kernel::encoding::base62(&db.env().random::<16>());
    remember_at(db, Origin::system(tenant), &once, hash(DPOP, by, name), expires_at).await
}

async fn remember_at(
    db: &Db,
    origin: Origin,
    request: &str,
    hash: [u8; 32],
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    let tx = db.begin(origin).await?;
    if tx.execute(&REMEMBER, params![hash, request, expires_at]).await? == 1 {
        tx.commit().await?;
        Ok(true)
    } else {
        tx.rollback().await;
        Ok(false)
    }
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
        let all =
            [hash("a", "b", "c"), hash("ab", "", "c"), hash("a", "", "bc"), hash("a", "bc", ""), hash("a", "b:c", "")];
        for (index, one) in all.iter().enumerate() {
            assert!(!all[..index].contains(one), "{index}");
        }
    }
}
