//! What an organization is. Pure.

use identity::users::Metadata;
use kernel::{Id, Timestamp};

/// A customer of the application.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Organization {
    pub(crate) id: Id<Self>,
    pub(crate) version: i64,
    pub(crate) name: String,
    /// For addresses; unique in the application.
    pub(crate) slug: String,
    /// An https URL.
    pub(crate) logo_url: Option<String>,
    /// Read by its members, written by its admins and the application.
    pub(crate) public_metadata: Metadata,
    /// For the application alone.
    pub(crate) private_metadata: Metadata,
    /// Must its members have a second factor?
    pub(crate) mfa_required: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// A slug out of a name: `Acme GmbH & Co.` becomes `acme-gmbh-co`. Of a name in another script little is left, and then it is `org`.
pub(super) fn slug_of(name: &str) -> String {
    const MAX_BYTES: usize = 48;
    let words = name.to_lowercase();
    let mut slug = String::new();
    for word in words.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if slug.len() + 1 + word.len() > MAX_BYTES {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(word);
    }
    if slug.is_empty() { "org".to_owned() } else { slug }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slug::is_slug;

    #[test]
    fn a_slug_is_what_is_left_of_a_name() {
        for (name, slug) in [
            ("Acme", "acme"),
            ("  Acme GmbH & Co. ", "acme-gmbh-co"),
            ("Ünïcode 7", "n-code-7"),
            ("株式会社", "org"),
            ("--", "org"),
        ] {
            assert_eq!(slug_of(name), slug);
            assert!(is_slug(slug));
        }
        let long = slug_of(&"word ".repeat(40));
        assert!(long.len() <= 48 && is_slug(&long), "{long}");
        assert_eq!(slug_of(&"a".repeat(200)), "org", "a word that is too long is left out");
    }
}
