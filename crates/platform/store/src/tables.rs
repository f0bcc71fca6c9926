//! Which tables a statement touches, and when each was last written: what is kept of rows grows old with a commit that wrote to their
//! tables, and with no other.

use std::sync::{
    OnceLock,
    atomic::{AtomicU64, Ordering},
};

use parking_lot::Mutex;

use crate::Statement;

/// Bits of a set. Should there ever be more tables, some share one, and what is kept of either grows old with both.
const MOST: usize = u128::BITS as usize;

/// A set of tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tables(u128);

impl Tables {
    pub(crate) const ALL: Self = Self(u128::MAX);

    /// Tables are numbered as they are met.
    pub(crate) fn one(name: &str) -> Self {
        static NAMES: Mutex<Vec<String>> = Mutex::new(Vec::new());
        let mut names = NAMES.lock();
        let number = names.iter().position(|known| known == name).unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        });
        Self(1 << (number % MOST))
    }

    pub(crate) const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    fn numbers(self) -> impl Iterator<Item = usize> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let number = (left != 0).then(|| left.trailing_zeros())?;
            left &= left - 1;
            Some(number as usize)
        })
    }
}

/// What a statement touches, foreign keys that cascade among it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Touched {
    pub(crate) reads: Tables,
    pub(crate) writes: Tables,
}

/// Known from the first time that the statement is prepared.
pub(crate) type LearntTouched = OnceLock<Touched>;

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
