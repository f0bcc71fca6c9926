//! A call, and its answer.

use std::{fmt, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use kernel::Secret;
use serde::{Serialize, de::DeserializeOwned};

use super::OutboundError;

const PATIENCE: Duration = Duration::from_secs(10);
/// What an answer may hold at most: 1 MiB.
pub(super) const LARGEST: usize = 1_024 * 1_024;

/// One HTTP call. What is wrong with it is said when it is sent.
pub struct Call {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) largest: usize,
    pub(super) patience: Duration,
    pub(super) fault: Option<OutboundError>,
}

impl Call {
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        Self {
            method,
            url: url.into(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            largest: LARGEST,
            patience: PATIENCE,
            fault: None,
        }
    }

    pub fn get(url: impl Into<String>) -> Self {
        Self::new(Method::GET, url)
    }

    pub fn post(url: impl Into<String>) -> Self {
        Self::new(Method::POST, url)
    }

    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        match HeaderValue::from_str(value) {
            Ok(value) => drop(self.headers.insert(HeaderName::from_static(name), value)),
            Err(_) => self.fault = Some(OutboundError::Call),
        }
        self
    }

    /// A header whose value appears in no log.
    #[must_use]
    pub fn secret_header(mut self, name: &'static str, value: &str) -> Self {
        match HeaderValue::from_str(value) {
            Ok(mut value) => {
                value.set_sensitive(true);
                self.headers.insert(HeaderName::from_static(name), value);
            }
            Err(_) => self.fault = Some(OutboundError::Call),
        }
        self
    }

    /// RFC 6750, section 2.1.
    #[must_use]
    pub fn bearer(self, token: &Secret) -> Self {
        self.secret_header("authorization", &format!("Bearer {}", token.reveal()))
    }

    /// RFC 7617.
    #[must_use]
    pub fn basic(self, user: &str, password: &Secret) -> Self {
        let pair = STANDARD.encode(format!("{user}:{}", password.reveal()));
        self.secret_header("authorization", &format!("Basic {pair}"))
    }

    #[must_use]
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        match serde_urlencoded::to_string(fields) {
            Ok(body) => self.body = body.into(),
            Err(_) => self.fault = Some(OutboundError::Call),
        }
        self.header("content-type", "application/x-www-form-urlencoded")
    }

    #[must_use]
    pub fn json(self, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => self.body(body, "application/json"),
            Err(_) => Self { fault: Some(OutboundError::Call), ..self },
        }
    }

    /// Bytes that were made elsewhere, for example because they are signed.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>, content_type: &str) -> Self {
        self.body = body.into();
        self.header("content-type", content_type)
    }

    /// Refuse a larger answer, in bytes; 1 MiB is the most.
    #[must_use]
    pub fn at_most(mut self, bytes: usize) -> Self {
        self.largest = bytes.min(LARGEST);
        self
    }

    /// How long the whole call may take, from the look-up to the last byte; 10 s unless said.
    #[must_use]
    pub const fn within(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

/// Neither address nor content: both may hold secrets.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("method", &self.method).finish_non_exhaustive()
    }
}

/// What came back, whole.
#[derive(Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    /// Not for the eyes of whoever chose the address.
    pub body: Bytes,
}

impl Answer {
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// The answer itself, if it is a success.
    pub fn success(self) -> Result<Self, OutboundError> {
        if self.is_success() { Ok(self) } else { Err(OutboundError::Status(self.status)) }
    }

    pub fn json<T: DeserializeOwned>(&self) -> Result<T, OutboundError> {
        serde_json::from_slice(&self.body).map_err(|_| OutboundError::Answer)
    }

    /// `max-age` of `Cache-Control` (RFC 9111, section 5.2.2.1).
    pub fn max_age(&self) -> Option<Duration> {
        let directives = self.headers.get(header::CACHE_CONTROL)?.to_str().ok()?;
        let seconds = directives.split(',').find_map(|directive| directive.trim().strip_prefix("max-age="))?;
        seconds.parse().ok().map(Duration::from_secs)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}
