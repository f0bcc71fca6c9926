//! Links that make their bearer an owner of a team, once.

use kernel::{Entropy, Secret, Timestamp};
use store::{StoreError, Tx};
use uuid::Uuid;
use vault::OpaqueToken;

use super::{Role, TeamId, join, store as rows};

/// What every claim token begins with.
pub const CLAIM_PREFIX: &str = "pc_claim_";

/// A claim on a team; the token is shown once and only its digest is kept.
pub(crate) async fn new_claim(
    tx: &Tx,
    team: TeamId,
    expires_at: Option<Timestamp>,
    entropy: &dyn Entropy,
    now: Timestamp,
) -> Result<Secret, StoreError> {
    let token = OpaqueToken::generate(entropy, CLAIM_PREFIX);
    rows::insert_claim(tx, &vault::digest(token.reveal().as_bytes()), team, expires_at, now).await?;
    Ok(token)
}

/// Take a claim and make the dashboard account an owner of its team. `None`: no such claim, or it is used or over, all alike.
/// `token_hash` is the SHA-256 of the token ([`vault::digest`]). In the system transaction that makes the account, so that a sign-up
/// that fails leaves the claim as it was.
pub async fn redeem_claim(
    tx: &Tx,
    token_hash: &[u8; 32],
    user: Uuid,
    now: Timestamp,
) -> Result<Option<TeamId>, StoreError> {
    let Some(team) = rows::take_claim(tx, token_hash, user, now).await? else { return Ok(None) };
    join(tx, team, user, Role::Owner, now).await?;
    Ok(Some(team))
}
