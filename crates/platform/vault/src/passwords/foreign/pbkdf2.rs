//! PBKDF2 (RFC 8018): the PHC string, passlib's, Django's and Werkzeug's spellings; Keycloak's parts fit the first.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2::{
    self, Algorithm, PBKDF2_HMAC_SHA1, PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA384, PBKDF2_HMAC_SHA512,
};

use super::{
    LEAST_OUTPUT, MOST_OUTPUT, MOST_SALT,
    text::{base64, hexadecimal, number},
};

const MOST_ITERATIONS: u32 = 10_000_000;

pub(in crate::passwords) struct Pbkdf2 {
    algorithm: Algorithm,
    iterations: NonZeroU32,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl Pbkdf2 {
    pub(super) fn parse(text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix("$pbkdf2") {
            return Self::phc(rest);
        }
        if let Some(rest) = text.strip_prefix("pbkdf2_") {
            // Django: the salt is text, the hash padded base64.
            let mut fields = rest.split('$');
            let (name, iterations) = (fields.next()?, number(fields.next()?)?);
            let (salt, output) = (fields.next()?.as_bytes().to_vec(), base64(fields.next()?)?);
            return fields.next().is_none().then(|| Self::new(name, iterations, salt, output)).flatten();
        }
        let (costs, rest) = text.strip_prefix("pbkdf2:")?.split_once('$')?;
        let (salt, output) = rest.split_once('$')?;
        let (name, iterations) = costs.split_once(':')?;
        Self::new(name, number(iterations)?, salt.as_bytes().to_vec(), hexadecimal(output)?)
    }

    /// `-sha256$i=600000,l=32$salt$hash`, or `-sha256$600000$salt$hash` as passlib writes it; no name is SHA-1.
    fn phc(rest: &str) -> Option<Self> {
        let mut fields = rest.split('$');
        let name = match fields.next()? {
            "" => "sha1",
            name => name.strip_prefix('-')?,
        };
        let costs = fields.next()?;
        let (salt, output) = (base64(fields.next()?)?, base64(fields.next()?)?);
        let iterations = match costs.strip_prefix("i=") {
            None => number(costs)?,
            Some(costs) => match costs.split_once(",l=") {
                None => number(costs)?,
                Some((iterations, length)) if number(length).map(|length| length as usize) == Some(output.len()) => {
                    number(iterations)?
                }
                Some(_) => return None,
            },
        };
        fields.next().is_none().then(|| Self::new(name, iterations, salt, output)).flatten()
    }

    fn new(name: &str, iterations: u32, salt: Vec<u8>, output: Vec<u8>) -> Option<Self> {
        let algorithm = match name {
            "sha1" => PBKDF2_HMAC_SHA1,
            "sha256" => PBKDF2_HMAC_SHA256,
            "sha384" => PBKDF2_HMAC_SHA384,
            "sha512" => PBKDF2_HMAC_SHA512,
            _ => return None,
        };
        let iterations = NonZeroU32::new(iterations).filter(|iterations| iterations.get() <= MOST_ITERATIONS)?;
        let is_sound = (LEAST_OUTPUT..=MOST_OUTPUT).contains(&output.len()) && salt.len() <= MOST_SALT;
        is_sound.then_some(Self { algorithm, iterations, salt, output })
    }

    pub(super) fn is_of(&self, password: &[u8]) -> bool {
        pbkdf2::verify(self.algorithm, self.iterations, &self.salt, password, &self.output).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Foreign, verifies};

    #[test]
    fn published_vectors_verify() {
        for (hash, password) in [
            // RFC 6070: "password", "salt", 4096 iterations; the same over SHA-256 from RFC 7914's authors' draft.
            ("$pbkdf2-sha1$i=4096,l=20$c2FsdA$SwB5AbdlSJq+rUnZJvch0GWkKcE", "password"),
            ("$pbkdf2$4096$c2FsdA$SwB5AbdlSJq.rUnZJvch0GWkKcE", "password"),
            ("$pbkdf2-sha256$i=4096$c2FsdA$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o", "password"),
            // Django's own tests.
            ("pbkdf2_sha256$10000$seasalt$FQCNpiZpTb0zub+HBsH6TOwyRxJ19FwvjbweatNmK/Y=", "letmein"),
            ("pbkdf2_sha1$10000$seasalt$91JiNKgwADC8j2j86Ije/cc4vfQ=", "letmein"),
        ] {
            assert!(verifies(hash, password), "{hash}");
            assert!(!verifies(hash, "another"), "{hash}");
        }
    }

    #[test]
    fn keycloaks_and_werkzeugs_spellings_verify() {
        // Python's hashlib.pbkdf2_hmac over "correct horse": Keycloak's SHA-256 keys are 64 bytes long.
        for hash in include_str!("vectors/pbkdf2.txt").lines() {
            assert!(verifies(hash, "correct horse"), "{hash}");
            assert!(!verifies(hash, "correct horsE"), "{hash}");
        }
    }

    #[test]
    fn absurd_costs_and_broken_strings_are_not_computed() {
        let rest = "c2FsdA$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o";
        assert!(Foreign::parse(&format!("$pbkdf2-sha256$i=10000000${rest}")).is_some());
        for text in [
            format!("$pbkdf2-sha256$i=10000001${rest}"),
            format!("$pbkdf2-sha256$i=0${rest}"),
            format!("$pbkdf2-sha256$i=4294967296${rest}"),
            format!("$pbkdf2-sha256$i=-1${rest}"),
            format!("$pbkdf2-sha256$i=4096,l=20${rest}"),
            format!("$pbkdf2-md5$i=4096${rest}"),
            format!("$pbkdf2-sha256$i=4096${rest}$more"),
            "$pbkdf2-sha256$i=4096$c2FsdA$xeR41ZKI".to_owned(),
            "pbkdf2_sha256$10000$seasalt".to_owned(),
        ] {
            assert!(Foreign::parse(&text).is_none(), "{text}");
        }
    }
}
