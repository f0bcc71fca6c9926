//! Base62 (`0-9A-Za-z`): opaque tokens that a double click selects whole.

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Big-endian bytes as base62, padded to the length that the largest value of as many bytes needs.
pub fn base62(bytes: &[u8]) -> String {
    let width = (bytes.len() * 8 * 1_000).div_ceil(5_954);
    let mut number = bytes.to_vec();
    let mut digits = vec![b'0'; width];
    for digit in digits.iter_mut().rev() {
        let mut remainder = 0_u32;
        for byte in &mut number {
            let value = remainder << 8 | u32::from(*byte);
            // The remainder is below 62, so the quotient of two bytes by 62 fits one.
            *byte = u8::try_from(value / 62).unwrap_or(u8::MAX);
            remainder = value % 62;
        }
        *digit = ALPHABET[remainder as usize];
    }
    digits.into_iter().map(char::from).collect()
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
}
