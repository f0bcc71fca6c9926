//! Why a request was not carried out: one closed code, one fine reason, and what the caller may do about it.

use std::{borrow::Cow, fmt, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The closed set of error codes of the platform surface; each has one HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    BadRequest,
    Unauthorized,
    Forbidden,
    NotFound,
    Conflict,
    Validation,
    RateLimited,
    Internal,
    Unavailable,
}

impl ErrorCode {
    pub const fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthorized => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::Validation => 422,
            Self::RateLimited => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadRequest => "bad_request",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Validation => "validation",
            Self::RateLimited => "rate_limited",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
        }
    }
}

/// The stable handle that programs branch on, for example `email_taken`.
pub type Reason = &'static str;

/// What is wrong with one field of the input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Field {
    /// Path of the field in the body, for example `emails.0.address`.
    pub field: Cow<'static, str>,
    /// Stable handle, for example `taken`.
    pub code: Cow<'static, str>,
    /// For people.
    pub message: Cow<'static, str>,
}

/// One refusal, ready to be rendered by either surface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: ErrorCode,
    pub reason: Reason,
    pub message: Cow<'static, str>,
    pub fields: Vec<Field>,
    pub retry_after: Option<Duration>,
    /// Where a standard gives a case its own status, for example 412 (RFC 9110, section 15.5.13).
    pub status: Option<u16>,
    /// The pending sign-in that goes on once what is missing is done. Shown by the data plane alone: `/v1` answers such a flow with 200.
    pub flow_id: Option<Box<str>>,
}

impl Refusal {
    pub fn new(code: ErrorCode, reason: Reason, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            reason,
            message: message.into(),
            fields: Vec::new(),
            retry_after: None,
            status: None,
            flow_id: None,
        }
    }

    /// The one answer for everything that is not visible, whether it exists or not.
    pub fn not_found() -> Self {
        Self::new(ErrorCode::NotFound, "not_found", "There is no such thing, or it is not visible to you.")
    }

    pub fn validation(
        field: impl Into<Cow<'static, str>>,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(ErrorCode::Validation, "invalid_fields", "The input is not valid.").with_field(field, code, message)
    }

    #[must_use]
    pub fn with_field(
        mut self,
        field: impl Into<Cow<'static, str>>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.fields.push(Field { field: field.into(), code: code.into(), message: message.into() });
        self
    }

    #[must_use]
    pub const fn with_retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    #[must_use]
    pub fn with_flow(mut self, id: impl Into<Box<str>>) -> Self {
        self.flow_id = Some(id.into());
        self
    }

    pub fn status(&self) -> u16 {
        self.status.unwrap_or_else(|| self.code.status())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason, self.message)
    }
}

impl std::error::Error for Refusal {}

/// One row of what an endpoint may answer, for the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusalFacts {
    pub code: ErrorCode,
    pub reason: Reason,
    pub summary: &'static str,
}

/// A slice's error enum, derived with `#[derive(Refusals)]`: each variant is one documented refusal.
pub trait Refusals: Into<Refusal> {
    /// Its own.
    const FACTS: &'static [RefusalFacts];

    /// Its own, and those that it passes on (`#[refusal(transparent)]`).
    fn all() -> Vec<RefusalFacts> {
        Self::FACTS.to_vec()
    }

    /// Did another transaction win a race inside the database, so that the same request may simply run again?
    fn is_serialization(&self) -> bool {
        false
    }
}

impl Refusals for Refusal {
    const FACTS: &'static [RefusalFacts] = &[];
}
