//! What a connection asks, over and over.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use anyhow::Result;

use crate::http::Reply;

/// One side of a connection. A reply that was not expected is an error and ends the measurement.
pub(crate) trait Conversation: Send + 'static {
    /// Write the next request; `false` where nothing is left to ask.
    fn ask(&mut self, into: &mut Vec<u8>) -> bool;

    fn hear(&mut self, reply: &Reply<'_>) -> Result<()>;
}

/// The same request each time.
#[derive(Clone)]
pub(crate) struct Repeat {
    pub(crate) request: Arc<[u8]>,
    pub(crate) status: u16,
}

impl Repeat {
    pub(crate) fn ok(request: &[u8]) -> Self {
        Self { request: request.into(), status: 200 }
    }
}

impl Conversation for Repeat {
    fn ask(&mut self, into: &mut Vec<u8>) -> bool {
        into.extend_from_slice(&self.request);
        true
    }

    fn hear(&mut self, reply: &Reply<'_>) -> Result<()> {
        reply.expect(self.status)
    }
}

/// Requests that all connections take from one heap.
#[derive(Clone)]
pub(crate) struct OneOf {
    requests: Arc<[Vec<u8>]>,
    next: Arc<AtomicUsize>,
    is_once: bool,
}

impl OneOf {
    /// Each again and again, in turn.
    pub(crate) fn in_turn(requests: Vec<Vec<u8>>) -> Self {
        Self { requests: requests.into(), next: Arc::default(), is_once: false }
    }

    /// Each once; then nothing is left to ask.
    pub(crate) fn once(requests: Vec<Vec<u8>>) -> Self {
        Self { is_once: true, ..Self::in_turn(requests) }
    }
}

impl Conversation for OneOf {
    fn ask(&mut self, into: &mut Vec<u8>) -> bool {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        let place = if self.is_once { next } else { next % self.requests.len().max(1) };
        let request = self.requests.get(place);
        into.extend_from_slice(request.map_or(&[], Vec::as_slice));
        request.is_some()
    }

    fn hear(&mut self, reply: &Reply<'_>) -> Result<()> {
        reply.expect(200)
    }
}

/// A request that is made anew each time, from a number that no other has.
#[derive(Clone)]
pub(crate) struct Fresh<F> {
    pub(crate) make: F,
    pub(crate) next: Arc<AtomicUsize>,
    /// Those that are fine; another one ends the measurement.
    pub(crate) statuses: &'static [u16],
}

impl<F: Fn(usize, &mut Vec<u8>) + Send + 'static> Conversation for Fresh<F> {
    fn ask(&mut self, into: &mut Vec<u8>) -> bool {
        (self.make)(self.next.fetch_add(1, Ordering::Relaxed), into);
        true
    }

    fn hear(&mut self, reply: &Reply<'_>) -> Result<()> {
        if self.statuses.contains(&reply.status) {
            Ok(())
        } else {
            reply.expect(self.statuses.first().copied().unwrap_or(200))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(conversation: &mut impl Conversation) -> Option<String> {
        let mut request = Vec::new();
        conversation.ask(&mut request).then(|| String::from_utf8(request).unwrap())
    }

    #[test]
    fn a_heap_is_shared_by_its_clones() {
        let mut one = OneOf::once(vec![b"a".to_vec(), b"b".to_vec()]);
        let mut other = one.clone();
        assert_eq!([asked(&mut one), asked(&mut other), asked(&mut one)], [Some("a".into()), Some("b".into()), None]);
        let mut turning = OneOf::in_turn(vec![b"a".to_vec(), b"b".to_vec()]);
        assert_eq!(
            [asked(&mut turning), asked(&mut turning), asked(&mut turning)].map(Option::unwrap),
            ["a", "b", "a"]
        );
    }

    #[test]
    fn fresh_requests_accept_what_they_name() {
        let make = |number: usize, into: &mut Vec<u8>| into.extend_from_slice(number.to_string().as_bytes());
        let mut fresh = Fresh { make, next: Arc::default(), statuses: &[401, 429] };
        assert_eq!([asked(&mut fresh), asked(&mut fresh)].map(Option::unwrap), ["0", "1"]);
        assert!(fresh.hear(&Reply::bare(429, b"")).is_ok());
        assert!(fresh.hear(&Reply::bare(500, b"")).is_err());
    }
}
