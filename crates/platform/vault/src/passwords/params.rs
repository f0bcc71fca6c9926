//! How dear a hash is.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The cost of one Argon2id hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Argon2Params {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes. They are computed one after another, so more than one only helps hashes that come from elsewhere.
    pub parallelism: u32,
}

impl Default for Argon2Params {
    /// OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane; 15 to 35 ms of a core.
    fn default() -> Self {
        Self { memory_kib: 19_456, iterations: 2, parallelism: 1 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ParamsError {
    #[error("memory must be 7168 to 262144 KiB")]
    Memory,
    #[error("iterations must be 1 to 16")]
    Iterations,
    #[error("parallelism must be 1 to 8")]
    Parallelism,
    #[error("less than 7 MiB times 5 passes: the weakest setting that OWASP names")]
    TooCheap,
}

impl Argon2Params {
    pub(crate) const MAX_MEMORY_KIB: u32 = 262_144;
    pub(crate) const MAX_ITERATIONS: u32 = 16;
    pub(crate) const MAX_PARALLELISM: u32 = 8;

    /// For parameters that an operator sets: bounded above, so that one hash can't stop the server, and below by the
    /// weakest of OWASP's equivalent settings (46 MiB x 1, 19 x 2, 12 x 3, 9 x 4, 7 x 5).
    pub fn checked(self) -> Result<Self, ParamsError> {
        if !(7_168..=Self::MAX_MEMORY_KIB).contains(&self.memory_kib) {
            return Err(ParamsError::Memory);
        }
        if !(1..=Self::MAX_ITERATIONS).contains(&self.iterations) {
            return Err(ParamsError::Iterations);
        }
        if !(1..=Self::MAX_PARALLELISM).contains(&self.parallelism) {
            return Err(ParamsError::Parallelism);
        }
        let least_memory_kib = match self.iterations {
            1 => 47_104,
            2 => 19_456,
            3 => 12_288,
            4 => 9_216,
            _ => 7_168,
        };
        if self.memory_kib < least_memory_kib { Err(ParamsError::TooCheap) } else { Ok(self) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owasps_settings_are_accepted_and_cheaper_ones_are_not() {
        let params = |memory_kib, iterations| Argon2Params { memory_kib, iterations, parallelism: 1 };
        assert_eq!(Argon2Params::default().checked(), Ok(Argon2Params::default()));
        for (memory_kib, iterations) in [(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5), (262_144, 16)] {
            assert!(params(memory_kib, iterations).checked().is_ok(), "{memory_kib} x {iterations}");
        }
        for (memory_kib, iterations) in [(47_103, 1), (19_455, 2), (12_287, 3), (9_215, 4)] {
            assert_eq!(params(memory_kib, iterations).checked(), Err(ParamsError::TooCheap));
        }
        assert_eq!(params(7_167, 16).checked(), Err(ParamsError::Memory));
        assert_eq!(params(u32::MAX, 2).checked(), Err(ParamsError::Memory));
        assert_eq!(params(19_456, 0).checked(), Err(ParamsError::Iterations));
        assert_eq!(params(19_456, 17).checked(), Err(ParamsError::Iterations));
        let lanes = |parallelism| Argon2Params { parallelism, ..Argon2Params::default() };
        assert_eq!(lanes(0).checked(), Err(ParamsError::Parallelism));
        assert_eq!(lanes(9).checked(), Err(ParamsError::Parallelism));
    }
}
