//! The authorization code of a grant: opaque, short-lived, taken once (RFC 6749, section 4.1.2). It names the grant, in whose row its
//! digest lies, and what it is bound to.

use edge::Context;
use kernel::{Id, Secret};
use oauth::CodeChallenge;
use serde::{Deserialize, Serialize};
use vault::RowToken;

use super::GrantId;

const PREFIX: &str = "pc_ac_";

/// What a code is bound to beside its grant, until it is redeemed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Code {
    pub(crate) redirect_uri: String,
    /// Did the request name it, or is it the client's only one?
    pub(crate) is_redirect_uri_named: bool,
    pub(crate) challenge: Option<CodeChallenge>,
    pub(crate) jkt: Option<String>,
    pub(crate) nonce: Option<String>,
}

/// A new one, which is worth nothing before the grant is kept with its digest.
pub(crate) fn new_code(cx: &Context, grant: GrantId) -> Secret {
    RowToken::generate(&*cx.env().entropy, PREFIX, grant.as_bytes())
}

pub(super) fn digest_of(code: &str) -> [u8; 32] {
    vault::digest(code.as_bytes())
}

/// Taken apart, and not yet proven.
pub(crate) struct ShownCode {
    pub(crate) grant: GrantId,
    digest: [u8; 32],
}

impl ShownCode {
    pub(crate) fn parse(code: &str) -> Option<Self> {
        let grant = RowToken::row(code, PREFIX)?;
        Some(Self { grant: Id::from_slice(&grant)?, digest: digest_of(code) })
    }

    /// Is it the one whose digest is kept?
    pub(crate) fn is(&self, digest: &[u8; 32]) -> bool {
        vault::constant_time_eq(&self.digest, digest)
    }
}
