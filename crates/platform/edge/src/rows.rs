//! Replies of any size as the caller accepts them: lines of JSON, or a table for a spreadsheet (RFC 4180).

use bytes::Bytes;
use http::{StatusCode, header::ACCEPT};
use kernel::Shape;
use schemars::JsonSchema;

use crate::{
    context::Context,
    endpoint::Surface,
    envelope::Meta,
    lines::{ByteStream, LineSource, Lines},
    reply::{ReplyFacts, ReplyKind, Respond},
};

pub(crate) const CSV: &str = "text/csv";

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFormat {
    /// A JSON object each, on a line each.
    Json,
    /// Comma-separated values under a line of names.
    Csv,
}

impl RowFormat {
    /// As the request's `Accept` says (RFC 9110, section 12.5.1); lines of JSON where it does not name the other.
    pub fn accepted(cx: &Context) -> Self {
        let names_csv = |range: &str| range.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case(CSV));
        match cx.header(ACCEPT) {
            Some(accept) if accept.split(',').any(names_csv) => Self::Csv,
            _ => Self::Json,
        }
    }
}

/// A reply of rows of `T`.
pub struct Rows<T> {
    lines: Lines<T>,
    format: RowFormat,
}

impl<T> Rows<T> {
    /// Rows that the source writes in this format, as fast as they are read.
    pub fn of(format: RowFormat, source: impl LineSource) -> Self {
        Self { lines: Lines::of(source), format }
    }
}

impl<T: JsonSchema + 'static> Respond for Rows<T> {
    const CONTENT_TYPE: Option<&'static str> = Lines::<T>::CONTENT_TYPE;

    fn content_type(&self) -> Option<&'static str> {
        match self.format {
            RowFormat::Json => Self::CONTENT_TYPE,
            RowFormat::Csv => Some("text/csv; charset=utf-8; header=present"),
        }
    }

    fn facts() -> ReplyFacts {
        ReplyFacts { kind: ReplyKind::Rows, schema: Some(Shape::of::<T>()) }
    }

    fn write(self, surface: Surface, status: StatusCode, meta: &Meta) -> (StatusCode, Bytes) {
        self.lines.write(surface, status, meta)
    }

    fn stream(self, status: StatusCode) -> Result<(StatusCode, ByteStream), Self> {
        let Self { lines, format } = self;
        lines.stream(status).map_err(|lines| Self { lines, format })
    }
}
