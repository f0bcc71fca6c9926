//! Profile fields: what an application asks its people, a little at a time.
//!
//! Owns the fields with their rules, when each is asked, and the answers. Does not own the profile that every person has (name,
//! language, picture: `identity`), nor the sign-in that may wait for answers: that asks [`has_open_questions`]; nor the screen
//! that asks at sign-up: it is told by [`asked_at_sign_up`].

mod actions;
mod answer;
pub mod doors;
mod error;
mod event;
mod gate;
mod input;
mod model;
mod platform;
mod progress;
mod sign_up;
mod store;

use ::store::{Read, StoreError};
use edge::{Endpoint, PersonalData, Resource};
use kernel::EventFacts;

pub use gate::has_open_questions;
use model::ProfileField;
pub use sign_up::asked_at_sign_up;

kernel::resource! { ProfileField, prefix: "pfd", noun: "field" }

kernel::permissions! {
    /// Read the profile fields.
    ProfileRead = "profile:read",
    /// Add, change and archive profile fields.
    ProfileWrite = "profile:write",
}

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

impl Resource for ProfileField {
    async fn find(read: &Read, id: kernel::Id<Self>) -> Result<Option<Self>, StoreError> {
        store::find(read, id).await
    }
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into_iter().chain(progress::endpoints()).collect()
}

edge::personal! {
    /// Of two answers that of the account which stays counts.
    profile_answers: "profile_answers", by "user_id" {
        export: "profile_answers" { "field_id": Id, "answer": Json, "answered_at": Time },
        merge: move where "not exists (select 1 from profile_answers own where own.tenant_id = $1 and own.user_id = $3 and own.field_id = profile_answers.field_id)",
               left "answer"
    }
    profile_visits: "profile_visits", by "user_id" {
        export: "profile_visits" { "visits": Integer },
        merge: leave "how often somebody came is told of the account that stays"
    }
}
pub(crate) const PERSONAL: [PersonalData; 2] = [profile_answers::FACTS, profile_visits::FACTS];
