//! Which enterprise connection an address belongs to.
//!
//! Owns the question and its one answer. The connections themselves answer through [`Domains`], which is empty until there are some;
//! the answer tells an address' domain apart and never whether anybody has the address.

mod platform;

use edge::Endpoint;
use schemars::JsonSchema;
use serde::Serialize;

/// Where people of a domain sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct SsoConnection {
    pub(crate) id: String,
    /// `oidc` or `saml`.
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    /// Where to send the browser.
    pub(crate) login_url: String,
}

/// The enterprise connections of a tenant, by the domains that were proven for them.
pub(crate) struct Domains;

impl Domains {
    /// `domain` as an A-label in lower case.
    #[expect(clippy::unnecessary_wraps, reason = "the shape that connections will answer in")]
    pub(crate) fn connection(&self, _domain: &str) -> Result<Option<SsoConnection>, kernel::Refusal> {
        Ok(None)
    }
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into()
}
