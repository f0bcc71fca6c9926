//! One kept connection with its conversation.

use std::{net::SocketAddr, time::Instant};

use anyhow::{Context, Result, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{Conversation, Latencies, pace::Rhythm};
use crate::{http::Reply, stopwatch};

pub(super) struct Connection<C> {
    stream: TcpStream,
    conversation: C,
    request: Vec<u8>,
    buffer: Vec<u8>,
}

impl<C: Conversation> Connection<C> {
    pub(super) async fn open(address: SocketAddr, conversation: C) -> Result<Self> {
        let stream = TcpStream::connect(address).await.with_context(|| format!("no connection to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, conversation, request: Vec::new(), buffer: Vec::with_capacity(16 * 1_024) })
    }

    /// Ask until `end`; a request in flight then is waited for and counts.
    pub(super) async fn work(mut self, end: Instant, mut rhythm: Rhythm) -> Result<(Self, Latencies)> {
        let mut latencies = Latencies::default();
        while let Some(due) = rhythm.next(end).await {
            self.request.clear();
            if !self.conversation.ask(&mut self.request) {
                break;
            }
            let status = self.exchange().await?;
            latencies.note(status, due.elapsed());
        }
        Ok((self, latencies))
    }

    async fn exchange(&mut self) -> Result<u16> {
        self.stream.write_all(&self.request).await?;
        self.buffer.clear();
        loop {
            let count = self.stream.read_buf(&mut self.buffer).await?;
            ensure!(count > 0, "the server closed the connection");
            if let Some((reply, length)) = Reply::parse(&self.buffer)? {
                ensure!(length == self.buffer.len(), "more than one reply to a request");
                self.conversation.hear(&reply)?;
                return Ok(reply.status);
            }
        }
    }
}

impl Rhythm {
    /// When the next request is due, once that is now; `None` at the end.
    async fn next(&mut self, end: Instant) -> Option<Instant> {
        let now = stopwatch::now();
        let (at, due) = self.turn(now)?;
        if at.max(now) >= end {
            return None;
        }
        if at > now {
            tokio::time::sleep_until(at.into()).await;
            // The timer is as coarse as a millisecond; its lateness is not the server's.
            return Some(stopwatch::now());
        }
        Some(due)
    }
}
