//! How claims are written.

use kernel::Timestamp;
use serde::Serializer;

/// `NumericDate` (RFC 7519, section 2).
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference to the field")]
pub(crate) fn seconds<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(time.as_seconds())
}
