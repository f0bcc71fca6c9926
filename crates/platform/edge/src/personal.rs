//! What is held on a person, table by table: for the export of one person and the merge of two.
//!
//! Each domain lists its tables that name a user, in [`crate::Module::personal`]; a test holds that none is missing. Statements are
//! made here from the facts, so that a table costs its domain one entry.

use serde_json::Value;
use store::Statement;

/// One table that names a user.
#[derive(Clone, Copy, Debug)]
pub struct PersonalData {
    pub table: &'static str,
    pub export: Export,
    pub merge: Merge,
}

/// What of a table leaves with the person's export (GDPR, articles 15 and 20).
#[derive(Clone, Copy, Debug)]
pub enum Export {
    /// Its rows, under this name.
    Rows { section: &'static str, columns: &'static [(&'static str, PersonalColumn)], select: &'static Statement },
    /// Nothing, for this reason: a secret tells a person nothing and a thief much.
    Withheld(&'static str),
}

/// How a column is written.
#[derive(Clone, Copy, Debug)]
pub enum PersonalColumn {
    Text,
    Integer,
    Flag,
    /// Microseconds since 1970 in the store, RFC 3339 outside.
    Time,
    /// Sixteen bytes in the store, a UUID outside.
    Id,
    /// JSON that is kept as text.
    Json,
    /// What follows from a text that is kept, and is not kept itself.
    Told(fn(&str) -> Value),
}

/// What becomes of a table's rows when their user is merged into another.
#[derive(Clone, Copy, Debug)]
pub enum Merge {
    /// All follow.
    Move(&'static Statement),
    /// Those follow that the other has no twin of. The others go with the account and are named by `left`, one text a row.
    MoveFree { moves: &'static Statement, left: &'static Statement },
    /// None is moved, for this reason: they go with the account, and the merge says how many.
    Leave(&'static str),
    /// None is moved, for this reason, and none goes: they outlive the account.
    Stay(&'static str),
    /// The account's own row, which the merge itself deals with.
    Account,
}

/// Declares a table: its statements, and a constant `FACTS` in a module of its name. What follows from a column, and has none of its
/// own, stands behind a semicolon: `; "age" of "born_on" by super::age`.
///
/// ```
/// mod personal {
///     edge::personal! {
///         /// Every device that was told apart.
///         devices: "devices", by "user_id" {
///             export: "devices" { "name": Text, "seen_at": Time },
///             merge: move,
///         }
///     }
/// }
/// assert_eq!(personal::devices::FACTS.table, "devices");
/// ```
#[macro_export]
macro_rules! personal {
    ($(
        $(#[$doc:meta])*
        $name:ident: $table:literal, by $user:literal {
            export: $section:literal $columns:tt,
            merge: $($merge:tt)+
        }
    )+) => { $(
        $(#[$doc])*
        pub(crate) mod $name {
            $crate::personal! { @export $table, $user, $section, $columns }
            $crate::personal! { @merge $table, $user, $($merge)+ }
            pub(crate) const FACTS: $crate::PersonalData =
                $crate::PersonalData { table: $table, export: EXPORT_AS, merge: MERGE };
        }
    )+ };
    (@export $table:literal, $user:literal, "", { $reason:literal }) => {
        const EXPORT_AS: $crate::Export = $crate::Export::Withheld($reason);
    };
    (@export $table:literal, $user:literal, $section:literal, {
        $($column:literal: $kind:ident),+ $(,)? $(; $($told:literal of $source:literal by $how:path),+ $(,)?)?
    }) => {
        ::store::sql! {
            EXPORT = concat!("select ", $($column, ", ",)+ $($($source, ", ",)+)? $user, " from ", $table,
                             " where tenant_id = $1 and ", $user, " = $2 limit 10001");
        }
        const EXPORT_AS: $crate::Export = $crate::Export::Rows {
            section: $section,
            columns: &[
                $(($column, $crate::PersonalColumn::$kind),)+
                $($(($told, $crate::PersonalColumn::Told($how)),)+)?
            ],
            select: &EXPORT,
        };
    };
    (@merge $table:literal, $user:literal, move $(,)?) => {
        ::store::sql! {
            MOVE = concat!("update ", $table, " set ", $user, " = $3 where tenant_id = $1 and ", $user, " = $2");
        }
        const MERGE: $crate::Merge = $crate::Merge::Move(&MOVE);
    };
    // `where` adds to the condition of the move, `left` names a column of what stays behind.
    (@merge $table:literal, $user:literal, move where $free:literal, left $label:literal $(,)?) => {
        ::store::sql! {
            MOVE = concat!("update ", $table, " set ", $user, " = $3 where tenant_id = $1 and ", $user, " = $2 and ", $free);
            LEFT = concat!("select ", $label, " from ", $table, " where tenant_id = $1 and ", $user, " = $2 limit 1000");
        }
        const MERGE: $crate::Merge = $crate::Merge::MoveFree { moves: &MOVE, left: &LEFT };
    };
    // A whole statement of its own: $2 is who goes, $3 who stays.
    (@merge $table:literal, $user:literal, move by $moves:literal, left $label:literal $(,)?) => {
        ::store::sql! {
            MOVE = $moves;
            LEFT = concat!("select ", $label, " from ", $table, " where tenant_id = $1 and ", $user, " = $2 limit 1000");
        }
        const MERGE: $crate::Merge = $crate::Merge::MoveFree { moves: &MOVE, left: &LEFT };
    };
    (@merge $table:literal, $user:literal, leave $reason:literal $(,)?) => {
        const MERGE: $crate::Merge = $crate::Merge::Leave($reason);
    };
    (@merge $table:literal, $user:literal, account $(,)?) => {
        const MERGE: $crate::Merge = $crate::Merge::Account;
    };
}
