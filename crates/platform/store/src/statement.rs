//! Every statement of the product, declared once, named, and registered at link time.

use std::sync::OnceLock;

use linkme::distributed_slice;

use crate::{
    lexer::{self, Token},
    tables::{LearntTouched, Tables},
};

/// All statements that [`sql!`] declared in the crates linked into this binary. The store's own stand apart:
/// [`crate::registry::statements`] has both.
#[allow(unsafe_code, clippy::allow_attributes, reason = "linkme places the registry in a section of its own")]
#[distributed_slice]
pub static STATEMENTS: [&'static Statement];

/// Whose rows a statement may touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One tenant's: the store binds that tenant to `$1`, callers' params begin at `$2`.
    Tenant,
    /// The deployment's: no tenant is bound, params begin at `$1`. Runs through `system_read` and `begin_system` only.
    System,
}

/// A statement in both dialects, which are nearly always the same text.
#[derive(Debug)]
pub struct Statement {
    pub name: &'static str,
    pub scope: Scope,
    pub sqlite: &'static str,
    pub postgres: &'static str,
    prepared: OnceLock<Prepared>,
}

/// What is worked out once per statement.
#[derive(Debug)]
struct Prepared {
    /// With `?n` for `$n`: SQLite takes `$n` for a name and numbers it by its first appearance.
    sqlite: String,
    placeholders: usize,
    writes: bool,
    touched: LearntTouched,
}

impl Statement {
    #[doc(hidden)]
    pub const fn new(name: &'static str, scope: Scope, sqlite: &'static str, postgres: &'static str) -> Self {
        Self { name, scope, sqlite, postgres, prepared: OnceLock::new() }
    }

    /// Do the two databases need different texts?
    pub fn is_fork(&self) -> bool {
        self.sqlite != self.postgres
    }

    pub(crate) fn text(&self) -> Text<'_> {
        let prepared = self.prepared.get_or_init(|| Prepared {
            sqlite: numbered(self.sqlite),
            placeholders: placeholders(self.sqlite),
            writes: writes(self.sqlite),
            touched: LearntTouched::new(),
        });
        Text {
            name: self.name,
            scope: self.scope,
            sqlite: &prepared.sqlite,
            postgres: self.postgres,
            placeholders: prepared.placeholders,
            writes: prepared.writes,
            touched: &prepared.touched,
            is_cached: true,
        }
    }

    /// The tables that it reads, on SQLite: all of them until it has run there.
    pub(crate) fn reads(&self) -> Tables {
        self.text().touched.get().map_or(Tables::ALL, |touched| touched.reads)
    }
}

/// What the databases run: the text of a [`Statement`] or of a composed listing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<'a> {
    pub(crate) name: &'a str,
    pub(crate) scope: Scope,
    pub(crate) sqlite: &'a str,
    pub(crate) postgres: &'a str,
    /// The highest `$n`.
    pub(crate) placeholders: usize,
    pub(crate) writes: bool,
    /// What SQLite has said of it.
    pub(crate) touched: &'a LearntTouched,
    /// Is the set of such texts bounded, so that connections may keep them prepared?
    pub(crate) is_cached: bool,
}

impl Text<'_> {
    /// The tables that a run on SQLite may have changed.
    pub(crate) fn written(&self) -> Tables {
        let unknown = if self.writes { Tables::ALL } else { Tables::default() };
        self.touched.get().map_or(unknown, |touched| touched.writes)
    }
}

pub(crate) fn numbered(sql: &str) -> String {
    lexer::rewrite(sql, |token| match token {
        Token::Placeholder(number, _) => Some(format!("?{number}")),
        _ => None,
    })
}

pub(crate) fn placeholders(sql: &str) -> usize {
    lexer::tokens(sql)
        .filter_map(|token| match token {
            Token::Placeholder(number, _) => Some(number),
            _ => None,
        })
        .max()
        .unwrap_or(0)
}

