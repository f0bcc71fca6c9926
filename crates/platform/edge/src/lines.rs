//! Replies of any size: lines of JSON (NDJSON), written as they are made, after the handler has returned.

use std::{marker::PhantomData, pin::Pin, sync::Arc};

use bytes::Bytes;
use futures_util::{Stream, stream};
use http::StatusCode;
use kernel::Shape;
use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::{
    endpoint::Surface,
    envelope::Meta,
    failure::Failure,
    reply::{ReplyFacts, ReplyKind, Respond},
    upload::NDJSON,
};

/// Makes the lines of a reply. It owns what it needs: the request's transaction is over by the time it is asked.
pub trait LineSource: Send + 'static {
    /// Some more whole lines, as [`line`] makes them; `None` at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<Vec<u8>>, Failure>> + Send;
}

/// What goes out bit by bit.
pub(crate) type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, std::convert::Infallible>> + Send>>;

/// A reply of lines of `T`.
pub struct Lines<T> {
    stream: ByteStream,
    item: PhantomData<fn() -> T>,
}

impl<T> Lines<T> {
    /// Lines that are made as fast as they are read.
    pub fn of(source: impl LineSource) -> Self {
        let stream = stream::unfold(Some(source), |source| async {
            let (lines, source) = step(source?).await?;
            Some((Ok(lines), source))
        });
        Self { stream: Box::pin(stream), item: PhantomData }
    }

    /// Lines that are made while the body of the request is still coming in.
    ///
    /// Many clients read nothing before they have sent everything. If nothing were made meanwhile, either side would wait for
    /// the other: so the work goes on by itself, and what nobody has read yet waits in memory, up to a bound.
    pub fn while_receiving(source: impl LineSource) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        let room = Arc::new(Semaphore::new(UNREAD));
        #[expect(clippy::disallowed_methods, reason = "it ends with the request: with its body, or with its reader")]
        tokio::spawn(async move {
            let mut source = Some(source);
            while let Some((lines, rest)) = match source.take() {
                Some(source) => step(source).await,
                None => None,
            } {
                let share = u32::try_from(lines.len().min(UNREAD)).unwrap_or_default();
                let Ok(share) = Arc::clone(&room).acquire_many_owned(share).await else { return };
                if sender.send((lines, share)).is_err() {
                    return;
                }
                source = rest;
            }
        });
        let stream = stream::unfold(receiver, |mut receiver| async {
            let (lines, _share): (Bytes, OwnedSemaphorePermit) = receiver.recv().await?;
            Some((Ok(lines), receiver))
        });
        Self { stream: Box::pin(stream), item: PhantomData }
    }
}

/// Bytes that may wait for a reader: the results of some half a million rows.
const UNREAD: usize = 64 * 1024 * 1024;

/// Some lines, and who makes the next ones.
async fn step<S: LineSource>(mut source: S) -> Option<(Bytes, Option<S>)> {
    match source.next().await {
        Ok(Some(lines)) => Some((lines.into(), Some(source))),
        Ok(None) => None,
        // The status is long gone; this line and no end behind it say what happened.
        Err(failure) => Some((line(&Broken::of(&failure)).into(), None)),
    }
}

/// A value as a line.
pub fn line<T: Serialize>(value: &T) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.push(b'\n');
    line
}

#[derive(Serialize)]
struct Broken<'a> {
    error: BrokenBecause<'a>,
}

#[derive(Serialize)]
struct BrokenBecause<'a> {
    reason: &'static str,
    message: &'a str,
}

impl<'a> Broken<'a> {
    fn of(failure: &'a Failure) -> Self {
        Self { error: BrokenBecause { reason: failure.refusal.reason, message: &failure.refusal.message } }
    }
}

impl<T: JsonSchema + 'static> Respond for Lines<T> {
    const CONTENT_TYPE: Option<&'static str> = Some(NDJSON);

    fn facts() -> ReplyFacts {
        ReplyFacts { kind: ReplyKind::Stream, schema: Some(Shape::of::<T>()) }
    }

    fn write(self, _: Surface, status: StatusCode, _: &Meta) -> (StatusCode, Bytes) {
        (status, Bytes::new())
    }

    fn stream(self, status: StatusCode) -> Result<(StatusCode, ByteStream), Self> {
        Ok((status, self.stream))
    }
}
