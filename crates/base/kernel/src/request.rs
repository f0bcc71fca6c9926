//! A request, as `X-Request-Id` and the audit trail name it.

use crate::id::Kind;

/// Names requests: `req_` and the time at which the request came in.
pub struct RequestId;

impl Kind for RequestId {
    const PREFIX: &'static str = "req";
    const NOUN: &'static str = "request";
}
