//! Who does a thing: written into every event, taken from credentials and never from a body.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Actor {
    pub kind: ActorKind,
    pub id: Option<Uuid>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// Nobody has proven who they are yet.
    Anonymous,
    /// An end user of the tenant.
    User,
    /// A secret API key of the tenant.
    ApiKey,
    /// An OAuth client that speaks for itself.
    Client,
    /// A dashboard account.
    Account,
    /// The server itself: a job, a command line.
    System,
}

impl ActorKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::User => "user",
            Self::ApiKey => "api_key",
            Self::Client => "client",
            Self::Account => "account",
            Self::System => "system",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Anonymous, Self::User, Self::ApiKey, Self::Client, Self::Account, Self::System]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

impl Actor {
    pub const ANONYMOUS: Self = Self { kind: ActorKind::Anonymous, id: None };
    pub const SYSTEM: Self = Self { kind: ActorKind::System, id: None };
}
