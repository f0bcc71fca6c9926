//! The user PostgreSQL runs as. It refuses root, so root hands it to an unprivileged account.

use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Accounts tried in turn when this process is root: the distribution's own, then the one every system has.
const UNPRIVILEGED: &[&str] = &["postgres", "nobody"];

/// The caller's own user, or an unprivileged one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Account {
    Own,
    Other { user: u32, group: u32 },
}

impl Account {
    pub(super) fn for_server() -> Result<Self> {
        if !is_root()? {
            return Ok(Self::Own);
        }
        let known = std::fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
        UNPRIVILEGED
            .iter()
            .find_map(|name| in_passwd(&known, name))
            .with_context(|| format!("PostgreSQL refuses root, and there is no user {}", UNPRIVILEGED.join(" or ")))
    }

    /// Lets `command` run as this account, without root's supplementary groups.
    pub(super) fn apply(self, command: &mut Command) {
        if let Self::Other { user, group } = self {
            command.uid(user).gid(group);
        }
    }

    pub(super) fn give(self, path: &Path) -> Result<()> {
        if let Self::Other { user, group } = self {
            std::os::unix::fs::chown(path, Some(user), Some(group))?;
        }
        Ok(())
    }
}

/// Told by the owner of a file this process makes: the standard library has no other way to ask.
pub(super) fn is_root() -> Result<bool> {
    Ok(tempfile::tempfile()?.metadata()?.uid() == 0)
}

/// `name:x:uid:gid:...`, passwd(5); root's own number is never taken.
fn in_passwd(known: &str, name: &str) -> Option<Account> {
    let line = known.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    let (user, group) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    (user != 0).then_some(Account::Other { user, group })
}

/// Runs `command` and shows what it wrote when it fails.
pub(super) fn run_quietly(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("cannot run {}", command.get_program().display()))?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        bail!("{} failed: {}", command.get_program().display(), String::from_utf8_lossy(&said).trim());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\npostgres:x:101:104:PostgreSQL,,,:/var:/bin/bash\nbad:x\n";

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        let found = in_passwd(PASSWD, "postgres");
        assert!(matches!(found, Some(Account::Other { user: 101, group: 104 })), "{found:?}");
        assert!(in_passwd(PASSWD, "post").is_none());
    }

    #[test]
    fn root_and_broken_lines_are_never_taken() {
        assert!(in_passwd(PASSWD, "root").is_none());
        assert!(in_passwd(PASSWD, "bad").is_none());
    }
}
