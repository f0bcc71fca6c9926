//! The bare hash: argon2id (RFC 9106) at 19 MiB, t=2, p=1, in memory that is kept from one to the next.

use std::{cell::RefCell, hint::black_box};

use anyhow::{Result, anyhow};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

const MEMORY_KIB: u32 = 19_456;
const ITERATIONS: u32 = 2;
const PARALLELISM: u32 = 1;
const OUTPUT: usize = 32;
const SALT: &[u8; 16] = b"salt of a bench.";

thread_local! {
    static MEMORY: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

pub(super) fn hash() -> Result<()> {
    black_box(digest(b"correct horse battery staple")?);
    Ok(())
}

/// The hash of a password in the PHC string format, as the product takes it in.
pub(crate) fn phc(password: &str) -> Result<String> {
    Ok(string(SALT, &digest(password.as_bytes())?))
}

/// The string of a hash that nothing fits, with a salt of its own. Which memory is read, and so the time of a hash, depends on the
/// salt.
pub(crate) fn unfitting_phc(number: usize) -> String {
    string(&(number as u128).to_le_bytes(), &[0; OUTPUT])
}

fn string(salt: &[u8], digest: &[u8]) -> String {
    let (salt, digest) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(digest));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={ITERATIONS},p={PARALLELISM}${salt}${digest}")
}

fn digest(password: &[u8]) -> Result<[u8; OUTPUT]> {
    let wrong = |error| anyhow!("argon2: {error}");
    let params = Params::new(MEMORY_KIB, ITERATIONS, PARALLELISM, Some(OUTPUT)).map_err(wrong)?;
    let blocks = params.block_count();
    let mut output = [0; OUTPUT];
    MEMORY.with_borrow_mut(|memory| {
        memory.resize(blocks, Block::new());
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2.hash_password_into_with_memory(password, SALT, &mut output, memory).map_err(wrong)
    })?;
    Ok(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_string_has_the_five_parts_of_its_format() {
        let text = phc("a password").unwrap();
        let parts: Vec<&str> = text.split('$').collect();
        assert_eq!(parts[..4], ["", "argon2id", "v=19", "m=19456,t=2,p=1"]);
        assert_eq!(STANDARD_NO_PAD.decode(parts[4]).unwrap(), SALT);
        assert_eq!(STANDARD_NO_PAD.decode(parts[5]).unwrap().len(), OUTPUT);
        assert_ne!(phc("another").unwrap(), text);
    }
}
