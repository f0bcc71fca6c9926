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

/// The `acr` of a sign-in at this level: the class that names it, as the client called it where it named that one, since it compares
/// texts; else the level's own name.
pub fn acr_of<'a>(level: u8, wanted: impl IntoIterator<Item = &'a str>) -> &'a str {
    let own = match level {
        3.. => "urn:portcullis:aal:3",
        2 => "urn:portcullis:aal:2",
        _ => "urn:portcullis:aal:1",
    };
    wanted.into_iter().find(|acr| level_of_acr(acr) == level_of_acr(own)).unwrap_or(own)
}

/// The same where the claim itself was asked for: then a value of the request's list has to be told, so that a higher level than any of
/// them goes by the name of the first that it fulfils (OpenID Connect Core 1.0, section 5.5.1.1).
pub fn acr_among<'a>(level: u8, wanted: &[&'a str]) -> &'a str {
    let told = acr_of(level, wanted.iter().copied());
    if wanted.contains(&told) {
        return told;
    }
    let is_fulfilled = |acr: &&str| level_of_acr(acr).is_some_and(|demanded| demanded <= level);
    wanted.iter().copied().find(is_fulfilled).unwrap_or(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_told_the_level_that_was_reached_by_the_name_it_asked_for() {
        const AAL1: &str = "urn:portcullis:aal:1";
        const AAL2: &str = "urn:portcullis:aal:2";
        const AAL3: &str = "urn:portcullis:aal:3";
        for (level, wanted, wished, claimed) in [
            (1, &[][..], AAL1, AAL1),
            (2, &[], AAL2, AAL2),
            (3, &[], AAL3, AAL3),
            (9, &[], AAL3, AAL3),
            (3, &["phr"], "phr", "phr"),
            (3, &["other", "phrh", "phr"], "phrh", "phrh"),
            (3, &[AAL1, AAL3], AAL3, AAL3),
            (2, &[AAL1], AAL2, AAL1),
            (2, &["phr", AAL1], AAL2, AAL1),
            (2, &["phr"], AAL2, AAL2),
            (2, &["other"], AAL2, AAL2),
            (1, &["phr", AAL2], AAL1, AAL1),
        ] {
            assert_eq!(acr_of(level, wanted.iter().copied()), wished, "{level} {wanted:?}");
            assert_eq!(acr_among(level, wanted), claimed, "{level} {wanted:?}");
        }
        assert!(acr_values_supported().all(|acr| level_of_acr(acr).is_some()));
    }
}