/// Data-modifying `with` clauses count too; columns are never called `insert`, `update` or `delete`.
fn writes(sql: &str) -> bool {
    let words = lexer::words(sql);
    words.iter().enumerate().any(|(index, word)| {
        let is_lock = index > 0 && words[index - 1].is_word("for");
        ["insert", "update", "delete"].iter().any(|verb| word.is_word(verb)) && !is_lock
    })
}

/// Declare statements: each becomes a `pub(crate) static NAME: Statement` and an entry of the registry.
///
/// `system` before the name gives [`Scope::System`]; a pair `{ sqlite: .., postgres: .. }` forks the text. The forks
/// are counted, so fork only what has no common form.
///
/// ```
/// store::sql! {
///     /// The doc comment is the static's own.
///     FIND_VALUE = "select value from things where tenant_id = $1 and id = $2";
///     system COUNT_THINGS = "select count(*) from things";
///     system NOW = { sqlite: "select unixepoch()", postgres: "select cast(extract(epoch from now()) as bigint)" };
/// }
/// assert_eq!(FIND_VALUE.scope, store::Scope::Tenant);
/// assert!(NOW.is_fork() && !COUNT_THINGS.is_fork());
/// ```
#[macro_export]
macro_rules! sql {
    ($($declarations:tt)*) => { $crate::__statements! { [linked] [] $($declarations)* } };
}

/// Declares the statements one after the other and keeps their names for the end, where `linked` ones join the
/// registry. The store's own are gathered in a list instead: within the crate that declares a registry, joining it
/// counts as unsafe code.
#[doc(hidden)]
#[macro_export]
macro_rules! __statements {
    ([linked] [$($name:ident)*]) => { $(
        const _: () = {
            #[$crate::linkme::distributed_slice($crate::STATEMENTS)]
            #[linkme(crate = $crate::linkme)]
            static ENTRY: &$crate::Statement = &$name;
        };
    )* };
    ([own] [$($name:ident)*]) => {
        pub(crate) const OWN: &[&$crate::Statement] = &[$(&$name),*];
    };
    ($how:tt $names:tt $(#[$meta:meta])* system $name:ident = { sqlite: $sqlite:expr, postgres: $postgres:expr $(,)? };
        $($rest:tt)*) => {
        $crate::__statements! { @declare $how $names [$(#[$meta])*] $name, System, $sqlite, $postgres; $($rest)* }
    };
    ($how:tt $names:tt $(#[$meta:meta])* system $name:ident = $sql:expr; $($rest:tt)*) => {
        $crate::__statements! { @declare $how $names [$(#[$meta])*] $name, System, $sql, $sql; $($rest)* }
    };
    ($how:tt $names:tt $(#[$meta:meta])* $name:ident = { sqlite: $sqlite:expr, postgres: $postgres:expr $(,)? };
        $($rest:tt)*) => {
        $crate::__statements! { @declare $how $names [$(#[$meta])*] $name, Tenant, $sqlite, $postgres; $($rest)* }
    };
    ($how:tt $names:tt $(#[$meta:meta])* $name:ident = $sql:expr; $($rest:tt)*) => {
        $crate::__statements! { @declare $how $names [$(#[$meta])*] $name, Tenant, $sql, $sql; $($rest)* }
    };
    (@declare $how:tt [$($names:ident)*] [$(#[$meta:meta])*] $name:ident, $scope:ident, $sqlite:expr, $postgres:expr;
        $($rest:tt)*) => {
        $(#[$meta])*
        pub(crate) static $name: $crate::Statement = $crate::Statement::new(
            concat!(module_path!(), "::", stringify!($name)),
            $crate::Scope::$scope,
            $sqlite,
            $postgres,
        );
        $crate::__statements! { $how [$($names)* $name] $($rest)* }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_keep_their_numbers() {
        assert_eq!(numbered("select $2, $1, '$3' where a = $10"), "select ?2, ?1, '$3' where a = ?10");
        assert_eq!(placeholders("select $2, $1, '$30'"), 2);
    }

    #[test]
    fn a_row_lock_is_not_a_write() {
        assert!(!writes("select id from jobs for update skip locked"));
        assert!(writes("with x as (delete from jobs returning id) select id from x"));
        assert!(writes("insert into t (a) values ($1)"));
    }
}
