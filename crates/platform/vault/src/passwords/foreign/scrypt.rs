//! scrypt (RFC 7914): the PHC string, `$s0$` of the first libraries, Werkzeug's `scrypt:N:r:p$salt$hex`.

use zeroize::Zeroizing;

use super::{
    LEAST_OUTPUT, MOST_OUTPUT, MOST_SALT,
    text::{base64, hexadecimal, number, parameters},
};
use crate::{digest::constant_time_eq, passwords::pool::PoolError};

/// 128 N r bytes are held while it is computed.
const MOST_MEMORY: u64 = 64 * 1_024 * 1_024;
/// Passes over that memory.
const MOST_LANES: u32 = 16;
/// Memory times lanes.
const MOST_WORK: u64 = 256 * 1_024 * 1_024;

pub(in crate::passwords) struct Scrypt {
    params: scrypt::Params,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl Scrypt {
    pub(super) fn parse(text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix("$scrypt$") {
            let mut fields = rest.split('$');
            let [log_n, r, p] = parameters(fields.next()?, ["ln", "r", "p"])?;
            let (salt, output) = (base64(fields.next()?)?, base64(fields.next()?)?);
            return fields.next().is_none().then(|| Self::new(log_n, r, p, salt, output)).flatten();
        }
        if let Some(rest) = text.strip_prefix("$s0$") {
            let mut fields = rest.split('$');
            let packed = fields.next().filter(|packed| (1..=6).contains(&packed.len()))?;
            let packed = u32::from_str_radix(packed, 16).ok()?;
            let (salt, output) = (base64(fields.next()?)?, base64(fields.next()?)?);
            let [_, log_n, r, p] = packed.to_be_bytes().map(u32::from);
            return fields.next().is_none().then(|| Self::new(log_n, r, p, salt, output)).flatten();
        }
        let (costs, rest) = text.strip_prefix("scrypt:")?.split_once('$')?;
        let (salt, output) = rest.split_once('$')?;
        let mut costs = costs.split(':').map(number);
        let (n, r, p) = (costs.next()??, costs.next()??, costs.next()??);
        let is_whole = costs.next().is_none() && n.is_power_of_two();
        is_whole.then(|| Self::new(n.ilog2(), r, p, salt.as_bytes().to_vec(), hexadecimal(output)?)).flatten()
    }

    fn new(log_n: u32, r: u32, p: u32, salt: Vec<u8>, output: Vec<u8>) -> Option<Self> {
        let params = bounded(log_n, r, p)?;
        let is_sound = (LEAST_OUTPUT..=MOST_OUTPUT).contains(&output.len()) && salt.len() <= MOST_SALT;
        is_sound.then_some(Self { params, salt, output })
    }

    pub(super) fn is_of(&self, password: &[u8]) -> Result<bool, PoolError> {
        let mut computed = Zeroizing::new([0; MOST_OUTPUT]);
        let computed = &mut computed[..self.output.len()];
        scrypt::scrypt(password, &self.salt, &self.params, computed).map_err(|_| PoolError::BadHash)?;
        Ok(constant_time_eq(computed, &self.output))
    }
}

/// The costs, if one hash can be afforded.
pub(super) fn bounded(log_n: u32, r: u32, p: u32) -> Option<scrypt::Params> {
    if !(1..=24).contains(&log_n) || !(1..=64).contains(&r) || !(1..=MOST_LANES).contains(&p) {
        return None;
    }
    let memory = (128 * u64::from(r)) << log_n;
    let is_bounded = memory <= MOST_MEMORY && memory * u64::from(p) <= MOST_WORK;
    is_bounded.then(|| scrypt::Params::new(u8::try_from(log_n).ok()?, r, p).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::super::{Foreign, verifies};

    #[test]
    fn published_vectors_verify() {
        for (hash, password) in [
            // RFC 7914, section 12, the second and the third; their bytes in base64.
            (
                "$scrypt$ln=10,r=8,p=16$TmFDbA$/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWIurzDZLiKjiG/xCSedmDDaxyevuUqD7m2DYMvfoswGQA",
                "password",
            ),
            (
                "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw",
                "pleaseletmein",
            ),
            // The README of com.lambdaworks:scrypt, where `$s0$` comes from.
            ("$s0$e0801$epIxT/h6HbbwHaehFnh/bw==$7H0vsXlY8UxxyW/BWx/9GuY7jEvGjT71GFd6O4SZND0=", "secret"),
        ] {
            assert!(verifies(hash, password), "{hash}");
            assert!(!verifies(hash, "another"), "{hash}");
        }
    }

    #[test]
    fn werkzeugs_spelling_verifies() {
        // Python's hashlib.scrypt(b"correct horse", salt=b"pepperandsalt", n=1024, r=8, p=1, dklen=64).
        let hash = include_str!("vectors/werkzeug_scrypt.txt").trim();
        assert!(verifies(hash, "correct horse"));
        assert!(!verifies(hash, "correct horsE"));
    }

    #[test]
    fn absurd_costs_are_not_computed() {
        let rest = "U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofI";
        assert!(Foreign::parse(&format!("$scrypt$ln=16,r=8,p=1${rest}")).is_some());
        for costs in [
            "ln=17,r=8,p=1",
            "ln=20,r=8,p=1",
            "ln=63,r=8,p=1",
            "ln=14,r=4294967295,p=1",
            "ln=14,r=8,p=4294967295",
            "ln=16,r=8,p=8",
            "ln=0,r=8,p=1",
            "ln=14,r=0,p=1",
            "ln=14,r=8,p=0",
            "ln=14,r=8",
            "r=8,ln=14,p=1",
            "ln=+14,r=8,p=1",
        ] {
            assert!(Foreign::parse(&format!("$scrypt${costs}${rest}")).is_none(), "{costs}");
        }
        assert!(Foreign::parse("$scrypt$ln=14,r=8,p=1$U29kaXVt$AAAA").is_none(), "too short an output");
        assert!(Foreign::parse(&format!("$scrypt$ln=14,r=8,p=1${rest}$more")).is_none());
        assert!(
            Foreign::parse("$s0$ffffffff$epIxT/h6HbbwHaehFnh/bw==$7H0vsXlY8UxxyW/BWx/9GuY7jEvGjT71GFd6O4SZND0=")
                .is_none()
        );
        assert!(Foreign::parse("scrypt:1000:8:1$salt$00112233445566778899aabbccddeeff").is_none(), "no power of two");
    }
}
