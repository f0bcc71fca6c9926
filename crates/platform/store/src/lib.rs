//! One [`Db`], [`Read`] and [`Tx`] over SQLite and PostgreSQL.
//!
//! Owns: connections, transactions, migrations, the registry of statements, the listing composer, and the tables that
//! every domain shares: the outbox of events, leased jobs, idempotency records, deployment-wide values. Owns no
//! domain's tables and decides nothing about them; sealing and reading events belongs to `events`.
//!
//! SQL is written once, in the subset that both databases speak: `$n`, `returning`, `on conflict`, row-value keysets,
//! partial indexes, and columns of `text`, `blob`, `bigint` and `boolean`. Three rules follow from the weaker of the
//! two databases and hold on both:
//!
//! - a statement that the database refused ends its transaction, as on PostgreSQL. Where a twin row is an ordinary
//!   outcome, say so in the statement (`on conflict do nothing`) instead of catching [`StoreError::Conflict`];
//! - a placeholder's type must be visible from its place; write `cast($2 as bigint)` where it is not, and
//!   `cast(sum(n) as bigint)`, because PostgreSQL's sum of bigints is a numeric;
//! - no deferred constraints: SQLite would find the offence at the commit of a whole group of transactions.

pub mod backup;
pub mod idempotency;
pub mod jobs;
pub mod meta;
pub mod registry;

mod call;
mod db;
mod emit;
mod error;
mod invalidation;
mod lexer;
mod listing;
mod migration;
mod moments;
mod options;
mod origin;
mod postgres;
mod query;
mod read;
mod reader;
mod row;
mod sqlite;
mod statement;
mod tables;
mod tenant_tables;
mod tx;
mod value;

/// What the [`sql!`] and [`listing!`] macros expand to needs it, so that callers need no dependency of their own.
#[doc(hidden)]
pub use linkme;

pub use db::{Db, StoreKind};
pub use error::StoreError;
pub use invalidation::Invalidation;
pub use jobs::NewJob;
pub use listing::{LISTINGS, ListQuery, Listing};
pub use migration::{MIGRATIONS, Migration, MigrationStep};
pub use moments::Moment;
pub use options::{Durability, StoreOptions, StoreUrl, StoreUrlError};
pub use origin::Origin;
pub use query::{Asked, EachRow, Query, Wanted};
pub use read::Read;
pub use reader::Reader;
pub use row::{Column, FromColumn, Row};
pub use statement::{STATEMENTS, Scope, Statement};
pub use tenant_tables::TenantTable;
pub use tx::Tx;
pub use value::Value;
