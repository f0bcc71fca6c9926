//! Names in addresses. Pure.

/// A name for programs and addresses.
pub(crate) fn is_slug(text: &str) -> bool {
    const MAX_BYTES: usize = 64;
    let is_part =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    text.len() <= MAX_BYTES && text.split('-').all(is_part)
}

/// Said where a slug is none.
pub(crate) const SLUG: &str = "1 to 64 lower-case letters and digits, with single dashes between them.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_letters_digits_and_single_dashes() {
        for slug in ["a", "staff", "team-7", "2nd-line", &"a".repeat(64)] {
            assert!(is_slug(slug), "{slug}");
        }
        for text in ["", "-", "a-", "-a", "a--b", "A", "a b", "a_b", "ä", "a/b", &"a".repeat(65)] {
            assert!(!is_slug(text), "{text}");
        }
    }
}
