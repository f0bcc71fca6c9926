//! Base62 (`0-9A-Za-z`): opaque tokens that a double click selects whole.

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// 62^10, the greatest power of 62 below 2^64: so many digits come of one pass over the number.
const CHUNK: u64 = 62_u64.pow(10);
const CHUNK_DIGITS: usize = 10;

/// Big-endian bytes as base62, padded to the length that the largest value of as many bytes needs.
pub fn base62(bytes: &[u8]) -> String {
    let width = (bytes.len() * 8 * 1_000).div_ceil(5_954);
    let mut number = limbs(bytes);
    let mut digits = vec![b'0'; width];
    for chunk in digits.rchunks_mut(CHUNK_DIGITS) {
        let mut rest = divide(&mut number);
        for digit in chunk.iter_mut().rev() {
            *digit = ALPHABET[(rest % 62) as usize];
            rest /= 62;
        }
    }
    String::from_utf8(digits).unwrap_or_default()
}

/// The number that the bytes are, the most significant limb first.
fn limbs(bytes: &[u8]) -> Vec<u64> {
    let (first, rest) = bytes.split_at(bytes.len() % 8);
    let limb = |bytes: &[u8]| bytes.iter().fold(0, |limb, byte| limb << 8 | u64::from(*byte));
    std::iter::once(first).chain(rest.chunks(8)).map(limb).collect()
}

/// Divides the number by [`CHUNK`]; what remains.
fn divide(number: &mut [u64]) -> u64 {
    let mut remainder = 0;
    for limb in number {
        let value = u128::from(remainder) << 64 | u128::from(*limb);
        // What remained is below the divisor, so that the quotient fits a limb.
        let quotient = u64::try_from(value / u128::from(CHUNK)).unwrap_or(u64::MAX);
        remainder = limb.wrapping_sub(quotient.wrapping_mul(CHUNK));
        *limb = quotient;
    }
    remainder
}

/// Is every character one of base62's?
pub fn is_base62(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_lengths_give_equal_widths() {
        assert_eq!(base62(&[0; 32]).len(), 43);
        assert_eq!(base62(&[255; 32]).len(), 43);
        assert_eq!(base62(&[0, 0, 0, 0]), "000000");
        assert_eq!(base62(&[255, 255, 255, 255]), "4gfFC3");
    }

    #[test]
    fn numbers_of_many_limbs_keep_their_digits() {
        let counted: Vec<u8> = (0..32).collect();
        for (bytes, expected) in [
            (&[][..], ""),
            (&[61], "0z"),
            (&[0, 0, 0, 0, 0, 0, 0, 1], "00000000001"),
            (&[255; 8], "LygHa16AHYF"),
            (&[255; 16], "7n42DGM5Tflk9n8mt7Fhc7"),
            (&counted, "003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf"),
            (&[255; 32], "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1"),
        ] {
            assert_eq!(base62(bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn the_digits_are_those_of_long_division() {
        // A linear congruential generator is random enough to meet every carry.
        let mut state = 1_u64;
        let mut byte = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()[0]
        };
        for round in 0..2_000 {
            let bytes: Vec<u8> = (0..round % 67).map(|_| byte()).collect();
            assert_eq!(base62(&bytes), by_long_division(&bytes), "{bytes:?}");
        }
    }

    /// Digit by digit and byte by byte, as one does it by hand.
    fn by_long_division(bytes: &[u8]) -> String {
        let mut number = bytes.to_vec();
        let mut digits: Vec<char> = (0..base62(bytes).len())
            .map(|_| {
                let mut remainder = 0;
                for byte in &mut number {
                    let value = remainder << 8 | u32::from(*byte);
                    *byte = u8::try_from(value / 62).unwrap();
                    remainder = value % 62;
                }
                char::from(ALPHABET[remainder as usize])
            })
            .collect();
        digits.reverse();
        digits.into_iter().collect()
    }
}
