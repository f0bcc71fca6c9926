//! One's own account.

mod addresses;
mod factors;
mod identities;
mod passkeys;
mod password;
mod profile;
mod security;
mod sessions;
mod sign_out;

use edge::{Browser, Endpoint};
use kernel::Timestamp;
use pages::Form;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::frame;

/// What went well just before.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct RoomQuery {
    /// `saved` or `removed`.
    done: Option<String>,
}

impl RoomQuery {
    fn form(&self, cx: &Browser) -> Form {
        let key = match self.done.as_deref() {
            Some("saved") => "saved",
            Some("removed") => "removed",
            _ => return Form::new(),
        };
        let text = pages::say(frame::of(cx).locale(), key).unwrap_or_default();
        Form::new().done(text)
    }
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    let rooms = profile::endpoints().into_iter().chain(security::endpoints()).chain(sessions::endpoints());
    let doings = password::endpoints().into_iter().chain(passkeys::endpoints()).chain(factors::endpoints());
    let doings = doings.chain(addresses::endpoints()).chain(identities::endpoints());
    rooms.chain(doings).chain(sign_out::endpoints()).collect()
}

/// A day, the same in every language (RFC 3339).
fn day(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

/// Do this with the caller, or answer what leads to there being one.
macro_rules! signed_in {
    ($cx:expr, $page:expr) => {
        match $crate::again::caller($cx, $page).await? {
            $crate::again::Caller::Known(caller) => caller,
            $crate::again::Caller::Unknown(reply) => return reply,
        }
    };
}
pub(crate) use signed_in;
