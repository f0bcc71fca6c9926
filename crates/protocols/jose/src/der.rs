//! The two integers of an `RSAPublicKey` (RFC 8017, appendix A.1.1), which the cryptographic library writes as DER only.

/// Modulus and public exponent, big-endian without leading zeros, as a JWK wants them (RFC 7518, section 6.3.1).
pub(crate) fn rsa_public_key(der: &[u8]) -> Option<(&[u8], &[u8])> {
    const SEQUENCE: u8 = 0x30;
    let (fields, rest) = element(der, SEQUENCE)?;
    let (modulus, fields) = unsigned(fields)?;
    let (exponent, fields) = unsigned(fields)?;
    (rest.is_empty() && fields.is_empty()).then_some((modulus, exponent))
}

fn unsigned(der: &[u8]) -> Option<(&[u8], &[u8])> {
    const INTEGER: u8 = 0x02;
    let (value, rest) = element(der, INTEGER)?;
    // A positive integer whose top bit is set carries one zero octet in front (X.690, section 8.3).
    Some((value.strip_prefix(&[0]).unwrap_or(value), rest))
}

/// The contents of the first element, which must have this tag, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, der) = der.split_first()?;
    let (&first, der) = der.split_first()?;
    if found != tag {
        return None;
    }
    let (length, der) = if first < 0x80 {
        (usize::from(first), der)
    } else {
        let (digits, der) = der.split_at_checked(usize::from(first & 0x7f))?;
        if digits.len() > 4 {
            return None;
        }
        (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), der)
    };
    der.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_integers_and_nothing_else() {
        let der = [0x30, 0x09, 0x02, 0x02, 0x00, 0x81, 0x02, 0x03, 0x01, 0x00, 0x01];
        assert_eq!(rsa_public_key(&der), Some((&[0x81][..], &[1, 0, 1][..])));
        assert_eq!(rsa_public_key(&der[..10]), None);
        assert_eq!(rsa_public_key(&[&der[..], &[0]].concat()), None);
        assert_eq!(rsa_public_key(&[0x30, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1]), None);
    }
}
