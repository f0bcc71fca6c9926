use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use crate::users::User;

/// A person whose sign-in looked risky solved a captcha.
#[derive(Event, Serialize, JsonSchema)]
#[event("user.captcha_solved", target = user_id)]
pub(crate) struct CaptchaSolved {
    pub user_id: Id<User>,
}

pub(crate) const CATALOGUE: &[EventFacts] = &[CaptchaSolved::FACTS];
