//! How a client says who it is (RFC 6749, section 2.3; RFC 7521, section 4.2; RFC 8705, section 2).

use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::Secret;
use serde::Deserialize;

use crate::{error::OAuthError, metadata::ClientMetadata, names::AuthMethod, parameters::Parameters};

/// `client_assertion_type` (RFC 7523, section 2.2).
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Who the request says it comes from, and what it has to show for it. Nothing is proven yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presented {
    pub client_id: String,
    pub proof: Proof,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    None,
    Secret {
        method: AuthMethod,
        secret: Secret,
    },
    /// A JWT for [`crate::verify_assertion`].
    Assertion(String),
    /// The certificate of the connection, for [`crate::check_certificate`].
    Certificate,
}

/// Reads the credentials of a request: exactly one method (RFC 6749, section 2.3).
///
/// A certificate beside another method is that of a token to be bound (RFC 8705, section 3) and no second method.
pub fn read_client(
    authorization: Option<&str>,
    body: &Parameters,
    has_certificate: bool,
) -> Result<Presented, OAuthError> {
    let basic = authorization.map(read_basic).transpose()?;
    let assertion = read_assertion(body)?;
    let secret = body.get("client_secret");
    if usize::from(basic.is_some()) + usize::from(assertion.is_some()) + usize::from(secret.is_some()) > 1 {
        return Err(OAuthError::invalid_request("the client authenticates in several ways"));
    }
    let named = body.get("client_id");
    let (client_id, proof) = match (basic, assertion, secret) {
        (Some((id, secret)), ..) => (id, Proof::Secret { method: AuthMethod::ClientSecretBasic, secret }),
        (_, Some((id, assertion)), _) => (id, Proof::Assertion(assertion)),
        (.., secret) => {
            let id = named.ok_or_else(|| OAuthError::invalid_client("the client is not named"))?;
            let post = |secret| Proof::Secret { method: AuthMethod::ClientSecretPost, secret: Secret::new(secret) };
            let bare = if has_certificate { Proof::Certificate } else { Proof::None };
            (id.to_owned(), secret.map_or(bare, post))
        }
    };
    if named.is_some_and(|named| named != client_id) {
        return Err(OAuthError::invalid_request("client_id is not that of the credentials"));
    }
    Ok(Presented { client_id, proof })
}

/// The method registered is the method used (RFC 9700, section 2.5, wants it; OpenID Connect Registration 1.0, section 2, says it).
pub fn check_method(presented: &Presented, client: &ClientMetadata) -> Result<AuthMethod, OAuthError> {
    let registered = client.token_endpoint_auth_method;
    let is_used = match &presented.proof {
        Proof::None => registered == AuthMethod::None,
        Proof::Secret { method, .. } => registered == *method,
        Proof::Assertion(_) => registered == AuthMethod::PrivateKeyJwt,
        // A public client may bind its tokens to a certificate that proves nothing else (RFC 8705, section 4).
        Proof::Certificate => {
            matches!(registered, AuthMethod::TlsClientAuth | AuthMethod::SelfSignedTlsClientAuth | AuthMethod::None)
        }
    };
    if is_used {
        Ok(registered)
    } else {
        Err(OAuthError::invalid_client("the client is registered for another way to authenticate"))
    }
}

