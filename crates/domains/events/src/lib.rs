//! The audit trail: what happened, in an order that can't be changed unseen.
//!
//! Owns the chain (sealing, verifying), erasure within it, the endpoints that read it, and the catalogue of event
//! types. Does not write events: those come from `Tx::emit` in every domain, in the transaction that makes them true.
//!
//! What the chain shows: a row that was edited, deleted, inserted or moved, edited details, a tail that was cut off.
//! What it can't show by itself: that somebody with full rights on the database computed all of it anew. For that, keep
//! the heads that [`verify`] reports at another place and compare; a sealed event keeps its sequence and hash for good.

mod catalogue;
mod chain;
mod erasure;
mod hexadecimal;
mod model;
mod personal;
mod tenant_tables;
mod trail;

use store::Migration;

pub use catalogue::catalogue;
pub use chain::{Fault, Flaw, Head, Progress, Report, seal_pending, verify};
pub use erasure::{ENTRY_ERASED, PERSON_DELETED, erase_person};
pub use model::AuditEvent;
pub use trail::{AuditExport, AuditRead};

const MIGRATIONS: &[Migration] = &[
    Migration::new("events/0001_audit_chains", include_str!("../migrations/0001_audit_chains.sql")),
    Migration {
        id: "events/0002_vacuum",
        sql: "",
        sqlite: None,
        postgres: Some(include_str!("../migrations/0002_vacuum.postgres.sql")),
    },
    Migration {
        id: "events/0003_vacuum_unsealed",
        sql: "",
        sqlite: None,
        postgres: Some(include_str!("../migrations/0003_vacuum_unsealed.postgres.sql")),
    },
];

/// The domain's line in the registry.
pub fn module() -> edge::Module {
    edge::Module {
        name: "events",
        endpoints: trail::endpoints(),
        events: trail::EVENTS.to_vec(),
        permissions: trail::PERMISSIONS.to_vec(),
        migrations: MIGRATIONS,
        sealed: &[],
        personal: personal::ALL,
        tenant_tables: tenant_tables::TENANT_TABLES,
    }
}
