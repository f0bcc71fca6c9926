//! What happens to applications: told in the console's stream, where the team's own trail is, and in the application's.

use kernel::{Event, Id, TenantId};
use macros::Event;
use schemars::JsonSchema;
use serde::Serialize;
use store::Tx;

use super::Application;
use crate::tenants::Environment;

/// An application was created.
#[derive(Event, Serialize, JsonSchema)]
#[event("application.created", target = application_id)]
pub struct ApplicationCreated {
    pub application_id: Id<Application>,
    pub name: String,
    pub slug: String,
    pub environment: Environment,
}

/// An application was renamed.
#[derive(Event, Serialize, JsonSchema)]
#[event("application.updated", target = application_id)]
pub struct ApplicationUpdated {
    pub application_id: Id<Application>,
    pub name: String,
}

/// An application was suspended: it refuses every request, nothing is lost.
#[derive(Event, Serialize, JsonSchema)]
#[event("application.suspended", target = application_id)]
pub struct ApplicationSuspended {
    pub application_id: Id<Application>,
}

/// A suspended application serves again.
#[derive(Event, Serialize, JsonSchema)]
#[event("application.resumed", target = application_id)]
pub struct ApplicationResumed {
    pub application_id: Id<Application>,
}

/// An application was deleted: it answers as one that does not exist, and is erased after thirty days.
#[derive(Event, Serialize, JsonSchema)]
#[event("application.deleted", target = application_id)]
pub struct ApplicationDeleted {
    pub application_id: Id<Application>,
}

/// A deleted application was brought back before it was erased.
#[derive(Event, Serialize, JsonSchema)]
#[event("application.restored", target = application_id)]
pub struct ApplicationRestored {
    pub application_id: Id<Application>,
}

/// Nothing of a deleted application is left but its id. Told in the console's stream alone.
#[derive(Event, Serialize, JsonSchema)]
#[event("application.erased", target = application_id)]
pub struct ApplicationErased {
    pub application_id: Id<Application>,
}

/// Say it in both streams. `tx` is a system transaction of the console.
pub(crate) trait Announce: Event + Sized {
    fn announce(&self, tx: &Tx, tenant: TenantId) {
        tx.emit(self);
        tx.emit_as(tenant, self);
    }
}

impl Announce for ApplicationCreated {}
impl Announce for ApplicationUpdated {}
impl Announce for ApplicationSuspended {}
impl Announce for ApplicationResumed {}
impl Announce for ApplicationDeleted {}
impl Announce for ApplicationRestored {}
