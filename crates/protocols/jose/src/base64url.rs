//! Base64url without padding (RFC 7515, section 2), strict: one text for one sequence of bytes.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// Refuses padding, white space, the `+/` alphabet and stray trailing bits, so that no two texts mean the same bytes.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// The same for what is short and only looked at: no memory is asked for.
pub(crate) fn read<T>(text: &str, look: impl FnOnce(&[u8]) -> T) -> Option<T> {
    const ROOM: usize = 512;
    if text.len() > ROOM {
        return decode(text).map(|bytes| look(&bytes));
    }
    let mut room = [0; ROOM];
    let length = URL_SAFE_NO_PAD.decode_slice(text, &mut room).ok()?;
    Some(look(&room[..length]))
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn append(bytes: &[u8], text: &mut String) {
    URL_SAFE_NO_PAD.encode_string(bytes, text);
}

/// Characters that `bytes` bytes take.
pub(crate) const fn encoded_len(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}
