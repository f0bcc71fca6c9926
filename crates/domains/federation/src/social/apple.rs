//! Apple's client secret: a JWT that the application's key signs, made anew for each request.

use std::time::Duration;

use jose::{JoseError, SigningKey};
use kernel::{Secret, Timestamp};
use serde_json::json;

/// Long enough for one request; Apple would take six months.
const LIFETIME: Duration = Duration::from_mins(5);
const AUDIENCE: &str = "https://appleid.apple.com";

/// `team_id` and `key_id` are Apple's names of whose key it is.
pub(crate) fn client_secret(
    key: &SigningKey,
    team_id: &str,
    key_id: &str,
    client_id: &str,
    now: Timestamp,
) -> Result<Secret, JoseError> {
    let claims = json!({
        "iss": team_id, "sub": client_id, "aud": AUDIENCE,
        "iat": now.as_seconds(), "exp": (now + LIFETIME).as_seconds(),
    });
    key.clone().with_kid(key_id).sign("JWT", &claims).map(Secret::new)
}

#[cfg(test)]
mod tests {
    use jose::Algorithm;
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_secret_is_signed_by_the_key_and_short_lived() {
        let key = SigningKey::generate(Algorithm::Es256).unwrap();
        let now = Timestamp::from_seconds(1_768_469_400);
        let secret = client_secret(&key, "TEAM123456", "KEY1234567", "com.example.web", now).unwrap();
        let public = key.verifying_key().unwrap();
        let verified = jose::verify(secret.reveal(), "JWT", |kid| (kid == "KEY1234567").then_some(&public)).unwrap();
        let claims: Value = verified.claims().unwrap();
        assert_eq!((claims["iss"].as_str(), claims["sub"].as_str()), (Some("TEAM123456"), Some("com.example.web")));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 300);
    }
}
