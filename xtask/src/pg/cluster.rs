//! One cluster in a temporary folder: initialised, filled with a role and its databases, started on a free loopback
//! port, and removed however this process ends.

use std::io::Write;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use rustix::fs::statvfs;
use tempfile::TempDir;

use super::Options;
use super::account::{Account, run_quietly};
use super::programs::Programs;

/// The role of the tests and the name of its first database.
const ROLE: &str = "portcullis";

pub(super) struct Cluster {
    keeper: Keeper,
    port: u16,
    version: String,
}

impl Cluster {
    pub(super) fn start(programs: &Programs, account: Account, options: &Options) -> Result<Self> {
        let mut databases = vec![ROLE];
        databases.extend(options.databases.iter().map(String::as_str));
        ensure!(databases.iter().all(|name| is_plain(name)), "a database name is lower-case letters, digits and `_`");

        let folder = folder(options.durable)?;
        account.give(folder.path())?;
        let data = folder.path().join("data");
        let as_account = |program: &str| {
            let mut command = programs.command(program);
            // The caller's folder may be closed to the account.
            command.current_dir(folder.path()).env_remove("PGDATA");
            account.apply(&mut command);
            command
        };

        let mut initdb = as_account("initdb");
        initdb.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        run_quietly(initdb.arg("--pgdata").arg(&data))?;
        fill(as_account("postgres"), &data, &statements(&databases))?;

        let port = free_port()?;
        let log = folder.path().join("log");
        let mut pg_ctl = as_account("pg_ctl");
        pg_ctl.arg("start").arg("--wait").arg("--silent").arg("--pgdata").arg(&data).arg("--log").arg(&log);
        pg_ctl.arg("--options").arg(settings(port, folder.path(), options.durable));
        // Its own process group: Ctrl-C is for the command under test, the keeper ends the cluster afterwards.
        pg_ctl.process_group(0).stdin(Stdio::null()).stdout(Stdio::null());
        let keeper = Keeper::watch(programs, account, folder)?;
        if !pg_ctl.status().context("cannot run pg_ctl")?.success() {
            bail!("PostgreSQL does not start: {}", std::fs::read_to_string(&log).unwrap_or_default().trim());
        }
        let version = std::fs::read_to_string(data.join("PG_VERSION")).unwrap_or_default().trim().to_owned();
        Ok(Self { keeper, port, version })
    }

    pub(super) fn url(&self) -> String {
        format!("postgres://{ROLE}@127.0.0.1:{}/{ROLE}?sslmode=disable", self.port)
    }

    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// Stops and removes it, and says when that failed.
    pub(super) fn remove(mut self) -> Result<()> {
        self.keeper.finish()
    }
}

/// A small process that outlives this one by a moment. It waits for the end of its standard input, which comes when
/// this process lets go or is killed in any way, `kill -9` included; then it stops the cluster and removes the folder.
struct Keeper {
    process: Child,
    leash: Option<ChildStdin>,
    folder: PathBuf,
}

impl Keeper {
    fn watch(programs: &Programs, account: Account, folder: TempDir) -> Result<Self> {
        let mut shell = Command::new("sh");
        shell
            .args([
                "-c",
                "cat > /dev/null; \"$1\" stop --pgdata \"$2/data\" --mode immediate --silent; rm -rf \"$2\"",
                "sh",
            ])
            .arg(programs.path("pg_ctl"))
            .arg(folder.path())
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        account.apply(&mut shell);
        let mut process = shell.spawn().context("cannot start sh")?;
        let leash = process.stdin.take();
        // From here on the folder is the keeper's to remove.
        Ok(Self { process, leash, folder: folder.keep() })
    }

    fn finish(&mut self) -> Result<()> {
        if self.leash.take().is_none() {
            return Ok(());
        }
        self.process.wait()?;
        // Should the keeper have been killed, what it left is removed here.
        match std::fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        if let Err(error) = self.finish() {
            eprintln!("cannot remove {}: {error:#}", self.folder.display());
        }
    }
}

/// Where Linux keeps files in memory.
const MEMORY: &str = "/dev/shm";
/// A cluster of the tests stays below half of this.
const ROOM: u64 = 4 << 30;

/// In memory where there is room, unless the disk is meant: each test makes a database of some thousand files and drops it, and finding
/// places for new files among those just deleted takes a file system most of the run.
fn folder(is_durable: bool) -> Result<TempDir> {
    let has_room = || statvfs(MEMORY).is_ok_and(|memory| memory.f_bavail * memory.f_frsize >= ROOM);
    let mut named = tempfile::Builder::new();
    named.prefix("portcullis-pg-");
    Ok(if !is_durable && has_room() { named.tempdir_in(MEMORY)? } else { named.tempdir()? })
}

/// Runs SQL in single-user mode, before the server listens anywhere: it needs no client program and no password.
fn fill(mut postgres: Command, data: &Path, statements: &[String]) -> Result<()> {
    let mut process = postgres
        .args(["--single", "-j", "-c", "exit_on_error=true", "-D"])
        .arg(data)
        .arg("postgres")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot run postgres")?;
    if let Some(mut input) = process.stdin.take() {
        // With -j a statement ends at a semicolon followed by an empty line.
        for statement in statements {
            write!(input, "{statement};\n\n")?;
        }
    }
    let output = process.wait_with_output()?;
    if !output.status.success() {
        bail!("the role and its databases cannot be created: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

/// `createdb` lets a test binary take a database of its own; nothing here lets it pass row-level security.
fn statements(databases: &[&str]) -> Vec<String> {
    let role = format!("create role {ROLE} login createdb nosuperuser nobypassrls");
    let owned = databases.iter().map(|name| format!("create database {name} owner {ROLE}"));
    std::iter::once(role).chain(owned).collect()
}

/// Server settings as `pg_ctl --options` takes them: one string, split by a shell.
fn settings(port: u16, sockets: &Path, durable: bool) -> String {
    let mut settings = vec![
        format!("port={port}"),
        "listen_addresses=127.0.0.1".to_owned(),
        format!("unix_socket_directories='{}'", sockets.display()),
        "max_connections=300".to_owned(),
        "timezone=UTC".to_owned(),
        "log_min_messages=warning".to_owned(),
    ];
    if !durable {
        settings.extend(
            ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "max_wal_size=256MB"]
                .map(str::to_owned),
        );
    }
    settings.iter().map(|setting| format!("-c {setting}")).collect::<Vec<_>>().join(" ")
}

/// A port the system hands out now. Another process could take it before PostgreSQL does; then the start fails loudly.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// A name that needs no quoting in SQL.
fn is_plain(name: &str) -> bool {
    let is_word = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    is_word && name.starts_with(|first: char| first.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_role_is_no_superuser_and_owns_every_database() {
        let statements = statements(&["portcullis", "second"]);
        assert_eq!(statements.len(), 3);
        assert!(statements[0].contains("nosuperuser nobypassrls"));
        assert!(statements[1..].iter().all(|statement| statement.ends_with("owner portcullis")));
    }

    #[test]
    fn only_plain_names_reach_the_sql() {
        assert!(is_plain("bench_2"));
        for name in ["", "2nd", "a b", "a;drop", "Caps", "\"q\""] {
            assert!(!is_plain(name), "{name}");
        }
    }

    #[test]
    fn durability_is_given_up_only_when_nobody_asks_for_it() {
        let folder = Path::new("/sockets");
        assert!(settings(1, folder, false).contains("fsync=off"));
        assert!(!settings(1, folder, true).contains("fsync"));
        assert!(settings(5433, folder, true).contains("-c port=5433"));
    }
}
