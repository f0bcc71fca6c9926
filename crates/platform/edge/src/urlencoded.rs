//! `application/x-www-form-urlencoded` as names and values (URL standard, section 5.1).

use memchr::{memchr, memchr_iter, memchr2};

/// In their order; what is no UTF-8 has replacement characters. Only what is encoded is decoded: most of a form is a token, and no digit of
/// that is.
pub(crate) fn pairs(text: &[u8]) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut start = 0;
    for end in memchr_iter(b'&', text).chain([text.len()]) {
        pairs.extend(pair(&text[start..end]));
        start = end + 1;
    }
    pairs
}

fn pair(text: &[u8]) -> Option<(String, String)> {
    if text.is_empty() {
        return None;
    }
    if memchr2(b'%', b'+', text).is_some() {
        return form_urlencoded::parse(text).into_owned().next();
    }
    let (name, value) = match memchr(b'=', text) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &[][..]),
    };
    Some((String::from_utf8_lossy(name).into_owned(), String::from_utf8_lossy(value).into_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::{collection, prelude::*, sample};

    use super::*;

    proptest! {
        #[test]
        fn it_reads_what_the_standard_reads(text in collection::vec(sample::select(b"ab=&%+20Fz\xc3\xa9\xff".to_vec()), 0..40)) {
            let expected: Vec<_> = form_urlencoded::parse(&text).into_owned().collect();
            prop_assert_eq!(pairs(&text), expected);
        }
    }
}
