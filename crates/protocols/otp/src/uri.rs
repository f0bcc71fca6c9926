//! The `otpauth` URI that a QR code carries into an authenticator app (the key URI format of Google Authenticator, which all
//! apps read).

use std::fmt::Write as _;

use crate::{DIGITS, STEP_SECONDS, base32};

/// `otpauth://totp/{issuer}:{account}?secret=..`. The issuer stands twice, since some apps read the one and some the other.
pub fn otpauth_uri(issuer: &str, account: &str, key: &[u8]) -> String {
    let issuer = escaped(issuer);
    format!(
        "otpauth://totp/{issuer}:{}?secret={}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}",
        escaped(account),
        base32(key)
    )
}

/// Percent-encoded but for the unreserved characters (RFC 3986, section 2.3); a colon would part issuer from account.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a string can't fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_can_not_add_parameters() {
        assert_eq!(
            otpauth_uri("Ä: Shop&secret=x", "ada@example.com", b"12345678901234567890"),
            "otpauth://totp/%C3%84%3A%20Shop%26secret%3Dx:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=%C3%84%3A%20Shop%26secret%3Dx&algorithm=SHA1&digits=6&period=30"
        );
    }
}
