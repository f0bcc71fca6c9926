//! The provider's own tokens: kept, sealed, where the application asked for it, so that it can call the provider for the person.

use std::time::Duration;

use edge::Context;
use kernel::{Id, Secret, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vault::Place;

use crate::identities::Identity;

/// What the token endpoint answered (RFC 6749, section 5.1).
pub(crate) struct UpstreamTokens {
    pub(crate) access_token: Option<Secret>,
    refresh_token: Option<Secret>,
    scope: Option<String>,
    expires_at: Option<Timestamp>,
}

/// As it is sealed.
#[derive(Serialize, Deserialize)]
struct Kept<'t> {
    access_token: Option<&'t str>,
    refresh_token: Option<&'t str>,
    scope: Option<&'t str>,
    expires_at: Option<Timestamp>,
}

impl UpstreamTokens {
    pub(crate) fn read(answer: &Value, now: Timestamp) -> Self {
        let text = |name: &str| answer.get(name).and_then(Value::as_str);
        let seconds = answer.get("expires_in").and_then(Value::as_u64);
        Self {
            access_token: text("access_token").map(Secret::new),
            refresh_token: text("refresh_token").map(Secret::new),
            scope: text("scope").map(str::to_owned),
            expires_at: seconds.map(|seconds| now + Duration::from_secs(seconds.min(u64::from(u32::MAX)))),
        }
    }

    /// For the row of this identity and no other.
    pub(crate) fn seal(&self, cx: &Context, identity: Id<Identity>) -> Option<Vec<u8>> {
        let kept = Kept {
            access_token: self.access_token.as_ref().map(Secret::reveal),
            refresh_token: self.refresh_token.as_ref().map(Secret::reveal),
            scope: self.scope.as_deref(),
            expires_at: self.expires_at,
        };
        let text = Secret::new(serde_json::to_string(&kept).ok()?);
        let place = Place { tenant: cx.tenant_id(), column: crate::identities::TOKENS, row: identity.as_bytes() };
        Some(cx.vault().seal(&place, text.reveal().as_bytes()))
    }
}
