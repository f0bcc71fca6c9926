//! What a domain hands to the server: everything that is mounted, documented, swept and migrated from one registry.

use kernel::EventFacts;
use store::{Migration, TenantTable};

use crate::{endpoint::Endpoint, personal::PersonalData};

/// One domain. The server's `modules.rs` has one line for each.
#[derive(Default)]
pub struct Module {
    pub name: &'static str,
    pub endpoints: Vec<Endpoint>,
    pub events: Vec<EventFacts>,
    pub permissions: Vec<&'static str>,
    pub migrations: &'static [Migration],
    pub sealed: &'static [SealedColumn],
    /// Every table that names a user.
    pub personal: &'static [PersonalData],
    /// Every table with a `tenant_id`: what goes with an application.
    pub tenant_tables: &'static [TenantTable],
}

/// A column whose values are sealed under the master key; `keys rotate-master` walks them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedColumn {
    pub table: &'static str,
    pub column: &'static str,
    /// The column whose bytes bind a value to its row.
    pub row: &'static str,
}
