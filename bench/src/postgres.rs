//! PostgreSQL, as far as the driver needs it: databases to measure in, and the process to account for.

use anyhow::{Context, Result, ensure};
use tokio::task::JoinSet;
use tokio_postgres::{Client, NoTls};

use crate::cpu;

/// A connection with the task that moves its bytes; both end together.
pub(crate) struct Session {
    pub(crate) client: Client,
    _wire: JoinSet<Result<(), tokio_postgres::Error>>,
}

impl Session {
    pub(crate) async fn open(url: &str) -> Result<Self> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.context("PostgreSQL can't be reached")?;
        let mut wire = JoinSet::new();
        wire.spawn(connection);
        Ok(Self { client, _wire: wire })
    }
}

/// An empty database of that name beside the one of `url`, whatever was in it before; its address.
pub(crate) async fn fresh_database(url: &str, name: &str) -> Result<String> {
    let session = Session::open(url).await?;
    session.client.batch_execute(&format!("drop database if exists {name} with (force)")).await?;
    session.client.batch_execute(&format!("create database {name}")).await?;
    beside(url, name).context("not the address of a database")
}

/// The process whose children are the backends. It must run on this machine, where its time can be read.
pub(crate) async fn postmaster(url: &str) -> Result<u32> {
    let session = Session::open(url).await?;
    let backend: i32 = session.client.query_one("select pg_backend_pid()", &[]).await?.try_get(0)?;
    let backend = u32::try_from(backend)?;
    let name = std::fs::read_to_string(format!("/proc/{backend}/comm")).unwrap_or_default();
    ensure!(name.starts_with("postgres"), "PostgreSQL does not run on this machine, so its time can't be counted");
    cpu::parent_of(backend).context("the backend is gone")
}

/// `postgres://role@host:port/database?parameters` with another database.
fn beside(url: &str, name: &str) -> Option<String> {
    let (address, parameters) =
        url.split_once('?').map_or((url, None), |(address, parameters)| (address, Some(parameters)));
    let (server, _) =
        address.rsplit_once('/').filter(|(server, _)| server.contains("://") && !server.ends_with('/'))?;
    let parameters = parameters.map_or_else(String::new, |parameters| format!("?{parameters}"));
    Some(format!("{server}/{name}{parameters}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_database_has_the_same_address_but_for_its_name() {
        let url = "postgres://portcullis@127.0.0.1:5433/portcullis?sslmode=disable";
        assert_eq!(
            beside(url, "bench_1").as_deref(),
            Some("postgres://portcullis@127.0.0.1:5433/bench_1?sslmode=disable")
        );
        assert_eq!(beside("postgres://a:b/c", "d").as_deref(), Some("postgres://a:b/d"));
        assert_eq!(beside("postgres://a", "d"), None);
    }
}
