//! Services for throw-away mail.

use std::sync::LazyLock;

use fst::Set;

/// See `build.rs`.
static DOMAINS: LazyLock<Set<&'static [u8]>> = LazyLock::new(|| {
    let packed: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/disposable.fst"));
    Set::new(packed).expect("the build has packed it")
});

/// Is the domain, in its A-label form and in lower case, or one above it, known to hand out mailboxes that last for minutes? The list
/// comes with the build: nobody is asked.
pub fn is_disposable(domain: &str) -> bool {
    let mut name = domain;
    loop {
        if DOMAINS.contains(name) {
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

    #[test]
    fn the_whole_list_is_there() {
        assert!(DOMAINS.len() > 10_000);
    }
}
