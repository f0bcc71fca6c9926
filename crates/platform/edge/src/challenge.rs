//! What a refusal says of the credentials that would do (RFC 9110, section 11.6.1).

use http::{HeaderName, HeaderValue, header::WWW_AUTHENTICATE};
use kernel::Refusal;

use crate::endpoint::Surface;

/// On the data plane, where clients of OAuth call: the error, the scope that lacks, and where the server's metadata is, so that an agent
/// that knows nothing but the address finds its way (RFC 6750, section 3; RFC 9728, section 5.1). Elsewhere the name of the scheme; the
/// protocol's own endpoints say what they want themselves.
pub(crate) fn of(
    surface: Surface,
    refusal: &Refusal,
    scope: Option<&str>,
    issuer: Option<&str>,
) -> Option<(HeaderName, HeaderValue)> {
    let text = match (surface, refusal.status()) {
        (Surface::Platform, 401) => "Bearer".to_owned(),
        (Surface::DataPlane, 401 | 403) => data_plane(refusal, scope, issuer)?,
        _ => return None,
    };
    Some((WWW_AUTHENTICATE, HeaderValue::from_str(&text).ok()?))
}

fn data_plane(refusal: &Refusal, scope: Option<&str>, issuer: Option<&str>) -> Option<String> {
    let mut parts = Vec::new();
    match refusal.reason {
        "insufficient_scope" => {
            parts.push("error=\"insufficient_scope\"".to_owned());
            parts.extend(scope.map(|scope| format!("scope=\"{scope}\"")));
        }
        _ if refusal.status() == 403 => return None,
        // Nothing was presented: no error (RFC 6750, section 3.1).
        "missing_credentials" => {}
        _ => parts.push("error=\"invalid_token\"".to_owned()),
    }
    parts.extend(issuer.map(|issuer| format!("resource_metadata=\"{issuer}/.well-known/oauth-protected-resource\"")));
    Some(if parts.is_empty() { "Bearer".to_owned() } else { format!("Bearer {}", parts.join(", ")) })
}

#[cfg(test)]
mod tests {
    use kernel::ErrorCode;

    use super::*;

    #[test]
    fn a_challenge_says_what_lacks_and_where_to_go() {
        let no = |code, reason| Refusal::new(code, reason, "No.");
        let missing = no(ErrorCode::Unauthorized, "missing_credentials");
        let invalid = no(ErrorCode::Unauthorized, "invalid_token");
        let scope = no(ErrorCode::Forbidden, "insufficient_scope");
        let other = no(ErrorCode::Forbidden, "step_up_required");
        let text = |surface, refusal: &Refusal| {
            of(surface, refusal, Some("users:read"), Some("https://a.example"))
                .map(|(_, value)| value.to_str().unwrap().to_owned())
        };
        let metadata = "resource_metadata=\"https://a.example/.well-known/oauth-protected-resource\"";
        assert_eq!(text(Surface::Platform, &invalid).as_deref(), Some("Bearer"));
        assert_eq!(text(Surface::DataPlane, &missing), Some(format!("Bearer {metadata}")));
        assert_eq!(text(Surface::DataPlane, &invalid), Some(format!("Bearer error=\"invalid_token\", {metadata}")));
        let expected = format!("Bearer error=\"insufficient_scope\", scope=\"users:read\", {metadata}");
        assert_eq!(text(Surface::DataPlane, &scope), Some(expected));
        assert_eq!(text(Surface::DataPlane, &other), None);
        assert_eq!(text(Surface::Protocol, &invalid), None);
    }
}
