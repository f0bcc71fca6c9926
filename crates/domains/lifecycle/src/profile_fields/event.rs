//! What happens to profile fields and answers. Answers are the person's and don't stand here.

use identity::users::User;
use kernel::{EventFacts, Id};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;

use super::ProfileField;

/// A profile field was added.
#[derive(Event, Serialize, JsonSchema)]
#[event("profile_field.created", target = field_id)]
pub(super) struct ProfileFieldCreated {
    pub field_id: Id<ProfileField>,
    pub name: String,
}

/// A profile field was changed.
#[derive(Event, Serialize, JsonSchema)]
#[event("profile_field.updated", target = field_id)]
pub(super) struct ProfileFieldUpdated {
    pub field_id: Id<ProfileField>,
    pub name: String,
}

/// A profile field is no longer asked.
#[derive(Event, Serialize, JsonSchema)]
#[event("profile_field.archived", target = field_id)]
pub(super) struct ProfileFieldArchived {
    pub field_id: Id<ProfileField>,
    pub name: String,
}

/// A person answered.
#[derive(Event, Serialize, JsonSchema)]
#[event("profile.answered", target = user_id)]
pub(super) struct ProfileAnswered {
    pub user_id: Id<User>,
    /// The names of the fields, and not what was answered.
    pub fields: Vec<String>,
}

pub(super) const CATALOGUE: &[EventFacts] =
    &[ProfileFieldCreated::FACTS, ProfileFieldUpdated::FACTS, ProfileFieldArchived::FACTS, ProfileAnswered::FACTS];
