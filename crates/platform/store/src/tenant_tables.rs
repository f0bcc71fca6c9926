//! Which tables hold rows of tenants, and the statement by which a tenant's rows go.

use crate::Statement;

/// A table with a `tenant_id`.
#[derive(Clone, Copy, Debug)]
pub struct TenantTable {
    pub table: &'static str,
    /// Deletes some hundred of the tenant's rows, so that erasing a large tenant holds nobody up.
    pub erase: &'static Statement,
}

/// Declares `TENANT_TABLES`: a domain's tables, each with the columns that tell a tenant's rows apart. Tables whose rows go with
/// those of another (`on delete cascade`) stand before it, so that the bites stay small. With `if`, other rows outlive the tenant.
///
/// ```
/// store::tenant_tables! {
///     devices by "id";
///     hosts by "host" if "verified_at is null";
/// }
/// assert_eq!(TENANT_TABLES[0].table, "devices");
/// ```
#[macro_export]
macro_rules! tenant_tables {
    ($($(#[$doc:meta])* $table:ident by $key:literal $(if $goes:literal)?;)+) => {
        $(
            mod $table {
                ::store::sql! {
                    ERASE = concat!(
                        "delete from ", stringify!($table), " where tenant_id = $1 and (", $key, ") in (select ", $key,
                        " from ", stringify!($table), " where tenant_id = $1", $(" and ", $goes,)? " limit 500)"
                    );
                }
                pub(super) const FACTS: $crate::TenantTable =
                    $crate::TenantTable { table: stringify!($table), erase: &ERASE };
            }
        )+
        pub(crate) const TENANT_TABLES: &[$crate::TenantTable] = &[$($table::FACTS),+];
    };
}
