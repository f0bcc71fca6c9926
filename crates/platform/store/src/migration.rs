//! The schema, one step at a time. A merged step never changes.

use std::borrow::Cow;

use aws_lc_rs::digest::{SHA256, digest};

use crate::{
    StoreError,
    lexer::{self, Token},
};

/// The store's own tables. They come first in the list that is given to [`crate::Db::migrate`].
pub const MIGRATIONS: &[Migration] = &[
    Migration::new("store/0001_store", include_str!("../migrations/0001_store.sql")),
    Migration::new("store/0002_dead_jobs", include_str!("../migrations/0002_dead_jobs.sql")),
    Migration::new("store/0003_unsealed_events", include_str!("../migrations/0003_unsealed_events.sql")),
];

/// One step of the schema. Its columns are of the types `text`, `blob`, `bigint` and `boolean` only; on PostgreSQL the
/// word `blob` is read as `bytea` and `text` gets the collation `C`, so nothing else may be called that.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Domain, number and name, for example `identity/0001_users`.
    pub id: &'static str,
    /// For both databases.
    pub sql: &'static str,
    /// Instead of `sql` on SQLite.
    pub sqlite: Option<&'static str>,
    /// Instead of `sql` on PostgreSQL.
    pub postgres: Option<&'static str>,
}

/// Told to whoever watches [`crate::Db::migrate`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MigrationStep {
    /// Begins now; the last part may take long.
    Applying { id: &'static str },
    /// Is in place.
    Applied { id: &'static str },
    /// Was in place before.
    Skipped { id: &'static str },
}

/// A row of `schema_migrations`.
#[derive(Clone, Debug)]
pub(crate) struct Applied {
    pub(crate) id: String,
    pub(crate) digest: Vec<u8>,
}

impl Migration {
    /// One text for both databases.
    pub const fn new(id: &'static str, sql: &'static str) -> Self {
        Self { id, sql, sqlite: None, postgres: None }
    }

    pub(crate) fn for_sqlite(&self) -> &'static str {
        self.sqlite.unwrap_or(self.sql)
    }

    pub(crate) fn for_postgres(&self) -> Cow<'static, str> {
        Cow::Owned(lexer::rewrite(self.postgres.unwrap_or(self.sql), |token| match token {
            // SQLite's way to keep a row in the tree of its primary key, as its index: half the pages to read and write.
            Token::Word(word) if word.eq_ignore_ascii_case("without") || word.eq_ignore_ascii_case("rowid") => {
                Some(String::new())
            }
            Token::Word(word) if word.eq_ignore_ascii_case("blob") => Some("bytea".to_owned()),
            // Byte order, as SQLite has it: ranges by prefix need it, and no locale of the cluster changes a page.
            Token::Word(word) if word.eq_ignore_ascii_case("text") => Some("text collate \"C\"".to_owned()),
            _ => None,
        }))
    }

    /// SHA-256 over all the texts, so that it is the same on both databases.
    pub(crate) fn digest(&self) -> Vec<u8> {
        let mut text = self.sql.to_owned();
        for fork in [self.sqlite, self.postgres] {
            text.push('\0');
            text.push_str(fork.unwrap_or_default());
        }
        digest(&SHA256, text.as_bytes()).as_ref().to_vec()
    }

    /// Is what was applied under this id the same text?
    pub(crate) fn check(&self, applied: &[u8]) -> Result<(), StoreError> {
        if self.digest() == applied {
            Ok(())
        } else {
            Err(StoreError::Migration(format!("{} was changed after it had been applied", self.id)))
        }
    }
}

/// Refuse lists that can't be right before anything is touched.
pub(crate) fn check_list(migrations: &[Migration]) -> Result<(), StoreError> {
    for (index, migration) in migrations.iter().enumerate() {
        if migrations[..index].iter().any(|earlier| earlier.id == migration.id) {
            return Err(StoreError::Migration(format!("{} stands twice in the list", migration.id)));
        }
        if lexer::tokens(migration.for_sqlite()).any(|token| token.is_word("deferrable")) {
            return Err(StoreError::Migration(format!(
                "{} has a deferred constraint, which would fail the commits of others",
                migration.id
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_those_of_postgres() {
        let migration = Migration::new("a", "create table t (a blob not null, b BLOB, blobs text default 'blob')");
        assert_eq!(
            migration.for_postgres(),
            "create table t (a bytea not null, b bytea, blobs text collate \"C\" default 'blob')"
        );
    }

    #[test]
    fn lists_that_cannot_be_right_are_refused() {
        let good = Migration::new("a", "create table t (a text)");
        let deferred = Migration::new("b", "create table u (a text references t deferrable initially deferred)");
        assert!(check_list(&[good]).is_ok());
        assert!(check_list(&[good, good]).is_err());
        assert!(check_list(&[deferred]).is_err());
    }
}
