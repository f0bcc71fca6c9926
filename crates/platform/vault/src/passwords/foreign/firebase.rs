//! Firebase's scrypt: the derived key encrypts the project's signer key, and the ciphertext is the hash.
//!
//! Written `$firescrypt$ln={mem_cost},r={rounds},p=1${salt}${hash}${salt separator}${signer key}`, as Ory Kratos writes it: the four
//! parameters of the project that Firebase's console shows travel with each hash.

use aws_lc_rs::{
    cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey},
    iv::FixedLength,
};
use zeroize::Zeroizing;

use super::{
    LEAST_OUTPUT, MOST_OUTPUT, MOST_SALT,
    scrypt::bounded,
    text::{base64, parameters},
};
use crate::{digest::constant_time_eq, passwords::pool::PoolError};

pub(in crate::passwords) struct Firebase {
    params: scrypt::Params,
    /// The user's salt and the project's separator.
    salt: Vec<u8>,
    signer_key: Zeroizing<Vec<u8>>,
    output: Vec<u8>,
}

impl Firebase {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut fields = text.strip_prefix("$firescrypt$")?.split('$');
        let [log_n, r, p] = parameters(fields.next()?, ["ln", "r", "p"])?;
        let (mut salt, output) = (base64(fields.next()?)?, base64(fields.next()?)?);
        salt.extend(base64(fields.next()?)?);
        let signer_key = Zeroizing::new(base64(fields.next()?)?);
        let is_sound = fields.next().is_none()
            && (LEAST_OUTPUT..=MOST_OUTPUT).contains(&output.len())
            && signer_key.len() == output.len()
            && salt.len() <= MOST_SALT;
        is_sound.then(|| Some(Self { params: bounded(log_n, r, p)?, salt, signer_key, output })).flatten()
    }

    pub(super) fn is_of(&self, password: &[u8]) -> Result<bool, PoolError> {
        let mut key = Zeroizing::new([0; 32]);
        scrypt::scrypt(password, &self.salt, &self.params, &mut *key).map_err(|_| PoolError::BadHash)?;
        let mut computed = self.signer_key.clone();
        let cipher = UnboundCipherKey::new(&AES_256, &*key).and_then(EncryptingKey::ctr);
        // The counter begins at nothing: each key encrypts one message.
        let counter = EncryptionContext::Iv128(FixedLength::from([0; 16]));
        cipher.and_then(|cipher| cipher.less_safe_encrypt(&mut computed, counter)).map_err(|_| PoolError::BadHash)?;
        Ok(constant_time_eq(&computed, &self.output))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Foreign, verifies};

    /// The README of github.com/firebase/scrypt.
    const PUBLISHED: &str = "$firescrypt$ln=14,r=8,p=1$42xEC+ixf3L2lw==$\
        lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==$\
        Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==";

    #[test]
    fn the_published_vector_verifies() {
        assert!(verifies(PUBLISHED, "user1password"));
        assert!(!verifies(PUBLISHED, "user2password"));
    }

    #[test]
    fn broken_strings_are_not_computed() {
        for (from, to) in [("ln=14", "ln=20"), ("r=8", "r=0"), ("$Bw==", ""), ("jxspr8Ki0R", ""), ("lSrfV15cpx95", "!")]
        {
            assert!(Foreign::parse(&PUBLISHED.replacen(from, to, 1)).is_none(), "{from}");
        }
    }
}
