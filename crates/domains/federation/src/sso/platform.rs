//! `/v1/auth/sso`.

use edge::{Body, Endpoint, Public, Reply, ok};
use identity::identifiers::EmailAddress;
use kernel::Refusal;
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{SsoConnection, connection_of};

/// Whose domain to look at.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SsoDiscovery {
    email: String,
}

/// Where people of the domain sign in.
#[derive(Serialize, JsonSchema)]
struct SsoDiscoveryResult {
    /// Null where the domain has no connection of its own: sign in otherwise.
    connection: Option<SsoConnection>,
}

pub(super) fn endpoints() -> [Endpoint; 1] {
    [discover()]
}

/// Find the enterprise connection of an address
///
/// By its domain alone: the answer does not depend on whether anybody has the address.
#[endpoint(POST "/v1/auth/sso/discover", id = "auth.sso.discover", limit = SignIn, silent = "it only reads")]
async fn discover(_: Public, body: Body<SsoDiscovery>) -> Reply<SsoDiscoveryResult> {
    let email: EmailAddress = body.0.email.parse().map_err(|error: identity::identifiers::IdentifierError| {
        Refusal::validation("email", "invalid", error.to_string())
    })?;
    let domain = email.key().rsplit_once('@').map_or("", |(_, domain)| domain);
    ok(SsoDiscoveryResult { connection: connection_of(domain) })
}
