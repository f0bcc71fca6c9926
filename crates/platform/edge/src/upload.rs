//! Bodies of any size: read line by line, never held as a whole.

use std::{marker::PhantomData, time::Duration};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::header::CONTENT_TYPE;
use http_body_util::BodyExt;
use kernel::{ErrorCode, Refusal, Shape};
use parking_lot::Mutex;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::{
    context::Context,
    input::{Argument, ArgumentFacts},
    json, serve,
};

/// A line may be this long, without its end.
const MAX_LINE: usize = 128 * 1024;
/// A sender that is silent for so long has gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// A body that is one JSON document `T` of up to 1 MiB, or a stream of lines of `R` (NDJSON) without end.
///
/// Nothing is read before the handler asks, so the body is no part of what an `Idempotency-Key` stands for.
pub struct Upload<T, R> {
    body: Body,
    is_lines: bool,
    types: PhantomData<fn() -> (T, R)>,
}

/// What was sent.
pub enum Sent<T> {
    Whole(T),
    Lines(LineReader),
}

/// The type of a stream of lines.
pub(crate) const NDJSON: &str = "application/x-ndjson";

impl<T, R> Argument for Upload<T, R>
where
    T: DeserializeOwned + JsonSchema + Send + 'static,
    R: JsonSchema + Send + 'static,
{
    fn facts() -> ArgumentFacts {
        ArgumentFacts::Upload { whole: Shape::of::<T>(), line: Shape::of::<R>() }
    }

    fn read(cx: &Context) -> Result<Self, Refusal> {
        let content_type = cx.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let is_lines = essence.eq_ignore_ascii_case(NDJSON);
        if !is_lines && !essence.eq_ignore_ascii_case("application/json") {
            return Err(serve::unsupported_media_type(
                "Send JSON with `Content-Type: application/json`, or a line each with `application/x-ndjson`.",
            ));
        }
        // A request that lost a race inside the database runs again, and its body is read already: it is no such request.
        let body = cx.request().upload.lock().take().ok_or_else(|| {
            Refusal::new(ErrorCode::Unavailable, "unavailable", "The service can't answer right now. Try again.")
        })?;
        Ok(Self { body, is_lines, types: PhantomData })
    }
}

impl<T: DeserializeOwned, R> Upload<T, R> {
    /// The document, read and checked as a whole; or the way to the lines.
    pub async fn open(self) -> Result<Sent<T>, Refusal> {
        if self.is_lines {
            return Ok(Sent::Lines(LineReader::of(self.body)));
        }
        let bytes = serve::collect(self.body).await?;
        json::parse(&bytes).map(Sent::Whole)
    }
}

/// Lines as they arrive.
pub struct LineReader {
    /// In a lock that nobody waits for: it makes the reader one that several may look at.
    body: Mutex<Option<Body>>,
    buffer: BytesMut,
    /// Of the line that was read last.
    number: u64,
}

/// One line of the body.
pub struct Line {
    /// Counted from 1, blank ones included: what an editor shows.
    pub number: u64,
    /// Without its end; `None` where it was too long to be kept.
    pub text: Option<Bytes>,
}

impl LineReader {
    /// Of any body, for those who read from a file.
    pub fn of(body: impl Into<Body>) -> Self {
        Self { body: Mutex::new(Some(body.into())), buffer: BytesMut::new(), number: 0 }
    }

    /// The next line that is not blank; `None` at the end of a body that is whole.
    pub async fn next(&mut self) -> Result<Option<Line>, Refusal> {
        loop {
            let Some((text, is_last)) = self.line().await? else { return Ok(None) };
            self.number += 1;
            match text {
                Some(text) if text.trim_ascii().is_empty() => {}
                text => return Ok(Some(Line { number: self.number, text })),
            }
            if is_last {
                return Ok(None);
            }
        }
    }

    /// A line, and whether the body ended with it.
    async fn line(&mut self) -> Result<Option<(Option<Bytes>, bool)>, Refusal> {
        let (mut seen, mut is_too_long) = (0, false);
        loop {
            if let Some(end) = self.buffer[seen..].iter().position(|byte| *byte == b'\n') {
                let mut line = self.buffer.split_to(seen + end + 1);
                line.truncate(seen + end);
                is_too_long |= line.len() > MAX_LINE;
                return Ok(Some(((!is_too_long).then(|| line.freeze()), false)));
            }
            if self.buffer.len() > MAX_LINE {
                is_too_long = true;
                self.buffer.clear();
            }
            seen = self.buffer.len();
            if !self.fill().await? {
                if self.buffer.is_empty() && !is_too_long {
                    return Ok(None);
                }
                let line = self.buffer.split().freeze();
                return Ok(Some(((!is_too_long).then_some(line), true)));
            }
        }
    }

    /// More of the body; `false` at its end.
    async fn fill(&mut self) -> Result<bool, Refusal> {
        let Some(body) = self.body.get_mut() else { return Ok(false) };
        loop {
            let frame = tokio::time::timeout(PATIENCE, body.frame()).await.map_err(|_| incomplete())?;
            match frame {
                None => {
                    *self.body.get_mut() = None;
                    return Ok(false);
                }
                Some(Err(_)) => return Err(incomplete()),
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.buffer.extend_from_slice(&data);
                        return Ok(true);
                    }
                }
            }
        }
    }
}

fn incomplete() -> Refusal {
    Refusal::new(ErrorCode::BadRequest, "incomplete_body", "The body ended before it was whole.")
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn lines(chunks: &[&str]) -> Vec<(u64, Option<String>)> {
        let chunks: Vec<Result<Bytes, std::io::Error>> =
            chunks.iter().map(|chunk| Ok(Bytes::from((*chunk).to_owned()))).collect();
        let body = Body::from_stream(futures_util::stream::iter(chunks));
        let mut reader = LineReader::of(body);
        let mut lines = Vec::new();
        while let Some(line) = reader.next().await.unwrap() {
            lines.push((line.number, line.text.map(|text| String::from_utf8(text.to_vec()).unwrap())));
        }
        lines
    }

    fn some(number: u64, text: &str) -> (u64, Option<String>) {
        (number, Some(text.to_owned()))
    }

    #[tokio::test]
    async fn lines_come_whole_however_the_body_is_cut() {
        assert_eq!(lines(&[]).await, []);
        assert_eq!(lines(&["a\nb\n"]).await, [some(1, "a"), some(2, "b")]);
        assert_eq!(lines(&["a", "b\n", "\n\r\nc", "", "d"]).await, [some(1, "ab"), some(4, "cd")]);
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_passed_over() {
        let long = "x".repeat(MAX_LINE - 1);
        let expected = [some(1, "a"), (2, None), some(3, "b")];
        assert_eq!(lines(&["a\n", &long, &long, &long, "\nb\n"]).await, expected);
        assert_eq!(lines(&["a\n", &long, "xx\nb\n"]).await, expected);
        assert_eq!(lines(&["a\n", &long, &long]).await, expected[..2]);
    }
}
