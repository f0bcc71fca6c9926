//! Sets of tables, and which of them a statement touches.

use std::sync::OnceLock;

use parking_lot::Mutex;

/// Bits of a set. Should there ever be more tables, some share one, and what is kept of either grows old with both.
pub(crate) const MOST: usize = u128::BITS as usize;

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

    pub(crate) fn numbers(self) -> impl Iterator<Item = usize> {
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
