//! Product, ceiling and peer in turns.

use std::time::Duration;

use anyhow::Result;

use super::side::Side;
use crate::{
    ceilings::TokenWork,
    load::{Conversation, Lane, OneOf, Sample, Summary},
    measurements::{rounds::in_turns, stage::Stage},
    report::{Ceiling, Compared, PeerFigures, Row},
};

const WARM_UP: Duration = Duration::from_millis(200);
/// Until a just-in-time compiler has seen what there is to see.
const PEER_WARM_UP: Duration = Duration::from_millis(1_500);

/// A kind of request with its goals.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) ceiling: &'static str,
    /// Of the ceiling, for each of its requests.
    pub(super) work: TokenWork,
    /// The most that the product's CPU time may be, as a multiple of the ceiling's.
    pub(super) goal: Option<f64>,
    /// The least that the peer's may be, as a multiple of the product's.
    pub(super) faster: Option<f64>,
    /// What its ceiling is called with a read more, where the database has to be asked each time: on PostgreSQL, since nobody tells
    /// of its changes.
    pub(super) asking: Option<&'static str>,
    /// So many requests belong together.
    pub(super) requests: u32,
}

impl Kind {
    /// With the ceiling of this store.
    pub(super) fn on(self, stage: &Stage<'_>) -> Self {
        match self.asking {
            Some(ceiling) if !stage.is_sqlite() => {
                let work = TokenWork { reads: self.work.reads + 1, ..self.work };
                Self { ceiling, work, ..self }
            }
            _ => self,
        }
    }
}

/// Load for so long, and what it cost.
pub(super) type Slices<'a> = Box<dyn FnMut(Duration) -> Result<Sample> + 'a>;

pub(super) fn slices<C: Conversation>(mut lane: Lane<'_, C>) -> Slices<'_> {
    Box::new(move |duration| lane.slice(duration))
}

/// Each request again and again.
pub(super) fn ask_all<'a>(stage: &Stage<'a>, side: &Side, requests: Vec<Vec<u8>>) -> Result<Slices<'a>> {
    side.lane(stage.driver, stage.each(OneOf::in_turn(requests))).map(slices)
}

/// Each request once: a share of them for each round and one for the warm-up, so that a fast server does not leave the last rounds
/// without.
pub(super) fn once<'b>(stage: &'b Stage<'_>, side: &'b Side, mut requests: Vec<Vec<u8>>) -> Slices<'b> {
    let share = requests.len() / (stage.plan.rounds + 1);
    Box::new(move |duration| {
        let heap = OneOf::once(requests.split_off(requests.len() - share));
        side.lane(stage.driver, stage.each(heap))?.slice(duration)
    })
}

/// `body` is what the ceiling is asked with, as long as what the product is asked with.
pub(super) fn compare(
    stage: &Stage<'_>,
    kind: &Kind,
    length: usize,
    body: Option<&str>,
    mut ours: Slices<'_>,
    peer: Option<Slices<'_>>,
) -> Result<Compared> {
    let bare = stage.token_ceiling(TokenWork { body: length, ..kind.work })?;
    let mut ceiling = match body {
        Some(body) => stage.commit_lane(&bare, body)?,
        None => stage.ceiling_lane(&bare)?,
    };
    let slice = stage.plan.slice;
    ours(WARM_UP)?;
    ceiling.slice(WARM_UP)?;
    let (ours, bare, peer) = match peer {
        None => {
            let [ours, bare] = in_turns(stage.plan.rounds, || Ok([ours(slice)?, ceiling.slice(slice)?]))?;
            (ours, bare, None)
        }
        Some(mut peer) => {
            peer(PEER_WARM_UP)?;
            let [ours, bare, peer] =
                in_turns(stage.plan.rounds, || Ok([ours(slice)?, ceiling.slice(slice)?, peer(slice)?]))?;
            (ours, bare, Some(together(peer, kind.requests)))
        }
    };
    let cpu = together(bare, kind.requests).cpu;
    let ceiling = Ceiling { what: kind.ceiling, cpu, goal: kind.goal };
    let row =
        Row { kind: kind.name, summary: together(ours, kind.requests), ceiling: Some(ceiling), is_hashing: false };
    let peer = peer.map(|Summary { cpu, p99, per_second, .. }| PeerFigures { cpu, p99, per_second, goal: kind.faster });
    Ok(Compared { row, peer })
}

/// The figures of `requests` that belong together; latencies stay those of one.
fn together(summary: Summary, requests: u32) -> Summary {
    let count = f64::from(requests);
    Summary {
        per_second: summary.per_second / count,
        cpu: summary.cpu * count,
        cpu_beside_hash: summary.cpu_beside_hash * count,
        cpu_of_database: summary.cpu_of_database * count,
        ..summary
    }
}
