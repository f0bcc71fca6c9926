//! The server's programs: on PATH, in the distribution's folders, or from the distribution's package.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::account;
use crate::tree;

const NEEDED: &[&str] = &["initdb", "pg_ctl", "postgres"];
const HOW_TO_GET: &str = "`apt-get install postgresql`, `dnf install postgresql-server` or `brew install postgresql`";

/// The folder that holds all of [`NEEDED`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// Installs the distribution's package where this process may: as root, with apt-get.
    pub(super) fn find_or_install() -> Result<Self> {
        if let Some(programs) = Self::find() {
            return Ok(programs);
        }
        eprintln!("PostgreSQL is missing: no folder on PATH holds {}; get it with {HOW_TO_GET}", NEEDED.join(", "));
        if !account::is_root()? || !is_on_path("apt-get") {
            bail!("PostgreSQL is missing and this user may not install it");
        }
        eprintln!("installing the distribution's package postgresql");
        apt_get(&["update", "-qq"])?;
        apt_get(&["install", "-y", "-qq", "--no-install-recommends", "postgresql"])?;
        Self::find().context("the package postgresql is installed, and its programs are still not found")
    }

    fn find() -> Option<Self> {
        let path = tree::variable("PATH").unwrap_or_default();
        let on_path = std::env::split_paths(&path).collect::<Vec<_>>();
        find_in(&on_path).or_else(|| find_in(&distribution_folders()))
    }

    pub(super) fn command(&self, program: &str) -> Command {
        Command::new(self.folder.join(program))
    }

    pub(super) fn path(&self, program: &str) -> PathBuf {
        self.folder.join(program)
    }
}

/// The first folder that holds every program. A link is followed, because `initdb` looks for `postgres` beside itself.
fn find_in(folders: &[PathBuf]) -> Option<Programs> {
    folders.iter().find_map(|folder| {
        let initdb = folder.join("initdb").canonicalize().ok()?;
        let real = initdb.parent()?.to_path_buf();
        NEEDED.iter().all(|program| real.join(program).is_file()).then_some(Programs { folder: real })
    })
}

/// `/usr/lib/postgresql/<version>/bin` (Debian), `/usr/pgsql-<version>/bin` (Red Hat), newest first.
fn distribution_folders() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for (parent, prefix) in [("/usr/lib/postgresql", ""), ("/usr", "pgsql-")] {
        for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let version = name.to_str().and_then(|name| name.strip_prefix(prefix)).and_then(|v| v.parse::<u32>().ok());
            if let Some(version) = version {
                found.push((version, entry.path().join("bin")));
            }
        }
    }
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, folder)| folder).collect()
}

fn is_on_path(program: &str) -> bool {
    let path = tree::variable("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder: PathBuf| Path::new(&folder).join(program).is_file())
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let status = Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive").status()?;
    if !status.success() {
        bail!("apt-get {} failed", arguments.join(" "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(programs: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for program in programs {
            std::fs::write(folder.path().join(program), "").expect("a file");
        }
        folder
    }

    #[test]
    fn a_folder_counts_only_with_all_programs() {
        let partial = folder_with(&["initdb", "pg_ctl"]);
        let whole = folder_with(NEEDED);
        let found = find_in(&[partial.path().to_owned(), whole.path().to_owned()]).expect("the whole one");
        assert_eq!(found.folder, whole.path().canonicalize().expect("a path"));
        assert_eq!(find_in(&[partial.path().to_owned()]), None);
    }

    #[test]
    fn links_lead_to_the_folder_where_the_programs_lie_together() {
        let real = folder_with(NEEDED);
        let links = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink(real.path().join("initdb"), links.path().join("initdb")).expect("a link");
        let found = find_in(&[links.path().to_owned()]).expect("followed");
        assert_eq!(found.folder, real.path().canonicalize().expect("a path"));
    }
}
