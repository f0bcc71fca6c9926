//! One hash, computed in memory that is lent, and its text (the PHC string format).

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};

use super::{params::Argon2Params, pool::PoolError};
use crate::digest::constant_time_eq;

const SALT: usize = 16;
const OUTPUT: usize = 32;

/// The blocks of one thread. Grown to what a job needs and kept for the next.
///
/// Not wiped in between: every hash overwrites what it uses, and wiping 19 MiB would cost a tenth of the hash.
#[derive(Default)]
pub(super) struct Memory {
    blocks: Vec<Block>,
    /// Is the usual cost only pretended?
    #[cfg(feature = "soft")]
    is_soft: bool,
}

impl Memory {
    /// Blocks (of 1 KiB) that are kept from job to job; a rare larger hash gives the rest back.
    const KEPT: usize = 64 * 1_024;

    #[cfg(feature = "soft")]
    pub(super) fn soft() -> Self {
        Self { is_soft: true, ..Self::default() }
    }

    fn lend(&mut self, blocks: usize) -> &mut [Block] {
        if self.blocks.len() < blocks {
            // Nothing in the old blocks is worth copying into a larger place.
            self.blocks = Vec::new();
            self.blocks.resize(blocks, Block::new());
        }
        &mut self.blocks[..blocks]
    }

