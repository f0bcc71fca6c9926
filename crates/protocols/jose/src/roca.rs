//! Keys of a generator whose primes were not random (ROCA, CVE-2017-15361): the private half can be computed from the public one.
//!
//! Both primes were k·M + (65537^a mod M), with M the product of the first primes; so the modulus is a power of 65537 modulo each of those
//! (Nemec, Sys, Svenda, Klinec, Matyas: "The Return of Coppersmith's Attack", section 2.1).

/// Primes modulo which not every number is a power of 65537, those that tell most first: the first two or three clear an honest key.
const PRIMES: [u32; 17] = [97, 37, 79, 11, 61, 73, 127, 151, 13, 17, 19, 53, 71, 103, 107, 109, 157];

/// Is the modulus one of that generator's? Of random ones, one in two hundred million is called so.
pub(crate) fn is_of_the_weak_generator(modulus: &[u8]) -> bool {
    PRIMES.iter().all(|prime| is_power(remainder(modulus, *prime), *prime))
}

fn remainder(number: &[u8], divisor: u32) -> u32 {
    number.iter().fold(0, |rest, byte| (rest * 256 + u32::from(*byte)) % divisor)
}

/// Is it a power of 65537 modulo the prime?
fn is_power(number: u32, prime: u32) -> bool {
    std::iter::successors(Some(1), |power| Some(power * (65_537 % prime) % prime).filter(|power| *power != 1))
        .any(|power| power == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 65537 to the power of `exponent`, big-endian.
    fn power(exponent: u32) -> Vec<u8> {
        let mut digits = vec![1_u8];
        for _ in 0..exponent {
            let mut carry = 0_u64;
            let mut product: Vec<u8> = Vec::new();
            for digit in &digits {
                carry += u64::from(*digit) * 65_537;
                product.push(carry.to_le_bytes()[0]);
                carry >>= 8;
            }
            product.extend(carry.to_le_bytes());
            product.truncate(product.iter().rposition(|digit| *digit != 0).unwrap() + 1);
            digits = product;
        }
        digits.reverse();
        digits
    }

    #[test]
    fn a_modulus_of_the_weak_generator_is_told_from_others() {
        assert_eq!(power(1), [1, 0, 1]);
        for exponent in [1, 2, 7, 64, 128] {
            let modulus = power(exponent);
            assert!(is_of_the_weak_generator(&modulus), "{exponent}");
            let mut other = modulus;
            *other.last_mut().unwrap() ^= 2;
            assert!(!is_of_the_weak_generator(&other), "{exponent}");
        }
    }
}
