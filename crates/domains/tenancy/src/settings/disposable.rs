//! Services for throw-away mail.

use std::sync::LazyLock;

/// Sorted, for the search.
static DOMAINS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut domains = mailchecker::blacklist();
    domains.sort_unstable();
    domains
});

/// Is the domain, in its A-label form and in lower case, or one above it, known to hand out mailboxes that last for minutes? The list
/// comes with the build: nobody is asked.
pub fn is_disposable(domain: &str) -> bool {
    let mut name = domain;
    loop {
        if DOMAINS.binary_search(&name).is_ok() {
            return true;
        }
        match name.split_once('.') {
            // A top-level domain is nobody's service.
            Some((_, above)) if above.contains('.') => name = above,
            _ => return false,
        }
    }
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
}
