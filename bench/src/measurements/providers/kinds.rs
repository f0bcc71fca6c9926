//! What is asked of a provider, and how well it has to be answered.

use anyhow::{Context, Result};

use super::{
    Peers,
    compare::{Kind, Slices, ask_all, compare, once, slices},
    conversations::{Collect, Exchange, Harvest, Line},
    flow::{self, Tokens},
    side::{Machine, Side},
};
use crate::{
    ceilings::TokenWork,
    http::{Client, Request},
    load::{OneOf, Repeat},
    measurements::stage::{Stage, body_length},
    report::Compared,
};

const NOTHING: TokenWork = TokenWork::NOTHING;

const EDDSA: Kind = Kind {
    name: "client credentials, EdDSA JWT",
    ceiling: "bare reply + EdDSA",
    work: TokenWork { eddsa: 1, ..NOTHING },
    goal: Some(1.5),
    faster: Some(10.0),
    asking: None,
    requests: 1,
};
const ES256: Kind = Kind {
    name: "client credentials, ES256 JWT",
    ceiling: "bare reply + ES256",
    work: TokenWork { es256: 1, ..NOTHING },
    ..EDDSA
};
const OPAQUE: Kind = Kind {
    name: "client credentials, opaque, committed",
    ceiling: "bare commit",
    work: TokenWork { commits: 1, ..NOTHING },
    goal: Some(2.0),
    faster: Some(8.0),
    asking: None,
    requests: 1,
};
const REFRESH: Kind = Kind {
    name: "refresh, rotated, committed",
    ceiling: "bare commit + 2 EdDSA",
    work: TokenWork { commits: 1, eddsa: 2, ..NOTHING },
    goal: Some(2.0),
    faster: Some(10.0),
    asking: None,
    requests: 1,
};
/// Each of the two requests commits, and the second signs twice: one signature each, as far as the ceiling is concerned.
const EXCHANGE: Kind = Kind {
    name: "code exchange: authorize and token",
    ceiling: "2 bare commits + 2 EdDSA",
    work: TokenWork { commits: 1, eddsa: 1, ..NOTHING },
    goal: Some(2.0),
    faster: Some(8.0),
    asking: None,
    requests: 2,
};
const INTROSPECT_OPAQUE: Kind = Kind {
    name: "introspection, opaque",
    ceiling: "bare reply",
    work: NOTHING,
    goal: Some(2.0),
    faster: Some(9.0),
    asking: Some("bare reply + read"),
    requests: 1,
};
const INTROSPECT_OPAQUE_NEW: Kind = Kind {
    name: "introspection, opaque, not seen before",
    ceiling: "bare reply + read",
    work: TokenWork { reads: 1, ..NOTHING },
    asking: None,
    ..INTROSPECT_OPAQUE
};
const INTROSPECT_JWT: Kind = Kind {
    name: "introspection, JWT",
    ceiling: "bare reply + claims by jti",
    work: TokenWork { lookups: 1, ..NOTHING },
    goal: Some(1.2),
    faster: Some(3.0),
    asking: Some("bare reply + claims by jti + read"),
    requests: 1,
};
const INTROSPECT_JWT_NEW: Kind = Kind {
    name: "introspection, JWT, not seen before",
    ceiling: "the same + EdDSA check",
    work: TokenWork { lookups: 1, checks: 1, ..NOTHING },
    asking: Some("the same + EdDSA check"),
    ..INTROSPECT_JWT
};
const USERINFO: Kind = Kind { name: "userinfo", faster: Some(8.0), ..INTROSPECT_OPAQUE };
const DISCOVERY: Kind =
    Kind { name: "discovery", goal: Some(1.3), faster: Some(5.0), asking: None, ..INTROSPECT_OPAQUE };

const TOKEN: &str = "/oauth2/token";
const INTROSPECT: &str = "/oauth2/introspect";
const USERINFO_PATH: &str = "/oauth2/userinfo";
const DISCOVERY_PATH: &str = "/.well-known/openid-configuration";
const CLIENT_CREDENTIALS: &str = "grant_type=client_credentials";
/// Tokens that are shown again and again. The peer's memory holds a thousand rows of all kinds.
const SHOWN: usize = 64;
/// Tokens for those kinds that show each once, where the kinds that make tokens did not run.
const FEW: usize = 4_000;

