//! The store through its public door, on SQLite and, where `TEST_STORE=postgres://..` is set, on PostgreSQL too.
//!
//! The role in that address must be allowed to create databases and must not be a superuser, because row-level security
//! does not hold superusers.

#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod backups;
mod cats;
mod conflicts;
mod events;
mod group_commit;
mod idempotency;
mod invalidations;
mod jobs;
mod kit;
mod listings;
mod meta;
mod migrations;
mod moments;
mod registry;
mod single_use;
mod tenant_wall;
mod transactions;
mod values;
