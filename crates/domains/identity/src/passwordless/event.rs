use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use crate::users::User;

/// A link or a code for signing in was asked for.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.sign_in_requested", target = user_id)]
pub(super) struct SignInRequested {
    pub user_id: Id<User>,
    /// `magic_link`, `email_code` or `sms_code`.
    pub method: &'static str,
}

pub(super) const CATALOGUE: &[EventFacts] = &[SignInRequested::FACTS];
