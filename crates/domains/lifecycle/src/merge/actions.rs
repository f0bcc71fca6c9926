use edge::{Context, Export, Failure, Merge, PersonalData, Resource};
use identity::{
    sessions::EndReason,
    users::{User, UserId, bulk},
};
use kernel::{Refusal, Timestamp};
use store::{Query, StoreError, Tx, params};

use super::{
    error::MergeError,
    event::UserMerged,
    model::{Conflict, Moved, conflict, fill, primaries},
};
use crate::person::Personal;

/// Which two, and as which versions they were looked at.
pub(super) struct Wanted {
    pub(super) source: UserId,
    pub(super) target: UserId,
    pub(super) source_version: Option<i64>,
    pub(super) target_version: Option<i64>,
}

/// What a merge did, or would do.
pub(super) struct Merged {
    pub(super) user: User,
    pub(super) moved: Vec<Moved>,
    pub(super) lost: Vec<Moved>,
    pub(super) conflicts: Vec<Conflict>,
    pub(super) sessions_ended: u64,
}

/// What would become of the two.
pub(super) async fn preview(cx: &Context, wanted: &Wanted) -> Result<Merged, Failure> {
    let (source, target) = find(cx, wanted).await?;
    let tx = cx.store().begin(cx.own_origin()).await?;
    let merged = apply(&tx, &cx.part::<Personal>().0, &source, &target, cx.now()).await;
    tx.rollback().await;
    Ok(merged?)
}

/// One account of two, in one transaction.
pub(super) async fn merge(cx: &Context, wanted: &Wanted) -> Result<Merged, Failure> {
    let (source, target) = find(cx, wanted).await?;
    let tx = cx.tx().await?;
    let merged = apply(tx, &cx.part::<Personal>().0, &source, &target, cx.now()).await?;
    tx.emit(&UserMerged { user_id: target.id, merged_user_id: source.id, sessions_ended: merged.sessions_ended });
    Ok(merged)
}

async fn find(cx: &Context, wanted: &Wanted) -> Result<(User, User), Failure> {
    if wanted.source == wanted.target {
        return Err(MergeError::Same.into());
    }
    let read = cx.committed();
    let source = User::find(&read, wanted.source).await?.ok_or_else(Refusal::not_found)?;
    let target = User::find(&read, wanted.target).await?.ok_or_else(Refusal::not_found)?;
    let is_seen = |user: &User, version: Option<i64>| version.is_none_or(|version| version == user.version);
    if is_seen(&source, wanted.source_version) && is_seen(&target, wanted.target_version) {
        Ok((source, target))
    } else {
        Err(MergeError::Changed.into())
    }
}

async fn apply(
    tx: &Tx,
    registry: &[PersonalData],
    source: &User,
    target: &User,
    now: Timestamp,
) -> Result<Merged, MergeError> {
    // In the order of their ids, so that two merges of the same two can't wait for each other.
    let (first, second) = if source.id < target.id { (source, target) } else { (target, source) };
    if !bulk::hold(tx, first).await? || !bulk::hold(tx, second).await? {
        return Err(MergeError::Changed);
    }
    let sessions_ended = bulk::end_sessions(tx, source.id, EndReason::UserMerged, now).await?;
    let (mut moved, mut lost, mut conflicts) = (Vec::new(), Vec::new(), primaries(target, source));
    for data in registry {
        let count = follow(tx, data, source.id, target.id, &mut conflicts).await?;
        moved.extend((count > 0).then(|| Moved { kind: kind(data), count }));
        let count = stays_behind(tx, data, source.id).await?;
        lost.extend((count > 0).then(|| Moved { kind: kind(data), count }));
    }
    // What did not follow goes with the row, and its identifiers are free for the other.
    bulk::remove(tx, source.id).await?;
    let before = bulk::find(tx, target.id).await?.ok_or(MergeError::Changed)?;
    let (mut after, of_profile) = fill(before.clone(), source);
    conflicts.extend(of_profile);
    after.version += 1;
    after.updated_at = now;
    if !bulk::save(tx, &before, &after).await? {
        return Err(MergeError::Changed);
    }
    Ok(Merged { user: after, moved, lost, conflicts, sessions_ended })
}

/// Let a table's rows follow; how many did.
async fn follow(
    tx: &Tx,
    data: &PersonalData,
    source: UserId,
    target: UserId,
    conflicts: &mut Vec<Conflict>,
) -> Result<u64, StoreError> {
    match data.merge {
        Merge::Account | Merge::Leave(_) | Merge::Stay(_) => Ok(0),
        Merge::Move(moves) => tx.execute(moves, params![source, target]).await,
        Merge::MoveFree { moves, left } => {
            let count = tx.execute(moves, params![source, target]).await?;
            let stays = tx.all(left, params![source], |row| row.get::<Option<String>>(0)).await?;
            conflicts.extend(stays.into_iter().map(|lost| conflict(kind(data), None, lost)));
            Ok(count)
        }
    }
}

/// How many rows of a table go with the account.
async fn stays_behind(tx: &Tx, data: &PersonalData, source: UserId) -> Result<u64, StoreError> {
    match (data.merge, data.export) {
        (Merge::Leave(_), Export::Rows { select, .. }) => {
            Ok(tx.all(select, params![source], |_| Ok(())).await?.len() as u64)
        }
        _ => Ok(0),
    }
}

fn kind(data: &PersonalData) -> &'static str {
    match data.export {
        Export::Rows { section, .. } => section,
        Export::Withheld(_) => data.table,
    }
}
