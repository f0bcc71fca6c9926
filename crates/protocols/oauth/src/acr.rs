//! Authentication context classes: names of how surely a person was recognised.

/// What a class demands and what it is called, the plainest first. `phr` and `phrh` are those of OpenID Connect Extended
/// Authentication Profile ACR Values 1.0: resistant to phishing, and by a key in hardware. Only the highest level is sure to be
/// either, since the second may be a password and a code.
const CLASSES: [(&str, u8); 5] =
    [("urn:portcullis:aal:1", 1), ("urn:portcullis:aal:2", 2), ("urn:portcullis:aal:3", 3), ("phr", 3), ("phrh", 3)];

/// For `acr_values_supported` (OpenID Connect Discovery 1.0, section 3).
pub fn acr_values_supported() -> impl Iterator<Item = &'static str> {
    CLASSES.iter().map(|(name, _)| *name)
}

/// The assurance level that a class demands; `None` for a class of somebody else.
pub fn level_of_acr(acr: &str) -> Option<u8> {
    CLASSES.iter().find(|(name, _)| *name == acr).map(|(_, level)| *level)
}

/// The `acr` of a sign-in at this level: of the classes that were asked for the first that it fulfils, since a client compares texts,
/// and else the level's own name.
pub fn acr_of<'a>(level: u8, wanted: impl IntoIterator<Item = &'a str>) -> &'a str {
    let own = match level {
        3.. => "urn:portcullis:aal:3",
        2 => "urn:portcullis:aal:2",
        _ => "urn:portcullis:aal:1",
    };
    wanted.into_iter().find(|acr| level_of_acr(acr).is_some_and(|demanded| demanded <= level)).unwrap_or(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_told_the_class_it_asked_for() {
        for (level, wanted, told) in [
            (1, &[][..], "urn:portcullis:aal:1"),
            (2, &[], "urn:portcullis:aal:2"),
            (3, &[], "urn:portcullis:aal:3"),
            (3, &["phr"], "phr"),
            (3, &["other", "phrh", "phr"], "phrh"),
            (2, &["phr", "urn:portcullis:aal:1"], "urn:portcullis:aal:1"),
            (2, &["phr"], "urn:portcullis:aal:2"),
            (2, &["other"], "urn:portcullis:aal:2"),
        ] {
            assert_eq!(acr_of(level, wanted.iter().copied()), told, "{level} {wanted:?}");
        }
        assert!(acr_values_supported().all(|acr| level_of_acr(acr).is_some()));
    }
}