/// `Basic`, whose two halves are form-encoded before they are joined (RFC 6749, section 2.3.1).
fn read_basic(authorization: &str) -> Result<(String, Secret), OAuthError> {
    let malformed = || OAuthError::invalid_client("the Authorization header can not be read");
    let (scheme, credentials) = authorization.split_once(' ').ok_or_else(malformed)?;
    if !scheme.eq_ignore_ascii_case("basic") || credentials.len() > 4 * 1024 {
        return Err(malformed());
    }
    let text = STANDARD.decode(credentials.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let text = text.ok_or_else(malformed)?;
    let (id, secret) = text.split_once(':').ok_or_else(malformed)?;
    let (id, secret) = (form_decoded(id).ok_or_else(malformed)?, form_decoded(secret).ok_or_else(malformed)?);
    if id.is_empty() || secret.is_empty() {
        return Err(malformed());
    }
    Ok((id, Secret::new(secret)))
}

/// One value of a form. A `%` without two digits stands for itself: many clients do not encode at all.
fn form_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = after.split_at_checked(2).filter(|_| byte == b'%').and_then(|(digits, after)| {
            let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
            Some((u8::from_str_radix(digits, 16).ok()?, after))
        });
        let plain = if byte == b'+' { b' ' } else { byte };
        let (decoded, after) = escaped.unwrap_or((plain, after));
        bytes.push(decoded);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

/// The assertion and the client it names in `sub` (RFC 7523, section 3), which may be left out beside it (RFC 7521, section 4.2).
fn read_assertion(body: &Parameters) -> Result<Option<(String, String)>, OAuthError> {
    #[derive(Deserialize)]
    struct Subject {
        sub: String,
    }
    let (assertion, kind) = match (body.get("client_assertion"), body.get("client_assertion_type")) {
        (None, None) => return Ok(None),
        (Some(assertion), Some(kind)) => (assertion, kind),
        _ => return Err(OAuthError::invalid_request("client_assertion and client_assertion_type belong together")),
    };
    if kind != ASSERTION_TYPE {
        return Err(OAuthError::invalid_client("this client_assertion_type is not supported"));
    }
    let subject: Subject = jose::peek_claims(assertion)
        .map_err(|_| OAuthError::invalid_client("the client assertion is no JWT that names the client"))?;
    Ok(Some((subject.sub, assertion.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{error::OAuthCode, testing};

    fn basic(text: &str) -> String {
        format!("Basic {}", STANDARD.encode(text))
    }

    fn read(authorization: Option<&str>, body: &str, has_certificate: bool) -> Result<Presented, OAuthCode> {
        let body = Parameters::parse(body.as_bytes()).unwrap();
        read_client(authorization, &body, has_certificate).map_err(|error| error.code)
    }

    #[test]
    fn exactly_one_method_is_used() {
        let jwt = testing::key().sign("JWT", &serde_json::json!({ "sub": "a" })).unwrap();
        let assertion = format!("client_assertion={jwt}&client_assertion_type={ASSERTION_TYPE}");
        let secret = |method, text: &str| Ok((method, text.to_owned()));
        let cases = [
            (None, "client_id=a".into(), secret(AuthMethod::None, "")),
            (None, "client_id=a&client_secret=s".into(), secret(AuthMethod::ClientSecretPost, "s")),
            (Some("a:s"), String::new(), secret(AuthMethod::ClientSecretBasic, "s")),
            (Some("a:s"), "client_id=a".into(), secret(AuthMethod::ClientSecretBasic, "s")),
            (Some("%61:s%3A+%2b"), String::new(), secret(AuthMethod::ClientSecretBasic, "s: +")),
            (Some("a:100%=%zz:"), String::new(), secret(AuthMethod::ClientSecretBasic, "100%=%zz:")),
            (None, assertion.clone(), secret(AuthMethod::PrivateKeyJwt, "")),
            (None, format!("{assertion}&client_id=a"), secret(AuthMethod::PrivateKeyJwt, "")),
            (None, format!("{assertion}&client_id=b"), Err(OAuthCode::InvalidRequest)),
            (None, format!("{assertion}&client_secret=s"), Err(OAuthCode::InvalidRequest)),
            (Some("a:s"), assertion.clone(), Err(OAuthCode::InvalidRequest)),
            (Some("a:s"), "client_secret=s".into(), Err(OAuthCode::InvalidRequest)),
            (Some("a:s"), "client_id=b".into(), Err(OAuthCode::InvalidRequest)),
            (Some("a"), String::new(), Err(OAuthCode::InvalidClient)),
            (Some("a:%ff"), String::new(), Err(OAuthCode::InvalidClient)),
            (None, String::new(), Err(OAuthCode::InvalidClient)),
            (None, "client_id=a&client_assertion=x".into(), Err(OAuthCode::InvalidRequest)),
        ];
        for (header, body, expected) in cases {
            let found = read(header.map(basic).as_deref(), &body, false).map(|presented| {
                assert_eq!(presented.client_id, "a");
                match presented.proof {
                    Proof::None => (AuthMethod::None, String::new()),
                    Proof::Secret { method, secret } => (method, secret.reveal().to_owned()),
                    Proof::Assertion(_) => (AuthMethod::PrivateKeyJwt, String::new()),
                    Proof::Certificate => (AuthMethod::TlsClientAuth, String::new()),
                }
            });
            assert_eq!(found, expected, "{header:?} {body}");
        }
        assert_eq!(read(Some("Bearer x"), "client_id=a", false), Err(OAuthCode::InvalidClient));
        assert_eq!(read(None, "client_id=a", true).map(|presented| presented.proof), Ok(Proof::Certificate));
        let both = read(None, &assertion, true).map(|presented| matches!(presented.proof, Proof::Assertion(_)));
        assert_eq!(both, Ok(true));
    }

    #[test]
    fn the_method_registered_is_the_method_used() {
        let secret = |method| Proof::Secret { method, secret: Secret::new("s") };
        let proofs = [
            (Proof::None, vec![AuthMethod::None]),
            (secret(AuthMethod::ClientSecretBasic), vec![AuthMethod::ClientSecretBasic]),
            (secret(AuthMethod::ClientSecretPost), vec![AuthMethod::ClientSecretPost]),
            (Proof::Assertion("x".into()), vec![AuthMethod::PrivateKeyJwt]),
            (
                Proof::Certificate,
                vec![AuthMethod::None, AuthMethod::TlsClientAuth, AuthMethod::SelfSignedTlsClientAuth],
            ),
        ];
        for (proof, allowed) in proofs {
            for method in AuthMethod::ALL {
                let client = ClientMetadata { token_endpoint_auth_method: *method, ..ClientMetadata::default() };
                let presented = Presented { client_id: "a".into(), proof: proof.clone() };
                assert_eq!(check_method(&presented, &client).is_ok(), allowed.contains(method), "{proof:?} {method}");
            }
        }
    }
}
