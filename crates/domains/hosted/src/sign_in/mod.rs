//! The door: who are you, and how do you prove it?

mod code;
mod passkey;
mod password;
mod view;

use edge::Endpoint;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) use view::Typed;

/// Where to go afterwards.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DoorQuery {
    pub(crate) return_to: Option<String>,
    /// `login`: prove it once more, even if somebody is signed in (OpenID Connect Core 1.0, section 3.1.2.1).
    pub(crate) prompt: Option<String>,
    /// Fills the first field.
    pub(crate) login_hint: Option<String>,
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    let doors = password::endpoints().into_iter().chain(code::endpoints());
    doors.chain(passkey::endpoints()).collect()
}
