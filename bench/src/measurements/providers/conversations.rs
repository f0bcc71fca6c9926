//! What connections say to a provider, over and over.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyhow::Result;

use super::{flow, side::Side};
use crate::{
    http::{Reply, Request, text_field},
    load::Conversation,
};

/// Tokens that are kept for the kinds that show each once.
const KEPT: usize = 60_000;

/// The access tokens that a kind leaves behind.
#[derive(Clone, Default)]
pub(super) struct Harvest(Arc<Mutex<Vec<String>>>);

impl Harvest {
    fn tokens(&self) -> MutexGuard<'_, Vec<String>> {
        // One thread drives all connections, so there is no half-done work to fear.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The oldest first: what was given out last is still remembered.
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.tokens())
    }
}

/// The same request each time, for a token.
#[derive(Clone)]
pub(super) struct Collect {
    pub(super) request: Arc<[u8]>,
    pub(super) harvest: Option<Harvest>,
}

impl Conversation for Collect {
    fn ask(&mut self, into: &mut Vec<u8>) -> bool {
        into.extend_from_slice(&self.request);
        true
    }

    fn hear(&mut self, reply: &Reply<'_>) -> Result<()> {
        reply.expect(200)?;
        if let Some(harvest) = &self.harvest {
            let mut tokens = harvest.tokens();
            if tokens.len() < KEPT {
                tokens.push(text_field(reply.body, "access_token")?.to_owned());
            }
        }
        Ok(())
    }
}

/// A refresh token, exchanged for the next one each time.
pub(super) struct Line {
    pub(super) address: SocketAddr,
    pub(super) basic: String,
    pub(super) refresh: String,
}

impl Line {
    pub(super) fn body(refresh: &str) -> String {
        format!("grant_type=refresh_token&refresh_token={refresh}")
    }
}

impl Conversation for Line {
    fn ask(&mut self, into: &mut Vec<u8>) -> bool {
        Request::form(flow::TOKEN, &Self::body(&self.refresh)).basic(&self.basic).write(self.address, into);
        true
    }

    fn hear(&mut self, reply: &Reply<'_>) -> Result<()> {
        reply.expect(200)?;
        text_field(reply.body, "id_token")?;
        text_field(reply.body, "refresh_token")?.clone_into(&mut self.refresh);
        Ok(())
    }
}

/// A browser with a session that asks for a code, and the client that redeems it.
pub(super) struct Exchange {
    address: SocketAddr,
    basic: String,
    authorize: Vec<u8>,
    /// That was given and not redeemed yet.
    code: Option<String>,
}

impl Exchange {
    pub(super) fn new(side: &Side, browser: &str) -> Self {
        let authorize = Request::get(&flow::authorization(side, true)).cookie(browser).to_bytes(side.address);
        Self { address: side.address, basic: side.web.basic.clone(), authorize, code: None }
    }
}

impl Conversation for Exchange {
    fn ask(&mut self, into: &mut Vec<u8>) -> bool {
        match &self.code {
            None => into.extend_from_slice(&self.authorize),
            Some(code) => {
                Request::form(flow::TOKEN, &flow::redemption(code)).basic(&self.basic).write(self.address, into);
            }
        }
        true
    }

    fn hear(&mut self, reply: &Reply<'_>) -> Result<()> {
        if self.code.take().is_none() {
            self.code = Some(flow::code(reply)?.to_owned());
            return Ok(());
        }
        reply.expect(200)?;
        text_field(reply.body, "id_token").map(drop)
    }
}
