//! What goes out: a view, a page of views, nothing, or a document whose shape a standard fixes.

use std::borrow::Cow;

use bytes::Bytes;
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LOCATION},
};
use kernel::Page;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use crate::{
    context::Context,
    cursor,
    endpoint::Surface,
    envelope::{self, Meta},
    failure::Failure,
    headers::version_tag,
};

/// What every handler returns.
pub type Reply<T> = Result<Success<T>, Failure>;

/// A body with what goes around it.
pub struct Success<T> {
    body: T,
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// 200.
pub fn ok<T>(body: impl Into<T>) -> Reply<T> {
    Ok(Success { body: body.into(), status: StatusCode::OK, headers: Vec::new() })
}

/// 201.
pub fn created<T>(body: impl Into<T>) -> Reply<T> {
    Ok(Success { body: body.into(), status: StatusCode::CREATED, headers: Vec::new() })
}

/// 200 with the thing's version as its ETag (RFC 9110, section 8.8.3).
pub fn versioned<T>(version: i64, body: impl Into<T>) -> Reply<T> {
    Ok(Success { body: body.into(), status: StatusCode::OK, headers: Vec::new() }.version(version))
}

/// 202: taken on, finished later.
pub fn accepted<T>(body: impl Into<T>) -> Reply<T> {
    Ok(Success { body: body.into(), status: StatusCode::ACCEPTED, headers: Vec::new() })
}

/// Nothing to say: 204 on the data plane, an envelope with `data: null` on the platform.
pub fn no_content() -> Reply<Nothing> {
    Ok(Success { body: Nothing, status: StatusCode::NO_CONTENT, headers: Vec::new() })
}

/// A page, its cursor sealed for this list.
pub fn listed<T, V: From<T>, K: Serialize>(cx: &Context, page: Page<T, K>) -> Reply<Listed<V>> {
    let next_cursor = page.next.as_ref().map(|key| cursor::seal(cx, key)).transpose()?;
    let items = page.items.into_iter().map(V::from).collect();
    Ok(Success { body: Listed { items, next_cursor, limit: page.limit }, status: StatusCode::OK, headers: Vec::new() })
}

impl<T> Success<T> {
    /// The version of the thing as its ETag (RFC 9110, section 8.8.3).
    #[must_use]
    pub fn version(self, version: i64) -> Self {
        match HeaderValue::from_str(&version_tag(version)) {
            Ok(tag) => self.header(ETAG, tag),
            Err(_) => self,
        }
    }

    #[must_use]
    pub fn location(self, path: &str) -> Self {
        match HeaderValue::from_str(path) {
            Ok(path) => self.header(LOCATION, path),
            Err(_) => self,
        }
    }

    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    #[must_use]
    pub fn headers(mut self, headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>) -> Self {
        self.headers.extend(headers);
        self
    }
}

impl<T: Respond> Success<T> {
    pub(crate) fn render(self, cx: &Context) -> Rendered {
        let meta = Meta { timestamp: cx.now(), request_id: Cow::Borrowed(cx.request_id()), page: self.body.page() };
        let (status, body) = self.body.write(cx.surface(), self.status, &meta);
        let mut headers = self.headers;
        if let Some(content_type) = T::CONTENT_TYPE.filter(|_| !body.is_empty()) {
            headers.push((CONTENT_TYPE, HeaderValue::from_static(content_type)));
        }
        Rendered { status, headers, body }
    }
}

/// Ready for the wire.
pub struct Rendered {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
}

/// What a reply adds to the documentation.
#[derive(Clone, Copy)]
pub struct ReplyFacts {
    pub kind: ReplyKind,
    pub schema: Option<fn(&mut SchemaGenerator) -> Schema>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyKind {
    One,
    Many,
    Nothing,
    Document,
}

pub trait Respond: Send + 'static {
    const CONTENT_TYPE: Option<&'static str> = Some("application/json");
    fn facts() -> ReplyFacts;
    fn page(&self) -> Option<(Option<String>, u32)> {
        None
    }
    fn write(self, surface: Surface, status: StatusCode, meta: &Meta<'_>) -> (StatusCode, Bytes);
}

impl<T: Serialize + JsonSchema + Send + 'static> Respond for T {
    fn facts() -> ReplyFacts {
        ReplyFacts { kind: ReplyKind::One, schema: Some(SchemaGenerator::subschema_for::<T>) }
    }
    fn write(self, surface: Surface, status: StatusCode, meta: &Meta<'_>) -> (StatusCode, Bytes) {
        (status, envelope::success(surface, &self, meta))
    }
}

/// A page of views.
pub struct Listed<T> {
    items: Vec<T>,
    next_cursor: Option<String>,
    limit: u32,
}

impl<T: Serialize + JsonSchema + Send + 'static> Respond for Listed<T> {
    fn facts() -> ReplyFacts {
        ReplyFacts { kind: ReplyKind::Many, schema: Some(SchemaGenerator::subschema_for::<T>) }
    }
    fn page(&self) -> Option<(Option<String>, u32)> {
        Some((self.next_cursor.clone(), self.limit))
    }
    fn write(self, surface: Surface, status: StatusCode, meta: &Meta<'_>) -> (StatusCode, Bytes) {
        (status, envelope::success(surface, &self.items, meta))
    }
}

/// No data.
pub struct Nothing;

impl Respond for Nothing {
    fn facts() -> ReplyFacts {
        ReplyFacts { kind: ReplyKind::Nothing, schema: None }
    }
    fn write(self, surface: Surface, status: StatusCode, meta: &Meta<'_>) -> (StatusCode, Bytes) {
        match surface {
            Surface::Platform => (StatusCode::OK, envelope::success(surface, &(), meta)),
            Surface::DataPlane | Surface::Protocol => (status, Bytes::new()),
        }
    }
}

/// Bytes made ahead of time, with no envelope: a key set, a discovery document.
pub struct Document {
    bytes: Bytes,
}

impl Document {
    /// 200 with public caching for `max_age` seconds, or 304 where the caller has this very document already.
    pub fn cached(cx: &Context, bytes: Bytes, tag: &HeaderValue, max_age: &'static str) -> Reply<Self> {
        let has_it = cx
            .header("if-none-match")
            .is_some_and(|tags| tag.to_str().is_ok_and(|tag| tags.split(',').any(|known| known.trim() == tag)));
        let (status, bytes) = if has_it { (StatusCode::NOT_MODIFIED, Bytes::new()) } else { (StatusCode::OK, bytes) };
        let headers = vec![(ETAG, tag.clone()), (CACHE_CONTROL, HeaderValue::from_static(max_age))];
        Ok(Success { body: Self { bytes }, status, headers })
    }
}

impl Respond for Document {
    fn facts() -> ReplyFacts {
        ReplyFacts { kind: ReplyKind::Document, schema: None }
    }
    fn write(self, _: Surface, status: StatusCode, _: &Meta<'_>) -> (StatusCode, Bytes) {
        (status, self.bytes)
    }
}
