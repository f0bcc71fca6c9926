//! The OAuth provider beside its ceilings, and beside npm `oidc-provider` (`bench/peer`) set up alike.
//!
//! Product, ceiling and peer take turns on the servers' core. The peer keeps its rows in SQLite where the product commits, in memory
//! where it only answers: each at its best.

mod compare;
mod conversations;
mod flow;
mod kinds;
mod peer;
mod side;

use anyhow::Result;

use self::{peer::Peer, side::Side};
use super::{P99_GOAL, stage::Stage, starting};
use crate::{
    memory,
    report::{Compared, Figure, Report, Unit},
};

pub(super) fn measure(stage: &Stage<'_>) -> Result<Report> {
    stage.say("an installation with clients and sessions");
    let installation = stage.new_installation()?;
    let server = installation.start(stage.cores)?;
    server.lift_limits()?;
    let ours = Side::ours(stage, &server)?;
    // Its adapter is for SQLite; beside PostgreSQL it would be another race.
    let peers = if stage.is_sqlite() { Peers::start(stage)? } else { Peers::default() };
    let compared = kinds::measure(stage, &ours, &peers)?;
    let mut figures: Vec<Figure> = slowest(&compared).into_iter().collect();
    figures.push(starting::memory_after_load(&server)?);
    for (name, peer) in [
        ("peer with SQLite: resident memory", &peers.with_sqlite),
        ("peer in memory: resident memory", &peers.in_memory),
    ] {
        if let Some(peer) = peer {
            let highest = memory::highest(peer.id())?;
            let figure = Figure::new(name, memory::resident(peer.id())?, Unit::Mebibytes);
            figures.push(figure.note(format!("{}; highest ever {highest:.1} MiB", peer.versions)));
        }
    }
    server.stop()?;
    Ok(Report { store: format!("OAuth, {}", stage.name()), rows: Vec::new(), compared, figures })
}

/// The peer twice, or not at all.
#[derive(Default)]
struct Peers {
    with_sqlite: Option<Peer>,
    in_memory: Option<Peer>,
}

impl Peers {
    fn start(stage: &Stage<'_>) -> Result<Self> {
        if !stage.options.peer.join("node_modules/oidc-provider").is_dir() {
            eprintln!("no peer: `npm ci` in {} brings it", stage.options.peer.display());
            return Ok(Self::default());
        }
        stage.say("two peers with sessions");
        Ok(Self { with_sqlite: Some(Peer::start(stage, true)?), in_memory: Some(Peer::start(stage, false)?) })
    }
}

/// No password is hashed here, so that the goal holds for every kind.
fn slowest(compared: &[Compared]) -> Vec<Figure> {
    let by_p99 = |one: &&Compared, other: &&Compared| one.row.summary.p99.total_cmp(&other.row.summary.p99);
    let ours = compared.iter().max_by(by_p99).map(|slowest| {
        let figure = Figure::new("highest p99", slowest.row.summary.p99, Unit::Milliseconds);
        figure.at_most(P99_GOAL).unchecked().note(slowest.row.kind)
    });
    let peers = compared.iter().filter_map(|compared| Some((compared.row.kind, compared.peer?.p99)));
    let peer = peers.max_by(|one, other| one.1.total_cmp(&other.1));
    let peer = peer.map(|(kind, p99)| Figure::new("highest p99 of the peer", p99, Unit::Milliseconds).note(kind));
    ours.into_iter().chain(peer).collect()
}
