//! Are two addresses one target (RFC 9449, section 4.3, number 9)? Compared as RFC 3986, sections 6.2.2 and 6.2.3, normalise them,
//! without query and fragment.

use url::Url;

pub(crate) fn is_same_target(one: &str, other: &str) -> bool {
    match (target(one), target(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// The parser writes scheme and host in lower case, drops the port of the scheme and resolves dot segments; what a `%` hides is
/// evened out here.
fn target(uri: &str) -> Option<(String, String)> {
    let url = Url::parse(uri).ok()?;
    let is_http = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    is_http.then(|| (url.origin().ascii_serialization(), normal_path(url.path())))
}

/// Percent-encoded characters that need no encoding stand for themselves; the digits of all others are in upper case.
fn normal_path(path: &str) -> String {
    let mut normal = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        let (before, escape) = rest.split_at(at);
        normal.push_str(before);
        let digits = escape.get(1..3).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let Some(digits) = digits else {
            normal.push('%');
            rest = &escape[1..];
            continue;
        };
        match u8::from_str_radix(digits, 16).map(char::from) {
            Ok(plain) if plain.is_ascii_alphanumeric() || "-._~".contains(plain) => normal.push(plain),
            _ => {
                normal.push('%');
                normal.push_str(&digits.to_ascii_uppercase());
            }
        }
        rest = &escape[3..];
    }
    normal.push_str(rest);
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_targets_are_written_in_many_ways() {
        let url = "https://as.test/a/token";
        for same in [
            "https://as.test/a/token",
            "HTTPS://AS.TEST/a/token",
            "https://as.test:443/a/token",
            "https://as.test/a/b/../token",
            "https://as.test/%61/t%6fken",
            "https://as.test/a/token?x=1",
            "https://as.test/a/token#x",
        ] {
            assert!(is_same_target(same, url), "{same}");
        }
        for other in [
            "https://as.test/a/token/",
            "https://as.test/A/token",
            "https://as.test/a%2Ftoken",
            "https://as.test:8443/a/token",
            "http://as.test/a/token",
            "https://as.test.evil.test/a/token",
            "https://u@as.test/a/token",
            "/a/token",
            "",
        ] {
            assert!(!is_same_target(other, url), "{other}");
        }
        assert!(is_same_target("https://a.test/%c3%a4", "https://a.test/%C3%A4"));
        assert!(is_same_target("https://a.test/%zz", "https://a.test/%zz"));
    }
}
