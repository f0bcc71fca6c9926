//! How native applications name themselves where a page has its origin.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// The origin that Android puts into client data for an application, from the SHA-256 fingerprint of its signing certificate as
/// tools print it: `14:6D:E9:..`, 32 bytes in hexadecimal with colons. `None` where it is not one.
pub fn android_origin(fingerprint: &str) -> Option<String> {
    let bytes: Vec<u8> = fingerprint
        .split(':')
        .map(|byte| {
            let is_byte = byte.len() == 2 && byte.bytes().all(|digit| digit.is_ascii_hexdigit());
            if is_byte { u8::from_str_radix(byte, 16).ok() } else { None }
        })
        .collect::<Option<_>>()?;
    (bytes.len() == 32).then(|| format!("android:apk-key-hash:{}", URL_SAFE_NO_PAD.encode(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_gives_an_origin() {
        let fingerprint = ["AB"; 32].join(":");
        assert_eq!(
            android_origin(&fingerprint).as_deref(),
            Some("android:apk-key-hash:q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s")
        );
        for flawed in ["", "AB", &["AB"; 31].join(":"), &["+B"; 32].join(":"), &["ABC"; 32].join(":")] {
            assert_eq!(android_origin(flawed), None, "{flawed}");
        }
    }
}
