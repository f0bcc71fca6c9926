//! One spelling of a password, so that it is the same on every keyboard.

use kernel::secret::Secret;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use zeroize::Zeroizing;

/// The longest password that is looked at, in bytes of UTF-8: long input must not buy long work (CVE-2013-1443).
pub const MAX_PASSWORD_BYTES: usize = 1_024;

/// The password in Normalization Form C, which NIST SP 800-63B-4, section 3.1.1.2, and RFC 8265, section 4.2.2, ask for:
/// an é typed as one code point and as two is one password. `None` if it is too long.
pub(crate) fn normalized(password: &Secret) -> Option<Zeroizing<String>> {
    let text = password.reveal();
    if text.len() > MAX_PASSWORD_BYTES {
        return None;
    }
    // Form C grows UTF-8 by a factor of three at most (Unicode Standard Annex #15, section 9.3); room for it all
    // keeps half-written copies from being left behind.
    let mut normal = Zeroizing::new(String::with_capacity(text.len() * 3));
    if is_nfc_quick(text.chars()) == IsNormalized::Yes {
        normal.push_str(text);
    } else {
        normal.extend(text.nfc());
    }
    Some(normal)
}
