//! The working tree: where it is, which files it holds, what an earlier revision said, and what the server prints.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The folder of the workspace's own `Cargo.toml`.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Files of the tree that git knows or would add, whose name ends in `suffix`; paths relative to the root, sorted.
pub(crate) fn files(suffix: &str) -> Result<Vec<PathBuf>> {
    let listing = git(&["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"])?;
    let mut files: Vec<PathBuf> = listing
        .lines()
        .filter(|line| line.ends_with(suffix))
        .map(PathBuf::from)
        .filter(|path| root().join(path).is_file())
        .collect();
    files.sort();
    Ok(files)
}

/// What `path` held at `revision`; `None` where either does not exist.
pub(crate) fn at_revision(revision: &str, path: &str) -> Option<String> {
    git(&["show", &format!("{revision}:{path}")]).ok()
}

/// Whether `revision` names a commit of this repository.
pub(crate) fn is_revision(revision: &str) -> bool {
    git(&["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")]).is_ok()
}

fn git(arguments: &[&str]) -> Result<String> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(root())
        .stderr(Stdio::null())
        .output()
        .context("git is not on PATH")?;
    if !output.status.success() {
        bail!("git {} failed", arguments.join(" "));
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// What the server binary prints for `arguments`. `PORTCULLIS_BIN` names a binary that is already built; otherwise
/// cargo builds the debug one.
pub(crate) fn server_output(arguments: &[&str]) -> Result<String> {
    let binary = match variable("PORTCULLIS_BIN") {
        Some(binary) => PathBuf::from(binary),
        None => debug_binary()?,
    };
    let output = Command::new(binary)
        .args(arguments)
        .current_dir(root())
        .stderr(Stdio::inherit())
        .output()
        .context("the server binary does not start")?;
    if !output.status.success() {
        bail!("`portcullis {}` failed: {}", arguments.join(" "), output.status);
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn debug_binary() -> Result<PathBuf> {
    let status = Command::new(variable("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["binary", "--quiet"])
        .current_dir(root())
        .status()
        .context("cargo does not start")?;
    if !status.success() {
        bail!("the server can't be built");
    }
    Ok(target().join("debug/portcullis"))
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    variable("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Writes `text` to `path` (relative to the root) and says so; leaves an equal file alone.
pub(crate) fn write(path: &str, text: &str) -> Result<()> {
    let full = root().join(path);
    if std::fs::read_to_string(&full).is_ok_and(|present| present == text) {
        println!("{path}: up to date");
        return Ok(());
    }
    if let Some(folder) = full.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&full, text).with_context(|| format!("cannot write {path}"))?;
    println!("{path}: written");
    Ok(())
}

/// One variable of the process environment.
#[expect(clippy::disallowed_methods, reason = "this tool has no configuration type; its few variables are read here")]
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
