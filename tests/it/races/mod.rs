//! Many ask for a thing that only one may have.

mod idempotency;
mod refresh;
mod single_use;
mod versions;

use std::sync::Arc;

use tokio::{sync::Barrier, task::JoinSet};

use crate::kit::{Call, Reply};

/// How many ask at once.
const RACERS: usize = 50;
/// How often: a race that is lost once in a hundred is lost.
const ROUNDS: usize = 100;

/// Send all of them at one moment, each from a network of its own; the answers in no order.
async fn race(calls: impl IntoIterator<Item = Call>) -> Vec<Reply> {
    let calls: Vec<Call> = calls.into_iter().collect();
    let barrier = Arc::new(Barrier::new(calls.len()));
    let mut racers = JoinSet::new();
    for (number, call) in calls.into_iter().enumerate() {
        let barrier = Arc::clone(&barrier);
        let call = call.from(&format!("198.18.7.{number}"));
        racers.spawn(async move {
            barrier.wait().await;
            call.await
        });
    }
    racers.join_all().await
}

fn count(replies: &[Reply], status: u16) -> usize {
    replies.iter().filter(|reply| reply.status == status).count()
}