pub(super) fn measure(stage: &Stage<'_>, ours: &Side, peers: &Peers) -> Result<Vec<Compared>> {
    let kinds = Kinds {
        stage,
        ours,
        stored: peers.with_sqlite.as_ref().map(|peer| &peer.side),
        quick: peers.in_memory.as_ref().map(|peer| &peer.side),
    };
    let mut rows = Vec::new();
    let mut add = |kind: &Kind, row: &dyn Fn(&Kind) -> Result<Compared>| {
        if stage.options.wants(kind.name) {
            stage.say(kind.name);
            rows.push(row(&kind.on(stage)).with_context(|| kind.name)?);
        }
        anyhow::Ok(())
    };
    // First, while the sessions of the browsers are young.
    add(&EXCHANGE, &|kind| kinds.exchange(kind))?;
    add(&REFRESH, &|kind| kinds.refresh(kind))?;
    add(&USERINFO, &|kind| kinds.userinfo(kind))?;
    let (jwts, handles) = (Harvest::default(), Harvest::default());
    add(&EDDSA, &|kind| kinds.client_credentials(kind, |side| &side.eddsa, kinds.quick, Some(&jwts)))?;
    add(&ES256, &|kind| kinds.client_credentials(kind, |side| &side.es256, kinds.quick, None))?;
    add(&OPAQUE, &|kind| kinds.client_credentials(kind, |side| &side.opaque, kinds.stored, Some(&handles)))?;
    add(&INTROSPECT_OPAQUE, &|kind| kinds.introspect(kind, |side| &side.opaque))?;
    add(&INTROSPECT_OPAQUE_NEW, &|kind| kinds.introspect_new(kind, &handles, |side| &side.opaque))?;
    add(&INTROSPECT_JWT, &|kind| kinds.introspect(kind, |side| &side.eddsa))?;
    add(&INTROSPECT_JWT_NEW, &|kind| kinds.introspect_new(kind, &jwts, |side| &side.eddsa))?;
    add(&DISCOVERY, &|kind| kinds.discovery(kind))?;
    Ok(rows)
}

struct Kinds<'a, 'b> {
    stage: &'b Stage<'a>,
    ours: &'b Side,
    /// The peer with SQLite.
    stored: Option<&'b Side>,
    /// The peer in memory.
    quick: Option<&'b Side>,
}

