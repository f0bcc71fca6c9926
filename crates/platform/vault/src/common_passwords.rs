//! The passwords that are tried first.

/// One a line, lower case, Form C, sorted by bytes; eight characters or more, since shorter ones are refused anyway.
/// `data/README.md` says where they come from.
const LIST: &str = include_str!("../data/common_passwords.txt");

/// Is this password, in lower case and Form C, among the commonest? Searches the text as it lies in the binary.
pub(crate) fn is_common(folded: &str) -> bool {
    let mut rest = LIST;
    while !rest.is_empty() {
        // The line in the middle; a cut inside a character can't be, since the list is ASCII.
        let start = rest[..rest.len() / 2].rfind('\n').map_or(0, |end| end + 1);
        let end = rest[start..].find('\n').map_or(rest.len(), |length| start + length);
        match rest[start..end].cmp(folded) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => rest = rest.get(end + 1..).unwrap_or_default(),
            std::cmp::Ordering::Greater => rest = &rest[..start],
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_and_its_neighbours_are_not() {
        for line in LIST.lines() {
            assert!(is_common(line), "{line}");
            assert!(!is_common(&format!("{line}\u{1}")) && !is_common(&format!("\u{1}{line}")));
        }
        for absent in ["", "\n", "password\npassword1", "zzzzzzzzzzzzzzzzzzzzzzzzzzz", "correct horse battery staple"] {
            assert!(!is_common(absent), "{absent:?}");
        }
    }

    #[test]
    fn the_list_is_what_the_search_needs() {
        assert!(LIST.is_ascii() && LIST.ends_with('\n'));
        assert!(LIST.lines().count() > 10_000);
        assert!(LIST.lines().is_sorted_by(|a, b| a < b));
        assert!(LIST.lines().all(|line| line.len() >= 8 && line == line.to_lowercase() && line == line.trim()));
        for known in ["password", "12345678", "qwertyuiop", "iloveyou", "trustno1", "jennifer", "football"] {
            assert!(is_common(known), "{known}");
        }
    }
}
