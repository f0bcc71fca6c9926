//! Resource indicators (RFC 8707): where a token is to be used.

use url::Url;

use crate::error::{OAuthCode, OAuthError};

const MAX_RESOURCES: usize = 16;

/// The resources that a request names, each once, all of them among `allowed`: those registered for the client at the authorization
/// endpoint, those granted at the token endpoint (section 2.2). Compared byte for byte.
pub fn parse_resources<'a>(
    presented: impl Iterator<Item = &'a str>,
    allowed: &[String],
) -> Result<Vec<String>, OAuthError> {
    let mut resources: Vec<String> = Vec::new();
    for resource in presented {
        if !is_resource(resource) {
            return Err(invalid("resource is not an absolute URI without fragment"));
        }
        if !allowed.iter().any(|known| known == resource) {
            return Err(invalid("resource is not one of those that may be asked for"));
        }
        if !resources.iter().any(|known| known == resource) {
            resources.push(resource.to_owned());
        }
        if resources.len() > MAX_RESOURCES {
            return Err(invalid("there are too many resources"));
        }
    }
    Ok(resources)
}

/// The resources of a token that is made from a grant: those asked for, or all of them.
pub fn narrow_resources<'a>(
    presented: impl Iterator<Item = &'a str>,
    granted: &[String],
) -> Result<Vec<String>, OAuthError> {
    let resources = parse_resources(presented, granted)?;
    if resources.is_empty() { Ok(granted.to_vec()) } else { Ok(resources) }
}

/// An absolute URI without fragment (section 2), and without user information, which would be a second name of the same place.
pub fn is_resource(uri: &str) -> bool {
    uri.len() <= 2_048
        && uri.bytes().all(|byte| byte.is_ascii_graphic())
        && !uri.contains('#')
        && Url::parse(uri).is_ok_and(|url| url.username().is_empty() && url.password().is_none())
}

/// `aud` of an access token (RFC 9068, section 3): the resources, or where there is none the default that the server has for all.
pub fn audience(resources: &[String], default: &str) -> Vec<String> {
    if resources.is_empty() { vec![default.to_owned()] } else { resources.to_vec() }
}

fn invalid(description: &'static str) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidTarget, description)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_an_absolute_uri_that_is_allowed() {
        let allowed = ["https://api.example/", "https://api.example/v1?a=b", "urn:example:api"].map(str::to_owned);
        for (presented, expected) in [
            (&["https://api.example/"][..], Some(1)),
            (&["https://api.example/", "urn:example:api", "https://api.example/"], Some(2)),
            (&["https://api.example/v1?a=b"], Some(1)),
            (&[], Some(0)),
            (&["https://api.example"], None),
            (&["https://API.example/"], None),
            (&["https://api.example/", "https://other.example/"], None),
            (&["https://api.example/#"], None),
            (&["https://a@api.example/"], None),
            (&["/v1"], None),
            (&[" https://api.example/"], None),
        ] {
            let read = parse_resources(presented.iter().copied(), &allowed).ok();
            assert_eq!(read.map(|read| read.len()), expected, "{presented:?}");
        }
        let refused = parse_resources(["x"].into_iter(), &allowed).unwrap_err();
        assert_eq!(refused.code, OAuthCode::InvalidTarget);
    }

    #[test]
    fn there_are_not_too_many() {
        let allowed: Vec<String> = (0..17).map(|n| format!("https://{n}.example/")).collect();
        assert!(parse_resources(allowed.iter().take(16).map(String::as_str), &allowed).is_ok());
        assert!(parse_resources(allowed.iter().map(String::as_str), &allowed).is_err());
    }

    #[test]
    fn a_token_is_for_a_part_of_what_was_granted() {
        let granted = ["https://a.example/".to_owned(), "https://b.example/".to_owned()];
        assert_eq!(narrow_resources([].into_iter(), &granted).unwrap(), granted);
        assert_eq!(narrow_resources(["https://b.example/"].into_iter(), &granted).unwrap(), ["https://b.example/"]);
        assert!(narrow_resources(["https://c.example/"].into_iter(), &granted).is_err());
        assert!(narrow_resources(["https://c.example/"].into_iter(), &[]).is_err());
        assert_eq!(audience(&[], "https://issuer.example"), ["https://issuer.example"]);
        assert_eq!(audience(&granted, "https://issuer.example"), granted);
    }
}
