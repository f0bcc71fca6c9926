//! Whose word a token is: `iss` against what was configured. Pure.
//!
//! The issuer comes from configuration only, never from the token (Supabase CVE-2026-31813). Microsoft has one for each directory;
//! there the token's `tid` and `iss` must agree, and both with the directory that was configured.

use serde_json::Value;

/// Personal accounts of Microsoft are one directory of this id.
const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// The rule that the `iss` of a connection's tokens must meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IssuerRule {
    /// Byte for byte one of these.
    OneOf(Vec<String>),
    /// A directory of Microsoft's: `common`, `organizations`, `consumers` or the id of one.
    Microsoft { directory: String },
}

impl IssuerRule {
    /// May a token with these claims have come from here?
    pub(crate) fn admits(&self, claims: &Value) -> bool {
        let Some(issuer) = claims.get("iss").and_then(Value::as_str) else { return false };
        match self {
            Self::OneOf(known) => known.iter().any(|known| known == issuer),
            Self::Microsoft { directory } => {
                let Some(tid) = claims.get("tid").and_then(Value::as_str).filter(|tid| is_guid(tid)) else {
                    return false;
                };
                let is_admitted = match directory.as_str() {
                    "common" => true,
                    "organizations" => tid != CONSUMERS,
                    "consumers" => tid == CONSUMERS,
                    own => tid == own,
                };
                is_admitted && issuer == microsoft_issuer(tid)
            }
        }
    }

    /// Is the `iss` of an authorization response (RFC 9207, section 2.4) the server that was asked?
    ///
    /// With many directories the response names the one that answered, or the template; the ID token is what counts there.
    pub(crate) fn answers_as(&self, issuer: &str) -> bool {
        match self {
            Self::OneOf(known) => known.iter().any(|known| known == issuer),
            Self::Microsoft { .. } => issuer.starts_with("https://login.microsoftonline.com/"),
        }
    }

    /// The subject by which the identity is known: where issuers are many, a subject is only unique with its directory.
    pub(crate) fn subject(&self, claims: &Value, subject: &str) -> String {
        match (self, claims.get("tid").and_then(Value::as_str)) {
            (Self::Microsoft { .. }, Some(tid)) => format!("{tid}:{subject}"),
            _ => subject.to_owned(),
        }
    }
}

pub(crate) fn microsoft_issuer(directory: &str) -> String {
    format!("https://login.microsoftonline.com/{directory}/v2.0")
}

/// The directory that an issuer of Microsoft's names.
pub(crate) fn directory_of(issuer: &str) -> &str {
    issuer
        .strip_prefix("https://login.microsoftonline.com/")
        .and_then(|rest| rest.strip_suffix("/v2.0"))
        .unwrap_or_default()
}

/// The shape that Microsoft writes directory ids in; lower case, so that there is one spelling.
pub(crate) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}

/// The directory in `https://login.microsoftonline.com/{directory}/v2.0`, or the bare word; `common` where none is named.
pub(crate) fn microsoft_directory(configured: Option<&str>) -> Option<String> {
    let Some(text) = configured else { return Some("common".to_owned()) };
    let directory = text
        .strip_prefix("https://login.microsoftonline.com/")
        .map_or(text, |rest| rest.trim_end_matches('/').trim_end_matches("/v2.0"));
    let is_known = matches!(directory, "common" | "organizations" | "consumers") || is_guid(directory);
    is_known.then(|| directory.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ACME: &str = "0a1b2c3d-0000-4000-8000-00000000000a";
    const EVIL: &str = "0a1b2c3d-0000-4000-8000-0000000000ee";

    fn microsoft(directory: &str) -> IssuerRule {
        IssuerRule::Microsoft { directory: directory.to_owned() }
    }

    #[test]
    fn an_issuer_is_compared_byte_for_byte() {
        let rule = IssuerRule::OneOf(vec!["https://id.example.com".to_owned()]);
        assert!(rule.admits(&json!({ "iss": "https://id.example.com" })) && rule.answers_as("https://id.example.com"));
        for lie in [
            json!({ "iss": "https://id.example.com/" }),
            json!({ "iss": "https://ID.example.com" }),
            json!({ "iss": ["https://id.example.com"] }),
            json!({ "iss": null }),
            json!({}),
        ] {
            assert!(!rule.admits(&lie), "{lie}");
        }
    }

    #[test]
    fn a_directory_of_microsofts_is_pinned_by_tid() {
        let of = |iss: &str, tid: &str| json!({ "iss": microsoft_issuer(iss), "tid": tid });
        assert!(microsoft("common").admits(&of(ACME, ACME)) && microsoft(ACME).admits(&of(ACME, ACME)));
        assert!(microsoft("organizations").admits(&of(ACME, ACME)));
        assert!(microsoft("consumers").admits(&of(CONSUMERS, CONSUMERS)));
        for (rule, claims) in [
            ("common", of(ACME, EVIL)),
            ("common", of("common", "common")),
            ("common", of("{tenantid}", "{tenantid}")),
            (ACME, of(EVIL, EVIL)),
            ("organizations", of(CONSUMERS, CONSUMERS)),
            ("consumers", of(ACME, ACME)),
            ("common", json!({ "iss": microsoft_issuer(ACME) })),
            ("common", json!({ "iss": "https://evil.example/v2.0", "tid": ACME })),
        ] {
            assert!(!microsoft(rule).admits(&claims), "{rule}: {claims}");
        }
    }

    #[test]
    fn two_directories_never_share_a_subject() {
        let rule = microsoft("common");
        let subject = |tid: &str| rule.subject(&json!({ "tid": tid }), "s");
        assert_ne!(subject(ACME), subject(EVIL));
        assert_eq!(IssuerRule::OneOf(Vec::new()).subject(&json!({ "tid": ACME }), "s"), "s");
    }

    #[test]
    fn a_directory_is_named_by_word_or_by_issuer() {
        assert_eq!(microsoft_directory(None).as_deref(), Some("common"));
        assert_eq!(microsoft_directory(Some(&microsoft_issuer(ACME))).as_deref(), Some(ACME));
        assert_eq!(microsoft_directory(Some("organizations")).as_deref(), Some("organizations"));
        for text in ["https://evil.example", "../common", "acme", "https://login.microsoftonline.com.evil.example/x"] {
            assert_eq!(microsoft_directory(Some(text)), None, "{text}");
        }
    }
}
