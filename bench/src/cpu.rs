//! CPU time of the processes under load, thread by thread, from `/proc/PID/task/*/schedstat`.
//!
//! Time on the CPU, user and system together, in nanoseconds. It is the figure that survives a noisy machine: a
//! neighbour makes a server wait, but does not make its work longer.

use std::{collections::HashMap, fs, path::Path, time::Duration};

use anyhow::{Context, Result, ensure};

/// Threads that do nothing but hash passwords begin with this (`comm` of proc(5)).
const HASH_THREADS: &str = "hash-";

/// Whose time counts for a target.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Account {
    pub(crate) server: u32,
    /// The postmaster; its children are the backends and the writers.
    pub(crate) database: Option<u32>,
}

/// CPU time that was used between two looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Used {
    /// All of the server but its hashing.
    pub(crate) server: Duration,
    pub(crate) hashing: Duration,
    pub(crate) database: Duration,
}

impl Used {
    pub(crate) fn total(self) -> Duration {
        self.server + self.hashing + self.database
    }
}

/// One look.
#[derive(Debug, Default)]
pub(crate) struct Snapshot(HashMap<u32, Thread>);

#[derive(Debug)]
struct Thread {
    part: Part,
    nanoseconds: u64,
}

#[derive(Clone, Copy, Debug)]
enum Part {
    Server,
    Hashing,
    Database,
}

impl Snapshot {
    pub(crate) fn take(account: Account) -> Result<Self> {
        let mut threads = HashMap::new();
        read_threads(account.server, &mut threads, |name| {
            if name.starts_with(HASH_THREADS) { Part::Hashing } else { Part::Server }
        })
        .context("the server is gone")?;
        if let Some(postmaster) = account.database {
            for backend in children(postmaster)? {
                // One may end while we look.
                let _ = read_threads(backend, &mut threads, |_| Part::Database);
            }
        }
        Ok(Self(threads))
    }

    /// What was used from `before` until this look. A thread that ended in between takes its share with it; servers
    /// under load keep theirs.
    pub(crate) fn since(&self, before: &Self) -> Used {
        let mut used = Used::default();
        for (id, thread) in &self.0 {
            let earlier = before.0.get(id).map_or(0, |earlier| earlier.nanoseconds);
            let time = Duration::from_nanos(thread.nanoseconds.saturating_sub(earlier));
            match thread.part {
                Part::Server => used.server += time,
                Part::Hashing => used.hashing += time,
                Part::Database => used.database += time,
            }
        }
        used
    }
}

fn read_threads(process: u32, into: &mut HashMap<u32, Thread>, part: impl Fn(&str) -> Part) -> Result<()> {
    for entry in fs::read_dir(format!("/proc/{process}/task"))? {
        let folder = entry?.path();
        if let Some((id, thread)) = read_thread(&folder, &part) {
            into.insert(id, thread);
        }
    }
    Ok(())
}

/// `None`: the thread ended while we looked.
fn read_thread(folder: &Path, part: impl Fn(&str) -> Part) -> Option<(u32, Thread)> {
    let id = folder.file_name()?.to_str()?.parse().ok()?;
    let statistics = fs::read_to_string(folder.join("schedstat")).ok()?;
    let name = fs::read_to_string(folder.join("comm")).ok()?;
    Some((id, Thread { part: part(&name), nanoseconds: time_on_cpu(&statistics)? }))
}

/// The first of the three fields: "time spent on the CPU, in nanoseconds" (the kernel's sched-stats.rst).
fn time_on_cpu(statistics: &str) -> Option<u64> {
    statistics.split_ascii_whitespace().next()?.parse().ok()
}

/// The processes whose parent is `parent`.
fn children(parent: u32) -> Result<Vec<u32>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(process) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        if parent_of(process) == Some(parent) {
            found.push(process);
        }
    }
    Ok(found)
}

pub(crate) fn parent_of(process: u32) -> Option<u32> {
    parent_in(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
}

/// `pid (comm) state ppid ..`; the name may hold spaces and parentheses, so the last one ends it.
fn parent_in(stat: &str) -> Option<u32> {
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// Fails where the kernel was built without these statistics, before zeros are divided.
pub(crate) fn check_available() -> Result<()> {
    // The kernel counts when a thread leaves its core; one that has just started may not have left yet.
    std::thread::sleep(Duration::from_millis(1));
    let own = fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    ensure!(time_on_cpu(&own).is_some_and(|time| time > 0), "this kernel keeps no schedstat (CONFIG_SCHED_INFO)");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(threads: &[(u32, Part, u64)]) -> Snapshot {
        Snapshot(
            threads
                .iter()
                .map(|(id, part, nanoseconds)| (*id, Thread { part: *part, nanoseconds: *nanoseconds }))
                .collect(),
        )
    }

    #[test]
    fn time_is_told_apart_by_who_used_it() {
        let before = snapshot(&[(1, Part::Server, 100), (2, Part::Hashing, 10), (9, Part::Server, 5)]);
        let after =
            snapshot(&[(1, Part::Server, 150), (2, Part::Hashing, 40), (3, Part::Database, 7), (4, Part::Server, 1)]);
        let used = after.since(&before);
        let nanoseconds = |part: Duration| part.as_nanos();
        assert_eq!((nanoseconds(used.server), nanoseconds(used.hashing), nanoseconds(used.database)), (51, 30, 7));
        assert_eq!(used.total(), Duration::from_nanos(88));
    }

    #[test]
    fn a_name_with_parentheses_does_not_hide_the_parent() {
        assert_eq!(parent_in("7 (postgres: a (b) c) S 5 7 7 0"), Some(5));
        assert_eq!(parent_in("7 (x) S"), None);
    }

    #[test]
    fn this_process_uses_time() {
        let account = Account { server: std::process::id(), database: None };
        let before = Snapshot::take(account).unwrap();
        let is_used = |_: &u32| !Snapshot::take(account).unwrap().since(&before).total().is_zero();
        // Taking the looks is the work that is seen.
        assert!((0..100_000).any(|round| is_used(&round)));
    }
}
