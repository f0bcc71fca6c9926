//! Consent: what a person agreed to, when, and what proves it (GDPR, article 7).
//!
//! Owns what people said about each purpose, the latest word and all before it. Does not own the purposes and their texts: those are
//! settings of the application.

mod actions;
mod error;
mod event;
mod model;
mod platform;
mod store;

use edge::{Endpoint, PersonalData};
use kernel::EventFacts;

kernel::permissions! {
    /// Read what people agreed to.
    ConsentRead = "consent:read",
    /// Record what people agreed to.
    ConsentWrite = "consent:write",
}

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into()
}

edge::personal! {
    /// Of two words about one purpose that of the account which stays counts.
    consents: "consents", by "user_id" {
        export: "consents" { "purpose": Text, "purpose_version": Integer, "is_granted": Flag, "decided_at": Time },
        merge: move where "not exists (select 1 from consents own where own.tenant_id = $1 and own.user_id = $3 and own.purpose = consents.purpose)",
               left "purpose"
    }
    consent_history: "consent_history", by "user_id" {
        export: "consent_history" {
            "purpose": Text, "purpose_version": Integer, "is_granted": Flag, "recorded_by": Text, "ip": Text, "user_agent": Text,
            "evidence": Text, "decided_at": Time,
        },
        merge: move
    }
}
pub(crate) const PERSONAL: [PersonalData; 2] = [consents::FACTS, consent_history::FACTS];
