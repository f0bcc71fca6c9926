//! Many ask for a thing that only one may have.
//!
//! Each thing is raced a few times in every run; `RACE_ROUNDS=1000` is the long form. Races that need the stage of a slice stand with
//! it, as `racing`: `cargo test -p it -- races:: racing::` runs all of them.

mod idempotency;
mod messages;
mod oauth;
mod refresh;
mod single_use;
mod versions;

use std::sync::Arc;

use edge::Limit;
use kernel::tenant::CONSOLE;
use serde_json::json;
use store::{Origin, Query, params};
use tenancy::freshness::FRESH_FOR;
use tokio::{sync::Barrier, task::JoinSet};

use crate::kit::{Call, Reply, Server, password_hashes, variable};

/// How many ask at once.
pub(crate) const RACERS: usize = 50;

/// How often: a race that is lost once in a thousand is lost.
pub(crate) fn rounds(usual: usize) -> usize {
    variable("RACE_ROUNDS").map_or(usual, |rounds| rounds.parse().unwrap())
}

/// Send all of them at one moment, each from an address of its own; the answers in no order.
pub(crate) async fn race(calls: impl IntoIterator<Item = Call>) -> Vec<Reply> {
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

pub(crate) fn count(replies: &[Reply], status: u16) -> usize {
    replies.iter().filter(|reply| reply.status == status).count()
}

store::sql! {
    system CHEAPEN_CONSOLE = "update tenants set settings = $1 where id = $2";
    system CHEAPEN = "update tenants set settings = replace(settings, $1, $2)";
    system COUNT_ROWS = "select (select count(*) from users), (select count(*) from sessions), (select count(*) from passkeys),
                                (select count(*) from identities)";
}

/// What one winner leaves behind, in rows of the whole deployment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Came {
    pub(crate) users: i64,
    pub(crate) sessions: i64,
    pub(crate) passkeys: i64,
    pub(crate) identities: i64,
}

impl Came {
    pub(crate) const NOTHING: Self = Self { users: 0, sessions: 0, passkeys: 0, identities: 0 };
    pub(crate) const SESSION: Self = Self { sessions: 1, ..Self::NOTHING };

    async fn so_far(server: &Server) -> Self {
        let read = server.db().system_read();
        let counted = read.one(&COUNT_ROWS, params![], |row| {
            Ok(Self { users: row.get(0)?, sessions: row.get(1)?, passkeys: row.get(2)?, identities: row.get(3)? })
        });
        counted.await.unwrap().unwrap()
    }
}

/// Race them: one succeeds, and it alone leaves rows behind. Whoever lost hears that it is used up or was never there, and nothing of
/// our troubles.
pub(crate) async fn one_wins(server: &Server, what: &str, calls: impl IntoIterator<Item = Call>, came: Came) -> Reply {
    let before = Came::so_far(server).await;
    let replies = race(calls).await;
    for reply in &replies {
        assert!(matches!(reply.status, 200..=299 | 400 | 401 | 403 | 404 | 409), "{what}: {reply}");
    }
    let mut winners: Vec<Reply> = replies.into_iter().filter(|reply| reply.status < 300).collect();
    assert_eq!(winners.len(), 1, "{what}: {:?}", winners.iter().map(ToString::to_string).collect::<Vec<_>>());
    let after = Came::so_far(server).await;
    let left = Came {
        users: after.users - before.users,
        sessions: after.sessions - before.sessions,
        passkeys: after.passkeys - before.passkeys,
        identities: after.identities - before.identities,
    };
    assert_eq!(left, came, "{what}");
    winners.remove(0)
}

/// A server on which nobody is refused for asking often, and every way in by message is open.
pub(crate) async fn patient() -> Server {
    let server = Server::start().await;
    let often = |name: &str| json!({ "name": name, "requests": 1_000_000, "seconds": 60 });
    let limits = json!({ "rate_limits": Limit::ALL.map(|limit| often(limit.name())) });
    server.root().patch("/v1/settings", limits).await.expect(200);
    let sign_in = json!({
        "methods": ["password", "passkey", "social", "magic_link", "email_code", "sms_code"],
        "magic_link_other_browser": true,
        "limits": { "emails_per_address": 200, "sms_per_number": 50, "sms_per_day": 1_000_000 },
    });
    server.root().put("/v1/settings/sign-in", sign_in).await.expect(200);
    server
}

/// From now on a hash of this server costs next to nothing. No setting goes below what OWASP names, so it is written past them: where
/// fifty passwords are hashed in each round, the hashing would be all that a thousand rounds do.
pub(crate) async fn cheap_passwords(server: &Server) {
    let named = json!({ "passwords": { "memory_kib": 20_000, "iterations": 2 } });
    server.root().patch("/v1/settings", named).await.expect(200);
    let tx = server.db().begin_system(Origin::system(CONSOLE)).await.unwrap();
    let console = json!({ "passwords": { "memory_kib": 64, "iterations": 1 } }).to_string();
    tx.execute(&CHEAPEN_CONSOLE, params![console, CONSOLE]).await.unwrap();
    tx.execute(&CHEAPEN, params!["\"memory_kib\":20000", "\"memory_kib\":64"]).await.unwrap();
    tx.commit().await.unwrap();
    server.turn_clock(FRESH_FOR * 2);
    server.user("cheap@example.com").await;
    let hashes = password_hashes(server.db()).await;
    assert!(hashes.iter().all(|phc| phc.contains("m=64,")), "{hashes:?}");
}
