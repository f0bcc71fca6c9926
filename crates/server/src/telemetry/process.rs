//! The process's own metrics, under the names that Prometheus's client libraries use.

use std::fs;

use metrics::{Unit, describe_gauge, gauge};

use super::metrics::as_gauge;

pub(super) fn describe() {
    describe_gauge!("process_resident_memory_bytes", Unit::Bytes, "Resident memory of the server");
    describe_gauge!("process_open_fds", Unit::Count, "Open file descriptors of the server");
    describe_gauge!("store_up", Unit::Count, "Does the database answer? 1 or 0");
    describe_gauge!("jobs_waiting", Unit::Count, "Jobs that wait or run");
    describe_gauge!("jobs_dead", Unit::Count, "Jobs that failed too often and wait for a person");
}

/// Where the system has no `/proc` these stay absent.
pub(super) fn record() {
    if let Some(bytes) = fs::read_to_string("/proc/self/status").ok().as_deref().and_then(resident_memory) {
        gauge!("process_resident_memory_bytes").set(as_gauge(bytes));
    }
    if let Ok(descriptors) = fs::read_dir("/proc/self/fd") {
        // The listing holds one itself.
        gauge!("process_open_fds").set(as_gauge(descriptors.count().saturating_sub(1) as u64));
    }
}

/// `VmRSS` in bytes, of `/proc/self/status` (proc(5)).
fn resident_memory(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kibibytes| kibibytes * 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resident_memory_is_read() {
        assert_eq!(resident_memory("Name:\tx\nVmRSS:\t   12345 kB\nThreads:\t1\n"), Some(12_345 * 1_024));
        assert_eq!(resident_memory("Name:\tx\n"), None);
    }
}