    pub(super) fn give_back(&mut self) {
        if self.blocks.len() > Self::KEPT {
            self.blocks = Vec::new();
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    #[cfg(test)]
    pub(super) fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// What these parameters cost here: what they say.
    #[cfg(not(feature = "soft"))]
    #[expect(clippy::unused_self, reason = "the other build asks it")]
    fn cost(&self, params: &Params) -> Params {
        params.clone()
    }

    /// What these parameters cost here: what they say, unless they are the usual ones and this only pretends.
    #[cfg(feature = "soft")]
    fn cost(&self, params: &Params) -> Params {
        let usual = library_params(Argon2Params::default());
        let is_usual = usual.is_ok_and(|usual| (usual.m_cost(), usual.t_cost()) == (params.m_cost(), params.t_cost()));
        let least = Params::new(Params::MIN_M_COST, Params::MIN_T_COST, 1, params.output_len());
        if self.is_soft && is_usual { least.unwrap_or_default() } else { params.clone() }
    }
}

/// A stored hash, read and found computable.
pub(super) struct Stored {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Salt,
    output: Output,
}

impl Stored {
    /// Reads Argon2 in each of its variants, since imported accounts bring them all.
    ///
    /// The parameters are bounded: they come with imports, and one string must not order 4 TiB of memory.
    pub(super) fn parse(phc: &str) -> Option<Self> {
        let hash = PasswordHash::new(phc).ok()?;
        let params = Params::try_from(&hash).ok()?;
        let is_bounded = params.m_cost() <= Argon2Params::MAX_MEMORY_KIB
            && params.t_cost() <= Argon2Params::MAX_ITERATIONS
            && params.p_cost() <= Argon2Params::MAX_PARALLELISM;
        let version = match hash.version {
            Some(version) => Version::try_from(version).ok()?,
            // Strings of before version 1.3 have no such field.
            None => Version::V0x10,
        };
        let (salt, output) = (hash.salt?, hash.hash?);
        // A truncated output would let many passwords in.
        let is_long_enough = output.len() >= 16;
        let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
        (is_bounded && is_long_enough).then_some(Self { algorithm, version, params, salt, output })
    }

    /// A hash that no password has, as dear as new ones are.
    pub(super) fn of_nothing(params: Argon2Params) -> Result<Self, PoolError> {
        let fitting = |_| PoolError::BadParams;
        let (salt, output) = (Salt::new(&new_salt()?).map_err(fitting)?, Output::new(&[0; OUTPUT]).map_err(fitting)?);
        Ok(Self {
            algorithm: Algorithm::Argon2id,
            version: Version::V0x13,
            params: library_params(params)?,
            salt,
            output,
        })
    }

    pub(super) fn is_of(&self, password: &str, memory: &mut Memory) -> Result<bool, PoolError> {
        let mut computed = [0; Output::MAX_LENGTH];
        let computed = &mut computed[..self.output.len()];
        let cost = memory.cost(&self.params);
        let blocks = memory.lend(cost.block_count());
        Argon2::new(self.algorithm, self.version, cost)
            .hash_password_into_with_memory(password.as_bytes(), &self.salt, computed, blocks)
            .map_err(|_| PoolError::BadHash)?;
        Ok(constant_time_eq(computed, self.output.as_bytes()))
    }
}

/// From the library's own generator, as its keys are.
fn new_salt() -> Result<[u8; SALT], PoolError> {
    let mut salt = [0; SALT];
    aws_lc_rs::rand::fill(&mut salt).map_err(|_| PoolError::NoEntropy)?;
    Ok(salt)
}

fn library_params(params: Argon2Params) -> Result<Params, PoolError> {
    Params::new(params.memory_kib, params.iterations, params.parallelism, Some(OUTPUT))
        .map_err(|_| PoolError::BadParams)
}

/// Hashes with a new salt.
pub(super) fn hash(password: &str, params: Argon2Params, memory: &mut Memory) -> Result<String, PoolError> {
    let (salt, params) = (new_salt()?, library_params(params)?);
    let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
    let mut output = [0; OUTPUT];
    let cost = memory.cost(&params);
    let blocks = memory.lend(cost.block_count());
    Argon2::new(algorithm, version, cost)
        .hash_password_into_with_memory(password.as_bytes(), &salt, &mut output, blocks)
        .map_err(|_| PoolError::BadParams)?;
    let phc = || {
        Some(PasswordHash {
            algorithm: algorithm.ident(),
            version: Some(version.into()),
            params: ParamsString::try_from(&params).ok()?,
            salt: Some(Salt::new(&salt).ok()?),
            hash: Some(Output::new(&output).ok()?),
        })
    };
    phc().map(|phc| phc.to_string()).ok_or(PoolError::BadParams)
}

/// Was it made otherwise than a new hash would be: cheaper, dearer, in another variant, or not by Argon2 at all?
/// To be asked after a verification that succeeded, when the password is at hand.
pub fn needs_rehash(phc: &str, params: Argon2Params) -> bool {
    Stored::parse(phc).is_none_or(|stored| {
        let costs = (stored.params.m_cost(), stored.params.t_cost(), stored.params.p_cost());
        stored.algorithm != Algorithm::Argon2id
            || stored.version != Version::V0x13
            || costs != (params.memory_kib, params.iterations, params.parallelism)
            || stored.salt.len() < SALT
            || stored.output.len() != OUTPUT
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Argon2Params = Argon2Params { memory_kib: 64, iterations: 1, parallelism: 1 };

    #[test]
    fn foreign_strings_verify() {
        // The reference implementation's test.c: "password" and "somesalt", 64 MiB and 256 KiB.
        let mut memory = Memory::default();
        for (phc, blocks) in [
            ("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", 65_536),
            ("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", 256),
            ("$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc", 256),
            ("$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8", 256),
        ] {
            let stored = Stored::parse(phc).unwrap();
            assert!(stored.is_of("password", &mut memory).unwrap(), "{phc}");
            assert!(!stored.is_of("Password", &mut memory).unwrap(), "{phc}");
            assert!(needs_rehash(phc, CHEAP));
            assert!(memory.blocks() >= blocks);
        }
    }

    #[test]
    fn a_new_hash_is_a_phc_string_of_its_parameters() {
        let mut memory = Memory::default();
        let one = hash("pässword", CHEAP, &mut memory).unwrap();
        let two = hash("pässword", CHEAP, &mut memory).unwrap();
        assert!(one.starts_with("$argon2id$v=19$m=64,t=1,p=1$") && one != two);
        for phc in [&one, &two] {
            assert!(Stored::parse(phc).unwrap().is_of("pässword", &mut memory).unwrap());
            assert!(!needs_rehash(phc, CHEAP));
            assert!(needs_rehash(phc, Argon2Params { memory_kib: 128, ..CHEAP }));
            assert!(needs_rehash(phc, Argon2Params { iterations: 2, ..CHEAP }));
        }
    }

    #[test]
    fn strings_that_cannot_be_trusted_are_not_computed() {
        let salt_and_hash = "c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        assert!(Stored::parse(&format!("$argon2id$v=19$m=256,t=2,p=1${salt_and_hash}")).is_some());
        for phc in [
            String::new(),
            "password".to_owned(),
            "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW".to_owned(),
            format!("$argon2id$v=19$m=4294967295,t=2,p=1${salt_and_hash}"),
            format!("$argon2id$v=19$m=256,t=4294967295,p=1${salt_and_hash}"),
            format!("$argon2id$v=19$m=256,t=17,p=1${salt_and_hash}"),
            format!("$argon2id$v=19$m=256,t=2,p=16${salt_and_hash}"),
            format!("$argon2id$v=19$m=256,t=0,p=1${salt_and_hash}"),
            format!("$argon2id$v=18$m=256,t=2,p=1${salt_and_hash}"),
            format!("$argon2x$v=19$m=256,t=2,p=1${salt_and_hash}"),
            format!("$argon2id$v=19$m=256,t=2,p=1${salt_and_hash}$more"),
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ".to_owned(),
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR".to_owned(),
        ] {
            assert!(Stored::parse(&phc).is_none(), "{phc}");
            assert!(needs_rehash(&phc, CHEAP), "{phc}");
        }
    }

    #[test]
    fn a_large_hash_gives_its_memory_back() {
        let mut memory = Memory::default();
        assert_eq!(memory.lend(Memory::KEPT + 1).len(), Memory::KEPT + 1);
        memory.give_back();
        assert_eq!(memory.blocks(), 0);
        memory.lend(100);
        memory.give_back();
        assert_eq!(memory.lend(50).len(), 50);
        assert_eq!(memory.blocks(), 100, "kept for the next");
    }
}
