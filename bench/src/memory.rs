//! Resident memory of a process, from `/proc/PID/status`.

use anyhow::{Context, Result};

const KIB_PER_MIB: f64 = 1_024.0;

/// What is resident now, in MiB: the pages of the database's memory map count, as the kernel counts them.
pub(crate) fn resident(process: u32) -> Result<f64> {
    field(process, "VmRSS:")
}

/// The part of it that is mapped from files, the binary and the database's among them, and that the kernel may take back.
pub(crate) fn mapped(process: u32) -> Result<f64> {
    field(process, "RssFile:")
}

/// The most that ever was, in MiB.
pub(crate) fn highest(process: u32) -> Result<f64> {
    field(process, "VmHWM:")
}

fn field(process: u32, name: &str) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).context("the server is gone")?;
    let kib = parse(&status, name).with_context(|| format!("no {name} in the status of {process}"))?;
    Ok(f64::from(kib) / KIB_PER_MIB)
}

/// `VmRSS:     34560 kB`, proc(5).
fn parse(status: &str, name: &str) -> Option<u32> {
    let value = status.lines().find_map(|line| line.strip_prefix(name))?;
    value.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_by_their_whole_name() {
        let status = "Name:\tportcullis\nVmHWM:\t   40000 kB\nVmRSS:\t   34560 kB\nRssAnon:\t1 kB\n";
        assert_eq!(parse(status, "VmRSS:"), Some(34_560));
        assert_eq!(parse(status, "VmHWM:"), Some(40_000));
        assert_eq!(parse(status, "VmSwap:"), None);
        assert_eq!(parse("VmRSS:\t34 pages\n", "VmRSS:"), None);
    }
}
