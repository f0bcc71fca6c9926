//! Services for throw-away mail.

use std::cmp::Ordering;

/// One to a line, sorted (`build.rs`).
static DOMAINS: &str = include_str!(concat!(env!("OUT_DIR"), "/disposable.txt"));

/// Is the domain, in its A-label form and in lower case, or one above it, known to hand out mailboxes that last for minutes? The list
/// comes with the build: nobody is asked.
pub fn is_disposable(domain: &str) -> bool {
    let mut name = domain;
    loop {
        if has_line(DOMAINS, name) {
            return true;
        }
        match name.split_once('.') {
            // A top-level domain is nobody's service.
            Some((_, above)) if above.contains('.') => name = above,
            _ => return false,
        }
    }
}

/// A binary search by bytes: whichever byte is in the middle, its line is compared.
fn has_line(sorted: &str, wanted: &str) -> bool {
    let mut rest = sorted;
    while !rest.is_empty() {
        let middle = rest.floor_char_boundary(rest.len() / 2);
        let start = rest[..middle].rfind('\n').map_or(0, |at| at + 1);
        let end = rest[middle..].find('\n').map_or(rest.len(), |at| middle + at);
        match rest[start..end].cmp(wanted) {
            Ordering::Equal => return true,
            Ordering::Greater => rest = &rest[..start.saturating_sub(1)],
            Ordering::Less => rest = rest.get(end + 1..).unwrap_or_default(),
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_services_are_known_below_their_domain_too() {
        for (domain, is_known) in [
            ("mailinator.com", true),
            ("in.box.mailinator.com", true),
            ("mailinator.com.example", false),
            ("gmail.com", false),
            ("outlook.com", false),
            ("icloud.com", false),
            ("proton.me", false),
            ("example.com", false),
            ("com", false),
            ("", false),
        ] {
            assert_eq!(is_disposable(domain), is_known, "{domain}");
        }
    }

    #[test]
    fn every_line_is_found_and_nothing_between_two_lines() {
        let lines: Vec<&str> = DOMAINS.lines().collect();
        assert!(lines.len() > 10_000);
        assert!(lines.is_sorted());
        for line in &lines {
            assert!(has_line(DOMAINS, line), "{line}");
            assert!(!has_line(DOMAINS, &format!("{line}-")), "{line}");
        }
        assert!(!has_line(DOMAINS, "") && !has_line(DOMAINS, "\n") && !has_line("", "a"));
    }
}
