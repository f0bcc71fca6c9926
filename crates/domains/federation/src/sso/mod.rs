//! Which enterprise connection an address belongs to.
//!
//! Owns the question and its one answer, [`connection_of`]; the
//! answer tells an address' domain apart and never whether anybody has the address.

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

/// The enterprise connection that a domain (an A-label in lower case) was proven for. An application can't have one yet.
pub(crate) const fn connection_of(_domain: &str) -> Option<SsoConnection> {
    None
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into()
}
