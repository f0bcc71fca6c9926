//! The one clock of the driver.

use std::time::Instant;

#[expect(
    clippy::disallowed_methods,
    reason = "measuring time is the work of this crate, and nothing here is under a test's clock"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}
