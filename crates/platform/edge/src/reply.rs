//! What goes out: a view, a page of views, nothing, or a document whose shape a standard fixes.

use bytes::Bytes;
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION},
};
use kernel::{ErrorCode, Page, Refusal, Shape};
use parking_lot::Mutex;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    context::Context,
    cursor,
    endpoint::Surface,
    envelope::{self, Meta},
    failure::Failure,
    headers::version_tag,
    lines::ByteStream,
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

/// 303: the browser goes on elsewhere, and by GET (RFC 9110, section 15.4.4); 307 would send what was posted along.
pub fn redirect(url: &str) -> Reply<Redirect> {
    let location = HeaderValue::from_str(url).map_err(|_| {
        tracing::error!("an address to go on at can't stand in a header");
        Refusal::new(ErrorCode::Internal, "internal", "Something went wrong on our side.")
    })?;
    Ok(Success { body: Redirect, status: StatusCode::SEE_OTHER, headers: vec![(LOCATION, location)] })
}

/// A page, its cursor sealed for this list.
pub fn listed<T, V: From<T>, K: Serialize>(cx: &Context, page: Page<T, K>) -> Reply<Listed<V>> {
    let next_cursor = page.next.as_ref().map(|key| cursor::seal(cx, key)).transpose()?;
    let items = page.items.into_iter().map(V::from).collect();
    Ok(Success { body: Listed { items, next_cursor, limit: page.limit }, status: StatusCode::OK, headers: Vec::new() })
}

impl<T> Success<T> {
    /// The same with another body around this one: status and headers stay.
    #[must_use]
    pub fn map<U>(self, around: impl FnOnce(T) -> U) -> Success<U> {
        Success { body: around(self.body), status: self.status, headers: self.headers }
    }

    pub(crate) fn new(status: StatusCode, body: T) -> Self {
        Self { body, status, headers: Vec::new() }
    }

    #[must_use]
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

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
        let meta = Meta { timestamp: cx.now(), request_id: cx.request_id(), page: self.body.page() };
        let content_type = self.body.content_type();
        let (status, body, stream) = match self.body.stream(self.status) {
            Ok((status, stream)) => (status, Bytes::new(), Some(Mutex::new(stream))),
            Err(whole) => {
                let (status, body) = whole.write(cx.surface(), self.status, &meta);
                (status, body, None)
            }
        };
        let mut headers = self.headers;
        if let Some(content_type) = content_type.filter(|_| !body.is_empty() || stream.is_some()) {
            headers.push((CONTENT_TYPE, HeaderValue::from_static(content_type)));
        }
        Rendered { status, headers, body, stream }
    }
}

/// Ready for the wire.
pub struct Rendered {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
    /// Sent instead of the body. In a lock, because a reply is looked at by several and streams are not made for that.
    pub(crate) stream: Option<Mutex<ByteStream>>,
}

impl std::fmt::Debug for Rendered {
    /// Bodies and headers may hold secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rendered({})", self.status)
    }
}

/// What a reply adds to the documentation.
#[derive(Clone, Copy)]
pub struct ReplyFacts {
    pub kind: ReplyKind,
    pub schema: Option<Shape>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyKind {
    One,
    Many,
    Nothing,
    Document,
    /// Elsewhere.
    Redirect,
    /// Lines of JSON, without end.
    Stream,
    /// The same, or a table of comma-separated values, as the caller accepts.
    Rows,
    /// For people: HTML, a redirect, a style sheet. Stands in no document.
    Page,
}

pub trait Respond: Sized + Send + 'static {
    const CONTENT_TYPE: Option<&'static str> = Some("application/json");
    /// Of this very reply, where there are several.
    fn content_type(&self) -> Option<&'static str> {
        Self::CONTENT_TYPE
    }
    fn facts() -> ReplyFacts;
    fn page(&self) -> Option<(Option<String>, u32)> {
        None
    }
    fn write(self, surface: Surface, status: StatusCode, meta: &Meta) -> (StatusCode, Bytes);
    /// What is sent bit by bit; most replies are whole.
    fn stream(self, _: StatusCode) -> Result<(StatusCode, ByteStream), Self> {
        Err(self)
    }
}

impl<T: Serialize + JsonSchema + Send + 'static> Respond for T {
    fn facts() -> ReplyFacts {
        ReplyFacts { kind: ReplyKind::One, schema: Some(Shape::of::<T>()) }
    }
    fn write(self, surface: Surface, status: StatusCode, meta: &Meta) -> (StatusCode, Bytes) {
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
        ReplyFacts { kind: ReplyKind::Many, schema: Some(Shape::of::<T>()) }
    }
    fn page(&self) -> Option<(Option<String>, u32)> {
        Some((self.next_cursor.clone(), self.limit))
    }
    fn write(self, surface: Surface, status: StatusCode, meta: &Meta) -> (StatusCode, Bytes) {
        (status, envelope::success(surface, &self.items, meta))
    }
}

/// No data.
pub struct Nothing;

impl Respond for Nothing {
    fn facts() -> ReplyFacts {
        ReplyFacts { kind: ReplyKind::Nothing, schema: None }
    }
    fn write(self, surface: Surface, status: StatusCode, meta: &Meta) -> (StatusCode, Bytes) {
        match surface {
            Surface::Platform => (StatusCode::OK, envelope::success(surface, &(), meta)),
            Surface::DataPlane | Surface::Protocol => (status, Bytes::new()),
        }
    }
}

/// Go on elsewhere.
pub struct Redirect;

impl Respond for Redirect {
    const CONTENT_TYPE: Option<&'static str> = None;
    fn facts() -> ReplyFacts {
        ReplyFacts { kind: ReplyKind::Redirect, schema: None }
    }
    fn write(self, _: Surface, status: StatusCode, _: &Meta) -> (StatusCode, Bytes) {
        (status, Bytes::new())
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
            .header(IF_NONE_MATCH)
            .is_some_and(|tags| tag.to_str().is_ok_and(|tag| tags.split(',').any(|known| known.trim() == tag)));
        let (status, bytes) = if has_it { (StatusCode::NOT_MODIFIED, Bytes::new()) } else { (StatusCode::OK, bytes) };
        // With room for what the handler and the envelope add.
        let mut headers = Vec::with_capacity(4);
        headers.extend([(ETAG, tag.clone()), (CACHE_CONTROL, HeaderValue::from_static(max_age))]);
        Ok(Success { body: Self { bytes }, status, headers })
    }
}

impl Respond for Document {
    fn facts() -> ReplyFacts {
        ReplyFacts { kind: ReplyKind::Document, schema: None }
    }
    fn write(self, _: Surface, status: StatusCode, _: &Meta) -> (StatusCode, Bytes) {
        (status, self.bytes)
    }
}
