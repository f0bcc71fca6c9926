//! Authorization requests that wait: pushed ones for their use, posted ones for the browser, others for the person.
//!
//! Owns where they are kept and for whom. A handle is random and opaque, and only its digest is kept. What was checked is kept as it
//! was understood: nothing that a browser sends later changes it.

mod model;
mod store;

pub(crate) use model::{Asked, Kept, Waiting};
pub(crate) use store::{find, insert, save, take};

use std::time::Duration;

use edge::{Browser, Context};
use kernel::Secret;
use vault::OpaqueToken;

/// Long enough to sign up, with a look into the mailbox.
pub(crate) const ASK_LIFETIME: Duration = Duration::from_mins(30);
/// A posted request is looked at right after the redirect.
pub(crate) const POSTED_LIFETIME: Duration = Duration::from_mins(5);
/// RFC 9126, section 2.2: the browser is on its way.
pub(crate) const PUSHED_LIFETIME: Duration = Duration::from_secs(90);

const PREFIX: &str = "pc_ar_";

pub(crate) fn handle(cx: &Context) -> Secret {
    OpaqueToken::generate(&*cx.env().entropy, PREFIX)
}

/// Under which name a request belongs to this browser alone.
pub(crate) fn browser_digest(cx: &Browser) -> [u8; 32] {
    cx.vault().mac("oauth request", &[cx.tenant_id().as_bytes(), cx.id().reveal().as_bytes()])
}
