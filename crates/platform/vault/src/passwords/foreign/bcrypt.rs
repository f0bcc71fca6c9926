//! bcrypt: `$2a$`, `$2b$`, `$2y$`, and the two spellings of Django.

use aws_lc_rs::digest::{SHA256, digest};
use zeroize::Zeroizing;

use super::text::{bcrypt_base64, number};
use crate::digest::constant_time_eq;

/// 2^15 rounds take seconds; nobody's default is above 12.
const MOST_COST: u32 = 15;
const LEAST_COST: u32 = 4;
/// Blowfish takes no more key than this; every implementation cuts what is longer.
const KEY: usize = 72;

pub(in crate::passwords) struct Bcrypt {
    cost: u32,
    salt: [u8; 16],
    /// 184 bits: the 24th byte was never written by anybody.
    output: [u8; 23],
    /// Django's `bcrypt_sha256`: the password is digested first, so that none is too long.
    is_digested: bool,
}

impl Bcrypt {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (text, is_digested) = match text.strip_prefix("bcrypt_sha256$") {
            Some(rest) => (rest, true),
            None => (text.strip_prefix("bcrypt$").unwrap_or(text), false),
        };
        let rest = ["$2a$", "$2b$", "$2y$"].iter().find_map(|version| text.strip_prefix(version))?;
        let (cost, rest) = rest.split_once('$')?;
        let cost = number(cost).filter(|_| cost.len() == 2)?;
        if !(LEAST_COST..=MOST_COST).contains(&cost) || rest.len() != 53 || !rest.is_ascii() {
            return None;
        }
        let (salt, output) = rest.split_at(22);
        Some(Self { cost, salt: bcrypt_base64(salt)?, output: bcrypt_base64(output)?, is_digested })
    }

    pub(super) fn is_of(&self, password: &[u8]) -> bool {
        // In C the password ends at its first NUL: taking what stands before it would let a shorter password in.
        if password.contains(&0) {
            return false;
        }
        let mut key = Zeroizing::new(Vec::with_capacity(password.len().max(64) + 1));
        if self.is_digested {
            for byte in digest(&SHA256, password).as_ref() {
                key.extend([byte >> 4, byte & 0x0f].map(|nibble| b"0123456789abcdef"[usize::from(nibble)]));
            }
        } else {
            key.extend_from_slice(password);
        }
        // The NUL that ends a C string is part of the key.
        key.push(0);
        key.truncate(KEY);
        let computed = bcrypt::bcrypt(self.cost, self.salt, &key);
        constant_time_eq(&computed[..23], &self.output)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Foreign, verifies};

    /// crypt_blowfish's own `wrapper.c`.
    const VECTORS: [(&str, &str); 5] = [
        ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"),
        ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", "U*U*"),
        ("$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a", "U*U*U"),
        ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy", ""),
        (
            "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui",
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored",
        ),
    ];

    #[test]
    fn published_vectors_verify() {
        for (hash, password) in VECTORS {
            assert!(verifies(hash, password), "{hash}");
            for version in ["$2b$", "$2y$"] {
                assert!(verifies(&hash.replacen("$2a$", version, 1), password), "{hash} as {version}");
            }
            assert!(verifies(&format!("bcrypt${hash}"), password), "as Django writes it");
            assert!(!verifies(hash, &format!("x{password}")), "{hash}");
        }
    }

    #[test]
    fn seventy_two_bytes_count_and_no_more() {
        let (hash, password) = VECTORS[4];
        assert!(verifies(hash, &password[..72]));
        assert!(!verifies(hash, &password[..71]));
    }

    #[test]
    fn a_password_with_a_nul_is_never_right() {
        assert!(!verifies(VECTORS[0].0, "U*U\0"));
        assert!(!verifies(VECTORS[0].0, "U*U\0anything"));
        assert!(!verifies(VECTORS[3].0, "\0"));
    }

    #[test]
    fn absurd_costs_and_broken_strings_are_not_computed() {
        let rest = "CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
        assert!(Foreign::parse(&format!("$2a$15${rest}")).is_some());
        for text in [
            format!("$2a$16${rest}"),
            format!("$2a$31${rest}"),
            format!("$2a$03${rest}"),
            format!("$2a$5${rest}"),
            format!("$2x$05${rest}"),
            format!("$2a$05${rest}x"),
            format!("$2a$05${}", &rest[1..]),
            format!("$2a$05${}", rest.replace('E', "!")),
        ] {
            assert!(Foreign::parse(&text).is_none(), "{text}");
        }
    }
}
