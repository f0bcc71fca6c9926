//! Where the data lives and how it is reached.

use std::{fmt, path::PathBuf, str::FromStr, time::Duration};

/// `sqlite:data/portcullis.db`, `sqlite:///var/lib/portcullis.db`, `postgres://user:password@host/database`.
///
/// PostgreSQL's parameters are libpq's; `sslmode` is `disable`, `prefer` (the default), `require`, `verify-ca` or
/// `verify-full`. Where TLS is used, the certificate is always checked against the system's roots and the host's name.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreUrl(pub(crate) Place);

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Sqlite(PathBuf),
    /// May hold a password.
    Postgres(String),
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the address of a store: `sqlite:PATH` or `postgres://..` is expected")]
pub struct StoreUrlError;

impl StoreUrl {
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self(Place::Sqlite(path.into()))
    }

    /// The file of an SQLite store.
    pub const fn path(&self) -> Option<&PathBuf> {
        match &self.0 {
            Place::Sqlite(path) => Some(path),
            Place::Postgres(_) => None,
        }
    }
}

impl FromStr for StoreUrl {
    type Err = StoreUrlError;

    fn from_str(text: &str) -> Result<Self, StoreUrlError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self(Place::Postgres(text.to_owned())));
        }
        let path = text.strip_prefix("sqlite:").ok_or(StoreUrlError)?;
        let path = path.strip_prefix("//").unwrap_or(path);
        // An in-memory database has one connection, so it can't have readers beside the writer.
        if path.is_empty() || path == ":memory:" { Err(StoreUrlError) } else { Ok(Self::sqlite(path)) }
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Place::Postgres(_) => f.write_str("postgres://.."),
        }
    }
}

/// What a power cut may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was acknowledged: each group of commits is on the disk before its callers hear of it.
    #[default]
    Full,
    /// The last commits, never the consistency of the rest. For tests and for data that can be made again.
    Normal,
}

/// Sizes and patience. The defaults serve one node of a few cores.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// SQLite: reader connections; each is used by one task at a time.
    pub readers: usize,
    /// SQLite only; PostgreSQL has its own setting, `synchronous_commit`.
    pub durability: Durability,
    /// SQLite: how long another process, for example a backup tool, may hold the file.
    pub busy_timeout: Duration,
    /// How long a transaction waits for the writer (SQLite) or for a connection (PostgreSQL).
    pub acquire_timeout: Duration,
    /// PostgreSQL: connections at most.
    pub pool_size: usize,
    /// PostgreSQL: for a new connection.
    pub connect_timeout: Duration,
    /// PostgreSQL: for one statement, on the server and on the wire.
    pub statement_timeout: Duration,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            readers: std::thread::available_parallelism().map_or(2, usize::from).clamp(1, 8),
            durability: Durability::Full,
            busy_timeout: Duration::from_secs(5),
            acquire_timeout: Duration::from_secs(5),
            pool_size: 16,
            connect_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(15),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, path) in [("sqlite:a/b.db", "a/b.db"), ("sqlite://a.db", "a.db"), ("sqlite:///v/a.db", "/v/a.db")] {
            assert_eq!(text.parse(), Ok(StoreUrl::sqlite(path)), "{text}");
        }
        for text in ["", "sqlite:", "sqlite::memory:", "mysql://x", "a.db"] {
            assert_eq!(text.parse::<StoreUrl>(), Err(StoreUrlError), "{text}");
        }
    }

    #[test]
    fn passwords_are_not_printed() {
        let url: StoreUrl = "postgres://ada:enigma@db/x".parse().unwrap();
        assert!(!format!("{url:?}").contains("enigma"));
    }
}
