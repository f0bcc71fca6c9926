//! What the server really was asked and really answered, by operation.

use serde_json::Value;

#[derive(Clone, Copy)]
pub(super) struct Examples<'a>(pub(super) &'a Value);

impl<'a> Examples<'a> {
    pub(super) fn request(self, operation: &str) -> Option<&'a Value> {
        self.0.get(operation)?.get("request").filter(|body| !body.is_null())
    }

    /// The body of the answer; `None` where it had none.
    pub(super) fn body(self, operation: &str) -> Option<&'a Value> {
        self.0.get(operation)?.get("response")?.get("body").filter(|body| !body.is_null())
    }

    /// The status of the answer, where it was a success.
    pub(super) fn status(self, operation: &str) -> Option<u16> {
        let status = self.0.get(operation)?.get("response")?.get("status")?.as_u64()?;
        u16::try_from(status).ok().filter(|status| (200..400).contains(status))
    }

    /// Did the answer carry a version?
    pub(super) fn has_version(self, operation: &str) -> bool {
        let headers = self.0.get(operation).and_then(|example| example["response"]["headers"].as_object());
        headers.is_some_and(|headers| headers.keys().any(|name| name.eq_ignore_ascii_case("etag")))
    }
}