impl<'a> Kinds<'a, '_> {
    fn client_credentials(
        &self,
        kind: &Kind,
        machine: fn(&Side) -> &Machine,
        peer: Option<&Side>,
        harvest: Option<&Harvest>,
    ) -> Result<Compared> {
        let request =
            |side: &Side| Request::form(TOKEN, CLIENT_CREDENTIALS).basic(&machine(side).basic).to_bytes(side.address);
        let length = body_length(self.ours.address, &request(self.ours))?;
        let collect = Collect { request: request(self.ours).into(), harvest: harvest.cloned() };
        let ours = slices(self.ours.lane(self.stage.driver, self.stage.each(collect))?);
        let peer = self.again_and_again(peer, request)?;
        compare(self.stage, kind, length, Some(CLIENT_CREDENTIALS), ours, peer)
    }

    fn refresh(&self, kind: &Kind) -> Result<Compared> {
        let lines = |side: &Side| -> Result<Slices<'a>> {
            let lines = side.browsers.iter().map(|browser| {
                let Tokens { refresh, .. } = flow::tokens(side, browser, true)?;
                Ok(Line { address: side.address, basic: side.web.basic.clone(), refresh })
            });
            let lines: Vec<Line> = lines.collect::<Result<_>>()?;
            Ok(slices(side.lane(self.stage.driver, lines)?))
        };
        let length = flow::tokens(self.ours, self.ours.browser()?, true)?.length;
        let body = Line::body("pc_or_0123456789abcdef0123456789abcdef0123456789abcdef");
        compare(self.stage, kind, length, Some(&body), lines(self.ours)?, self.stored.map(lines).transpose()?)
    }

    fn exchange(&self, kind: &Kind) -> Result<Compared> {
        let exchanges = |side: &Side| {
            let exchanges = side.browsers.iter().map(|browser| Exchange::new(side, browser));
            side.lane(self.stage.driver, exchanges).map(slices)
        };
        // Of the two replies only the second has a body.
        let length = flow::tokens(self.ours, self.ours.browser()?, true)?.length / 2;
        let body = flow::redemption("pc_ac_0123456789abcdef0123456789abcdef0123");
        compare(self.stage, kind, length, Some(&body), exchanges(self.ours)?, self.stored.map(exchanges).transpose()?)
    }

    /// The peer refuses to introspect JWTs; what it says of its handles stands beside ours.
    fn introspect(&self, kind: &Kind, machine: fn(&Side) -> &Machine) -> Result<Compared> {
        let ours = introspections(self.ours, machine(self.ours), SHOWN)?;
        let length = body_length(self.ours.address, ours.first().context("a token")?)?;
        let ours = slices(self.ours.lane(self.stage.driver, self.stage.each(OneOf::in_turn(ours)))?);
        let peer = self.peers_introspection()?;
        compare(self.stage, kind, length, Some(&introspection(&"t".repeat(kind.shown_length()))), ours, peer)
    }

    /// Each token once.
    fn introspect_new(&self, kind: &Kind, harvest: &Harvest, machine: fn(&Side) -> &Machine) -> Result<Compared> {
        let tokens = harvest.take();
        let mut requests = if tokens.is_empty() {
            introspections(self.ours, machine(self.ours), FEW)?
        } else {
            tokens.iter().map(|token| introspect(self.ours, token)).collect()
        };
        let length = body_length(self.ours.address, &requests.pop().context("a token")?)?;
        let ours = once(self.stage, self.ours, requests);
        let peer = self.peers_introspection()?;
        compare(self.stage, kind, length, Some(&introspection(&"t".repeat(kind.shown_length()))), ours, peer)
    }

    fn peers_introspection(&self) -> Result<Option<Slices<'a>>> {
        let Some(peer) = self.quick else { return Ok(None) };
        let requests = introspections(peer, &peer.opaque, SHOWN)?;
        Ok(Some(slices(peer.lane(self.stage.driver, self.stage.each(OneOf::in_turn(requests)))?)))
    }

    fn userinfo(&self, kind: &Kind) -> Result<Compared> {
        let requests = |side: &Side| -> Result<Vec<Vec<u8>>> {
            // Tokens of the peer that are JWTs are for others than itself.
            let tokens = side.browsers.iter().map(|browser| flow::tokens(side, browser, false));
            tokens
                .map(|tokens| Ok(Request::get(USERINFO_PATH).bearer(&tokens?.access).to_bytes(side.address)))
                .collect()
        };
        let ours = requests(self.ours)?;
        let length = body_length(self.ours.address, ours.first().context("a person")?)?;
        let lane = |side: &Side, requests| ask_all(self.stage, side, requests);
        let ours = lane(self.ours, ours)?;
        let peer = self.quick.map(|peer| lane(peer, requests(peer)?)).transpose()?;
        compare(self.stage, kind, length, None, ours, peer)
    }

    fn discovery(&self, kind: &Kind) -> Result<Compared> {
        let request = |side: &Side| Request::get(DISCOVERY_PATH).to_bytes(side.address);
        let length = body_length(self.ours.address, &request(self.ours))?;
        let ours = self.again_and_again(Some(self.ours), request)?.context("ours")?;
        compare(self.stage, kind, length, None, ours, self.again_and_again(self.quick, request)?)
    }

    fn again_and_again(&self, side: Option<&Side>, request: impl Fn(&Side) -> Vec<u8>) -> Result<Option<Slices<'a>>> {
        let lane = |side: &Side| side.lane(self.stage.driver, self.stage.each(Repeat::ok(&request(side))));
        Ok(side.map(lane).transpose()?.map(slices))
    }
}

fn introspections(side: &Side, machine: &Machine, count: usize) -> Result<Vec<Vec<u8>>> {
    let request = Request::form(TOKEN, CLIENT_CREDENTIALS).basic(&machine.basic).to_bytes(side.address);
    let mut client = Client::connect(side.address)?;
    let tokens = (0..count).map(|_| client.send(&request, flow::access_token));
    tokens.map(|token| Ok(introspect(side, &token?))).collect()
}

fn introspection(token: &str) -> String {
    format!("token={token}")
}

fn introspect(side: &Side, token: &str) -> Vec<u8> {
    Request::form(INTROSPECT, &introspection(token)).basic(&side.opaque.basic).to_bytes(side.address)
}

impl Kind {
    /// About as long as the token that is asked about.
    fn shown_length(&self) -> usize {
        if self.work.lookups > 0 { 500 } else { 49 }
    }
}
