//! Rows of factors and recovery codes. No decisions.

use kernel::{Id, Timestamp};
use store::{Query, Row, StoreError, Tx, params, sql};

use super::model::{self, Factor, FactorFacts, FactorKind, Held};
use crate::{challenges::ChallengeId, flows::FlowKey, users::UserId};

macro_rules! factor_columns {
    () => {
        "id, user_id, kind, name, secret, last_step, address, challenge_id, activated_at, created_at"
    };
}

/// What a sign-in must know of the factors of `$user`, for [`Held::take`]. Passkeys have a table of their own; a demand is told as a
/// row of its own kind. The last column is for others that put their rows behind these.
macro_rules! held_rows {
    ($user:literal) => {
        concat!(
            "select f.id as id, f.kind as kind, f.name as name, f.address as address, f.created_at as since, f.last_used_at as last,
                    (select count(*) from recovery_codes c where c.tenant_id = f.tenant_id and c.factor_id = f.id and c.used_at is null) as number,
                    cast(null as bigint) as other
             from factors f
             where f.tenant_id = $1 and f.user_id = ", $user, " and f.activated_at is not null
             union all
             select k.id, 'webauthn', k.name, null, k.created_at, k.last_used_at, 0, null
             from passkeys k
             where k.tenant_id = $1 and k.user_id = ", $user, "
             union all
             select m.user_id, 'demand', null, null, m.demanded_at, null, 0, null
             from mfa_demands m
             where m.tenant_id = $1 and m.user_id = ", $user)
    };
}

pub(crate) use held_rows;

sql! {
    HELD = concat!(held_rows!("$2"), " order by 5, 1");
    FIND = concat!("select ", factor_columns!(), " from factors where tenant_id = $1 and user_id = $2 and id = $3");
    INSERT = concat!("insert into factors (tenant_id, ", factor_columns!(), ")
                      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
    // Whoever begins again gives up what they began before, so that pending ones never pile up.
    DROP_PENDING = "delete from factors where tenant_id = $1 and user_id = $2 and kind = $3 and activated_at is null";
    // One statement takes the step of the first code and turns the factor on: of two at once, one does.
    ACTIVATE = "update factors set activated_at = $4, last_used_at = $4, last_step = $5, challenge_id = null
                where tenant_id = $1 and user_id = $2 and id = $3 and activated_at is null
                returning id";
    // One statement takes a step: of fifty that send one code at once, one changes the row (RFC 6238, section 5.2).
    TAKE_STEP = "update factors set last_step = $4, last_used_at = $5
                 where tenant_id = $1 and user_id = $2 and id = $3 and activated_at is not null and (last_step is null or last_step < $4)
                 returning id";
    NOTE_USE = "update factors set last_used_at = $4 where tenant_id = $1 and user_id = $2 and id = $3";
    NOTE_CHALLENGE = "update factors set challenge_id = $4 where tenant_id = $1 and user_id = $2 and id = $3";
    DELETE = "delete from factors where tenant_id = $1 and user_id = $2 and id = $3 returning kind, activated_at";
    DELETE_ALL = "delete from factors where tenant_id = $1 and user_id = $2 returning kind, activated_at";
    DELETE_RECOVERY_SET = "delete from factors where tenant_id = $1 and user_id = $2 and kind = 'recovery_code'";
    INSERT_CODE = "insert into recovery_codes (tenant_id, factor_id, code_mac) values ($1, $2, $3)";
    TAKE_CODE = "update recovery_codes set used_at = $4
                 where tenant_id = $1 and factor_id = $2 and code_mac = $3 and used_at is null
                 returning factor_id";
    PUT_FLOW_CHALLENGE = "insert into factor_challenges (tenant_id, flow_key, factor_id, challenge_id) values ($1, $2, $3, $4)
                          on conflict (tenant_id, flow_key, factor_id) do update set challenge_id = excluded.challenge_id";
    FIND_FLOW_CHALLENGE = "select challenge_id from factor_challenges where tenant_id = $1 and flow_key = $2 and factor_id = $3";
    DEMAND = "insert into mfa_demands (tenant_id, user_id, demanded_at) values ($1, $2, $3)
              on conflict (tenant_id, user_id) do update set demanded_at = excluded.demanded_at";
    MEET_DEMAND = "delete from mfa_demands where tenant_id = $1 and user_id = $2";
}

pub(super) async fn held(db: &impl Query, user: UserId) -> Result<Held, StoreError> {
    let mut held = Held::default();
    db.all(&HELD, params![user], |row| held.take(row, 0)).await?;
    Ok(held)
}

pub(super) async fn find(db: &impl Query, user: UserId, id: Id<Factor>) -> Result<Option<Factor>, StoreError> {
    db.one(&FIND, params![user, id], factor).await
}

pub(super) async fn insert(tx: &Tx, factor: &Factor) -> Result<(), StoreError> {
    tx.execute(
        &INSERT,
        params![
            factor.id,
            factor.user_id,
            factor.kind.as_str(),
            &factor.name,
            &factor.secret,
            factor.last_step,
            &factor.address,
            factor.challenge_id,
            factor.activated_at,
            factor.created_at
        ],
    )
    .await
    .map(drop)
}

pub(super) async fn drop_pending(tx: &Tx, user: UserId, kind: FactorKind) -> Result<(), StoreError> {
    tx.execute(&DROP_PENDING, params![user, kind.as_str()]).await.map(drop)
}

/// `false` where another request activated it first.
pub(super) async fn activate(tx: &Tx, factor: &Factor, step: Option<i64>, now: Timestamp) -> Result<bool, StoreError> {
    let taken = tx.one(&ACTIVATE, params![factor.user_id, factor.id, now, step], found).await?;
    Ok(taken.is_some())
}

/// `false` where the step, or a later one, was accepted before.
pub(super) async fn take_step(tx: &Tx, factor: &Factor, step: i64, now: Timestamp) -> Result<bool, StoreError> {
    let taken = tx.one(&TAKE_STEP, params![factor.user_id, factor.id, step, now], found).await?;
    Ok(taken.is_some())
}

pub(super) async fn note_use(tx: &Tx, user: UserId, id: Id<Factor>, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(&NOTE_USE, params![user, id, now]).await.map(drop)
}

/// Which code a pending factor waits for.
pub(super) async fn note_challenge(tx: &Tx, factor: &Factor, challenge: ChallengeId) -> Result<(), StoreError> {
    tx.execute(&NOTE_CHALLENGE, params![factor.user_id, factor.id, challenge]).await.map(drop)
}

/// What went: its kind, and whether it had been active.
pub(super) async fn delete(tx: &Tx, user: UserId, id: Id<Factor>) -> Result<Option<(FactorKind, bool)>, StoreError> {
    tx.one(&DELETE, params![user, id], gone).await
}

pub(super) async fn delete_all(tx: &Tx, user: UserId) -> Result<Vec<(FactorKind, bool)>, StoreError> {
    tx.all(&DELETE_ALL, params![user], gone).await
}

pub(super) async fn delete_recovery_set(tx: &Tx, user: UserId) -> Result<(), StoreError> {
    tx.execute(&DELETE_RECOVERY_SET, params![user]).await.map(drop)
}

pub(super) async fn insert_code(tx: &Tx, set: Id<Factor>, mac: &[u8; 32]) -> Result<(), StoreError> {
    tx.execute(&INSERT_CODE, params![set, mac]).await.map(drop)
}

/// `false` where it is no code of the set, or was used before.
pub(super) async fn take_code(tx: &Tx, set: Id<Factor>, mac: &[u8; 32], now: Timestamp) -> Result<bool, StoreError> {
    let taken = tx.one(&TAKE_CODE, params![set, mac, now], found).await?;
    Ok(taken.is_some())
}

/// The code that a flow waits for from a factor: the one sent last, and none before it.
pub(super) async fn put_flow_challenge(
    tx: &Tx,
    flow: &FlowKey,
    factor: Id<Factor>,
    challenge: ChallengeId,
) -> Result<(), StoreError> {
    tx.execute(&PUT_FLOW_CHALLENGE, params![flow.to_vec(), factor, challenge]).await.map(drop)
}

pub(super) async fn find_flow_challenge(
    db: &impl Query,
    flow: &FlowKey,
    factor: Id<Factor>,
) -> Result<Option<ChallengeId>, StoreError> {
    db.one(&FIND_FLOW_CHALLENGE, params![flow.to_vec(), factor], |row| row.get(0)).await
}

pub(super) async fn demand(tx: &Tx, user: UserId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(&DEMAND, params![user, now]).await.map(drop)
}

pub(super) async fn meet_demand(tx: &Tx, user: UserId) -> Result<(), StoreError> {
    tx.execute(&MEET_DEMAND, params![user]).await.map(drop)
}

fn found(row: &Row<'_>) -> Result<Id<Factor>, StoreError> {
    row.get(0)
}

fn gone(row: &Row<'_>) -> Result<(FactorKind, bool), StoreError> {
    Ok((row.named(0, "a kind of factor", FactorKind::from_name)?, row.get::<Option<Timestamp>>(1)?.is_some()))
}

impl Held {
    /// Take in a row of [`held_rows`], whose columns begin at `at`. `false` where it is somebody else's row.
    pub(crate) fn take(&mut self, row: &Row<'_>, at: usize) -> Result<bool, StoreError> {
        let kind: String = row.get(at + 1)?;
        match FactorKind::from_name(&kind) {
            Some(kind) => self.factors.push(facts(row, at, kind)?),
            None if kind == "demand" => self.is_enrolment_demanded = true,
            None => return Ok(false),
        }
        Ok(true)
    }
}

fn facts(row: &Row<'_>, at: usize, kind: FactorKind) -> Result<FactorFacts, StoreError> {
    let (name, address): (Option<String>, Option<String>) = (row.get(at + 2)?, row.get(at + 3)?);
    let remaining: u32 = row.get(at + 6)?;
    Ok(FactorFacts {
        id: row.get(at)?,
        kind,
        label: model::label(kind, name.as_deref(), address.as_deref()),
        created_at: row.get(at + 4)?,
        last_used_at: row.get(at + 5)?,
        remaining: (kind == FactorKind::RecoveryCode).then_some(remaining),
    })
}

fn factor(row: &Row<'_>) -> Result<Factor, StoreError> {
    Ok(Factor {
        id: row.get(0)?,
        user_id: row.get(1)?,
        kind: row.named(2, "a kind of factor", FactorKind::from_name)?,
        name: row.get(3)?,
        secret: row.get(4)?,
        last_step: row.get(5)?,
        address: row.get(6)?,
        challenge_id: row.get(7)?,
        activated_at: row.get(8)?,
        created_at: row.get(9)?,
    })
}
