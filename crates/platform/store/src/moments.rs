//! When something was read: what is kept of rows grows old with a commit that wrote to their tables, and with no other.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::{
    Statement,
    tables::{MOST, Tables},
};

/// The commits of one database, counted: all of them, and for each table the last that wrote to it.
#[derive(Debug)]
pub(crate) struct Commits {
    count: AtomicU64,
    last_of: [AtomicU64; MOST],
}

impl Commits {
    pub(crate) const fn none() -> Self {
        Self { count: AtomicU64::new(0), last_of: [const { AtomicU64::new(0) }; MOST] }
    }

    pub(crate) fn count(&self) -> u64 {
        self.count.load(Ordering::Acquire)
    }

    /// One more, which readers see already and nobody has been told of. Who counts before the tables have their new number has read what
    /// it wrote.
    pub(crate) fn add(&self, written: Tables) {
        let number = self.count.fetch_add(1, Ordering::AcqRel) + 1;
        for table in written.numbers() {
            self.last_of[table].store(number, Ordering::Release);
        }
    }

    pub(crate) fn has_written(&self, since: &Moment) -> bool {
        since.tables.numbers().any(|table| self.last_of[table].load(Ordering::Acquire) > since.count)
    }
}

/// When something was read: how many commits there were before, and the tables that it came from.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    count: u64,
    tables: Tables,
}

impl Moment {
    /// Before a read, of whatever table.
    pub(crate) const fn now(commits: u64) -> Self {
        Self { count: commits, tables: Tables::ALL }
    }

    /// After the read: these statements alone made it, so that other tables no longer matter. One that never ran here may read any.
    #[must_use]
    pub fn of(self, statements: &[&'static Statement]) -> Self {
        let none = Tables::default();
        let tables = statements.iter().fold(none, |tables, statement| tables.and(statement.reads()));
        Self { tables, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_makes_old_what_was_read_of_its_tables() {
        let (cats, toys) = (Tables::one("cats"), Tables::one("toys"));
        assert_eq!(Tables::one("cats"), cats);
        assert_ne!(cats, toys);
        let commits = Commits::none();
        commits.add(cats);
        let moment = |tables| Moment { count: commits.count(), tables };
        let (of_cats, of_both, of_any) = (moment(cats), moment(cats.and(toys)), moment(Tables::ALL));
        let old = |moment: [&Moment; 3]| moment.map(|moment| commits.has_written(moment));
        assert_eq!(old([&of_cats, &of_both, &of_any]), [false, false, false]);
        commits.add(toys);
        assert_eq!(old([&of_cats, &of_both, &of_any]), [false, true, true]);
        commits.add(Tables::ALL);
        assert_eq!(old([&of_cats, &of_both, &of_any]), [true, true, true]);
    }
}
