//! What an access token says, whichever form it has: read back from a JWT, or from the row that a handle stands for.

use std::sync::OnceLock;

use bytes::Bytes;
use kernel::Timestamp;
use oauth::{Confirmation, Scopes};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::grants::GrantId;

/// The grant that a token hangs on: of no use to anybody else.
pub(crate) const GRANT: &str = "gid";

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) sub: String,
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) aud: Vec<String>,
    pub(crate) client_id: String,
    #[serde(default)]
    pub(crate) scope: Scopes,
    pub(crate) exp: i64,
    pub(crate) iat: i64,
    pub(crate) jti: String,
    #[serde(default)]
    pub(crate) cnf: Confirmation,
    #[serde(default)]
    pub(crate) act: Option<Value>,
    #[serde(default)]
    pub(crate) acr: Option<String>,
    #[serde(default)]
    pub(crate) auth_time: Option<i64>,
    #[serde(default)]
    pub(crate) authorization_details: Option<Value>,
    /// Absent where a client speaks for itself.
    #[serde(default, rename = "gid")]
    pub(crate) grant: Option<GrantId>,
    /// What introspection says of it, once somebody has asked: as long as the token counts that is the same. JSON.
    #[serde(skip)]
    pub(crate) introspected: OnceLock<Bytes>,
}

impl Claims {
    /// On the very second of `exp` a token is over.
    pub(crate) fn has_expired(&self, now: Timestamp) -> bool {
        now >= Timestamp::from_seconds(self.exp)
    }

    pub(crate) fn is_for(&self, audience: &str) -> bool {
        self.aud.iter().any(|one| one == audience)
    }
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Audience {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Audience::deserialize(deserializer)? {
        Audience::One(one) => vec![one],
        Audience::Many(many) => many,
    })
}
