//! How many wrong second factors an account takes in a day, over all flows, sessions, factors and surfaces.
//!
//! A flow dies after a few wrong tries, but whoever knows the password begins another one; this is what makes guessing hopeless
//! all the same. Twenty tries a day against three open codes of a million are one chance in a thousand in two weeks. Recovery
//! codes have a budget of their own: their 50 bits need none, and a person whose app is shut out by somebody else's guesses
//! still comes in with one, or with a passkey or a trusted device, which count nothing.

use std::time::Duration;

use edge::Context;
use kernel::Timestamp;
use store::{Query, StoreError, Tx, params, sql};

use crate::users::UserId;

const DAY: Duration = Duration::from_hours(24);

/// What is guessed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Budget {
    /// Codes of six digits.
    Code,
    /// Recovery codes.
    Recovery,
}

impl Budget {
    const fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Recovery => "recovery",
        }
    }

    const fn tries(self) -> u32 {
        match self {
            Self::Code => 20,
            Self::Recovery => 10,
        }
    }
}

sql! {
    // Taken before the code is looked at, so that fifty tries at once get no more than the budget has. A day begins with the
    // first try after the last one ended.
    SPEND = "insert into factor_tries (tenant_id, user_id, budget, since, wrong) values ($1, $2, $3, $4, 1)
             on conflict (tenant_id, user_id, budget) do update
             set wrong = case when factor_tries.since <= $5 then 1 else factor_tries.wrong + 1 end,
                 since = case when factor_tries.since <= $5 then excluded.since else factor_tries.since end
             where factor_tries.since <= $5 or factor_tries.wrong < $6
             returning wrong";
    SINCE = "select since from factor_tries where tenant_id = $1 and user_id = $2 and budget = $3";
    GIVE_BACK = "update factor_tries set wrong = wrong - 1 where tenant_id = $1 and user_id = $2 and budget = $3 and wrong > 0";
    CLEAR = "delete from factor_tries where tenant_id = $1 and user_id = $2";
}

/// Take one try; where the day's are gone, how long to wait for the next. What was right is given back.
pub(super) async fn spend(cx: &Context, user: UserId, budget: Budget) -> Result<Option<Duration>, StoreError> {
    let tx = cx.tx().await?;
    let spent: Option<u32> = tx
        .one(&SPEND, params![user, budget.name(), cx.now(), cx.now() - DAY, budget.tries()], |row| row.get(0))
        .await?;
    if spent.is_some() {
        return Ok(None);
    }
    let since: Option<Timestamp> = tx.one(&SINCE, params![user, budget.name()], |row| row.get(0)).await?;
    Ok(Some(since.map_or(DAY, |since| (since + DAY).since(cx.now()))))
}

/// A fresh start, after a reset.
pub(super) async fn clear(tx: &Tx, user: UserId) -> Result<(), StoreError> {
    tx.execute(&CLEAR, params![user]).await.map(drop)
}

pub(super) async fn give_back(tx: &Tx, user: UserId, budget: Budget) -> Result<(), StoreError> {
    tx.execute(&GIVE_BACK, params![user, budget.name()]).await.map(drop)
}
