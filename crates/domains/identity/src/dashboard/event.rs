use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use crate::users::User;

/// The set-up link was used: its user owns the first team from now on, and the link is void.
#[derive(Event, Serialize, JsonSchema)]
#[event("deployment.claimed", target = user_id)]
pub(crate) struct DeploymentClaimed {
    pub user_id: Id<User>,
}

pub(crate) const CATALOGUE: &[EventFacts] = &[DeploymentClaimed::FACTS];
