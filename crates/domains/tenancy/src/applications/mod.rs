//! A team's applications, as the dashboard manages them.
//!
//! An application is a tenant seen by those who run it. Owns its creation, renaming, suspension, deletion and erasure, and the list
//! with key figures. Does not own what happens inside: the dashboard reaches that through the platform's own endpoints, with the account's role as its
//! permissions.

mod actions;
mod dashboard;
mod erasure;
mod error;
pub(crate) mod event;
mod figures;
mod model;
mod store;

use edge::Endpoint;
use kernel::EventFacts;

pub use erasure::erase_deleted;
pub use error::ApplicationError;
pub use event::{
    ApplicationCreated, ApplicationDeleted, ApplicationErased, ApplicationRestored, ApplicationResumed,
    ApplicationSuspended, ApplicationUpdated,
};
pub use figures::{Figures, FiguresOf, KeyFigures};

/// Names the same thing as a tenant's id, by the word that the platform uses.
pub struct Application;

kernel::resource! { Application, prefix: "tnt", noun: "application" }

pub(crate) const EVENTS: &[EventFacts] = &[
    ApplicationCreated::FACTS,
    ApplicationUpdated::FACTS,
    ApplicationSuspended::FACTS,
    ApplicationResumed::FACTS,
    ApplicationDeleted::FACTS,
    ApplicationRestored::FACTS,
    ApplicationErased::FACTS,
];

pub(crate) fn endpoints() -> Vec<Endpoint> {
    dashboard::endpoints().into()
}
