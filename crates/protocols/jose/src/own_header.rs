//! The header of a key's own tokens: written by its signer, and known again without being read.

use crate::{
    algorithm::Algorithm,
    base64url,
    error::JoseError,
    token::{MAX_TOKEN_BYTES, Verified},
    verifying::VerifyingKey,
};

/// Three bytes are four digits, so that what comes after does not change how they are written.
const GROUP: usize = 3;

/// `{"alg":…,"kid":…,"typ":…}` of one key, for every type.
#[derive(Clone, Debug)]
pub struct OwnHeader {
    /// All whole groups of bytes before the value of `typ`, in base64url.
    start: String,
    /// What is left over of them.
    rest: String,
}

impl OwnHeader {
    pub fn new(algorithm: Algorithm, kid: &str) -> Self {
        let mut text = format!(r#"{{"alg":"{algorithm}","kid":{},"typ":""#, serde_json::json!(kid));
        // At a boundary of characters too: what JSON does not escape may be any of Unicode's.
        let cut = (0..=text.len()).rev().find(|cut| cut % GROUP == 0 && text.is_char_boundary(*cut)).unwrap_or(0);
        let rest = text.split_off(cut);
        Self { start: base64url::encode(text.as_bytes()), rest }
    }

    /// Characters of the segment.
    pub(crate) fn len(&self, typ: &str) -> usize {
        self.start.len() + base64url::encoded_len(self.rest.len() + typ.len() + END.len())
    }

    /// The segment, put behind `token`. `typ` has nothing that JSON escapes.
    pub(crate) fn append(&self, typ: &str, token: &mut String) {
        token.push_str(&self.start);
        base64url::append([&self.rest, typ, END].concat().as_bytes(), token);
    }

    /// Does a token begin with this very header? Then no other reading of it is possible.
    fn behind<'t>(&self, token: &'t str, typ: &str) -> Option<&'t str> {
        let rest = token.strip_prefix(&*self.start)?;
        let (end, rest) = rest.split_once('.')?;
        let is_own = |end: &[u8]| {
            let found = end.strip_prefix(self.rest.as_bytes()).and_then(|end| end.strip_suffix(END.as_bytes()));
            found == Some(typ.as_bytes())
        };
        base64url::read(end, is_own).filter(|is_own| *is_own).map(|_| rest)
    }

    /// As [`crate::verify`], for a token that begins with this header for the type; `None` for every other.
    pub fn verify(&self, token: &str, typ: &str, key: &VerifyingKey) -> Option<Result<Verified, JoseError>> {
        let (payload, signature) = self.behind(token, typ)?.split_once('.')?;
        Some(prove(token, payload, signature, key))
    }
}

/// The end of the header, behind the value of `typ`.
const END: &str = "\"}";

fn prove(token: &str, payload: &str, signature: &str, key: &VerifyingKey) -> Result<Verified, JoseError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(JoseError::TooLong);
    }
    let signed = &token[..token.len() - signature.len() - 1];
    // A fourth segment's dot is outside the base64url alphabet and falls here.
    let proven = base64url::read(signature, |signature| key.verify_signature(signed.as_bytes(), signature));
    proven.ok_or(JoseError::Malformed)??;
    Ok(Verified { payload: base64url::decode(payload).ok_or(JoseError::Malformed)? })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{SigningKey, verify};

    const TYP: &str = "at+jwt";

    #[test]
    fn its_own_tokens_are_known_whatever_the_key_is_called() {
        for kid in ["a", "ab", "abc", "abcd", "a\"b", "schlüssel", "钥匙", "é€", ""] {
            let key = SigningKey::generate(Algorithm::EdDsa).unwrap().with_kid(kid);
            let verifying = key.verifying_key().unwrap();
            let own = OwnHeader::new(key.algorithm(), kid);
            let token = key.sign(TYP, &json!({ "sub": "ada" })).unwrap();
            assert_eq!(token.find('.'), Some(own.len(TYP)), "{kid}");
            let by_header = own.verify(&token, TYP, &verifying).unwrap().unwrap();
            assert_eq!(Ok(by_header), verify(&token, TYP, |_| Some(&verifying)), "{kid}");
            assert!(own.verify(&token, "at+jw", &verifying).is_none());
            assert!(own.verify(&token, "session+jwt", &verifying).is_none());
        }
    }

    #[test]
    fn its_plain_claims_mean_one_thing() {
        #[derive(serde::Deserialize, PartialEq, Debug)]
        struct Plain {
            sub: String,
        }
        let claims = |payload: &str| Verified { payload: payload.as_bytes().to_vec() }.own_claims::<Plain>();
        assert_eq!(claims(r#"{"sub":"ada","other":{"a":1,"a":2}}"#), Ok(Plain { sub: "ada".to_owned() }));
        for wrong in
            [r#"{"sub":"ada","sub":"eve"}"#, r#"{"sub":"ada","\u0073ub":"eve"}"#, r#"["ada"]"#, r#"{"sub":"ada"} {}"#]
        {
            assert_eq!(claims(wrong), Err(JoseError::Claims), "{wrong}");
        }
    }

    /// Whatever is changed of a token, by its header it is taken for nothing else than by reading it.
    #[test]
    fn no_token_passes_that_would_not_pass_when_read() {
        let key = SigningKey::generate(Algorithm::EdDsa).unwrap().with_kid("k1");
        let verifying = key.verifying_key().unwrap();
        let own = OwnHeader::new(Algorithm::EdDsa, "k1");
        let token = key.sign(TYP, &json!({ "sub": "ada" })).unwrap();
        for at in 0..token.len() {
            for with in ["A", "_", ".", "=", "+", ""] {
                let changed = format!("{}{with}{}", &token[..at], &token[at + 1..]);
                if changed != token {
                    let is_taken = matches!(own.verify(&changed, TYP, &verifying), Some(Ok(_)));
                    assert!(!is_taken, "{changed}");
                }
            }
        }
        for changed in [format!("{token}."), format!("{token}.{token}"), format!("{token}A"), format!("{token}=")] {
            assert!(!matches!(own.verify(&changed, TYP, &verifying), Some(Ok(_))), "{changed}");
        }
        let other = SigningKey::generate(Algorithm::EdDsa).unwrap().with_kid("k1");
        let forged = other.sign(TYP, &json!({ "sub": "ada" })).unwrap();
        assert!(matches!(own.verify(&forged, TYP, &verifying), Some(Err(JoseError::Signature))));
        let long = key.sign(TYP, &json!({ "sub": "a".repeat(MAX_TOKEN_BYTES) })).unwrap();
        assert!(matches!(own.verify(&long, TYP, &verifying), Some(Err(JoseError::TooLong))));
        let header: Value =
            serde_json::from_slice(&base64url::decode(token.split('.').next().unwrap()).unwrap()).unwrap();
        assert_eq!(header, json!({ "alg": "EdDSA", "kid": "k1", "typ": TYP }));
    }
}
