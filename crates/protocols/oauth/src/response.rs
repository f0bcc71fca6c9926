//! The answer of the authorization endpoint on its way to the client (RFC 6749, section 4.1.2), in each mode.

use std::time::Duration;

use kernel::Timestamp;
use serde_json::{Map, Value, json};
use url::form_urlencoded::byte_serialize;

use crate::{
    error::OAuthError,
    metadata::ClientMetadata,
    names::{ClientType, ResponseMode},
    parameters::Parameters,
    redirect::is_registered,
};

/// Much shorter than the ten minutes that JARM, section 2.1, recommends at most: an answer is read at once.
const JARM_LIFETIME: Duration = Duration::from_mins(2);
/// `typ` of a signed answer.
pub const JARM_TYPE: &str = "JWT";

/// Where an answer goes, and how. It is only made for an address that is known to be the client's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnAddress {
    pub redirect_uri: String,
    pub mode: ResponseMode,
    pub state: Option<String>,
}

impl ReturnAddress {
    /// Where an error is told to the client before the request is understood, as that of a request object that does not hold (RFC 9101,
    /// section 7): the address that stands beside it, if it is named and registered byte for byte.
    pub fn beside(parameters: &Parameters, client: &ClientMetadata, client_type: ClientType) -> Option<Self> {
        let named = parameters.get("redirect_uri")?;
        is_registered(named, &client.redirect_uris, client_type).then(|| Self::read(parameters, named))
    }

    /// The mode that the request names, or the default of its response type: a client that asked for a token in the answer reads
    /// the fragment, even for the refusal (OAuth 2.0 Multiple Response Type Encoding Practices, section 2.1; JARM, section 2.3.4).
    pub(crate) fn read(parameters: &Parameters, redirect_uri: &str) -> Self {
        let has_token = parameters
            .get("response_type")
            .is_some_and(|kind| kind.split(' ').any(|part| part == "token" || part == "id_token"));
        let mode = match parameters.get("response_mode").and_then(|mode| mode.parse().ok()) {
            Some(ResponseMode::Jwt) if has_token => ResponseMode::FragmentJwt,
            Some(ResponseMode::Jwt) => ResponseMode::QueryJwt,
            Some(mode) => mode,
            None if has_token => ResponseMode::Fragment,
            None => ResponseMode::Query,
        };
        Self { redirect_uri: redirect_uri.to_owned(), mode, state: parameters.get("state").map(str::to_owned) }
    }
}

impl ResponseMode {
    /// Does the answer travel as a JWT (JARM)?
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::Jwt | Self::QueryJwt | Self::FragmentJwt | Self::FormPostJwt)
    }
}

/// The answer's parameters: `iss` is always among them, so that a client of two servers can tell them apart (RFC 9207).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationResponse {
    issuer: String,
    parameters: Vec<(&'static str, String)>,
}

/// What the browser is told to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// A redirect to this address, with 303 and never 307, which would post the person's password on (RFC 9700, section 4.12).
    Redirect(String),
    FormPost(FormPost),
}

/// A page that posts itself (OAuth 2.0 Form Post Response Mode, section 2). The values are as they came: the page escapes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormPost {
    pub action: String,
    pub fields: Vec<(&'static str, String)>,
}

impl AuthorizationResponse {
    pub fn code(issuer: &str, code: &str) -> Self {
        Self { issuer: issuer.to_owned(), parameters: vec![("code", code.to_owned())] }
    }

    /// With what the client's page shows the frame at `check_session_iframe` (OpenID Connect Session Management 1.0, section 2).
    #[must_use]
    pub fn in_session(mut self, session_state: Option<String>) -> Self {
        self.parameters.extend(session_state.map(|state| ("session_state", state)));
        self
    }

    pub fn error(issuer: &str, error: &OAuthError) -> Self {
        let parameters =
            vec![("error", error.code.as_str().to_owned()), ("error_description", error.description.to_string())];
        Self { issuer: issuer.to_owned(), parameters }
    }

    /// The way to the client. `sign` makes a JWT of type [`JARM_TYPE`] of the claims it is given, and is called for the signed modes
    /// only.
    pub fn deliver<E>(
        &self,
        to: &ReturnAddress,
        client_id: &str,
        now: Timestamp,
        sign: impl FnOnce(&Map<String, Value>) -> Result<String, E>,
    ) -> Result<Delivery, E> {
        let mut fields = self.parameters.clone();
        fields.extend(to.state.clone().map(|state| ("state", state)));
        if to.mode.is_signed() {
            // JARM, section 2.1. `iss` and `state` are inside, and nothing stands beside the JWT that could say otherwise.
            let mut claims: Map<String, Value> =
                fields.into_iter().map(|(name, value)| (name.to_owned(), Value::String(value))).collect();
            claims.insert("iss".into(), json!(self.issuer));
            claims.insert("aud".into(), json!(client_id));
            claims.insert("exp".into(), json!((now + JARM_LIFETIME).as_seconds()));
            fields = vec![("response", sign(&claims)?)];
        } else {
            fields.push(("iss", self.issuer.clone()));
        }
        Ok(carry(to, fields))
    }
}

fn carry(to: &ReturnAddress, fields: Vec<(&'static str, String)>) -> Delivery {
    let joined = |separator: &str, fields: &[(&str, String)]| {
        let length: usize = fields.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
        let mut address = String::with_capacity(to.redirect_uri.len() + 1 + length);
        address.push_str(&to.redirect_uri);
        for (index, (name, value)) in fields.iter().enumerate() {
            address.push_str(if index == 0 { separator } else { "&" });
            append_encoded(&mut address, name);
            address.push('=');
            append_encoded(&mut address, value);
        }
        Delivery::Redirect(address)
    };
    match to.mode {
        ResponseMode::FormPost | ResponseMode::FormPostJwt => {
            Delivery::FormPost(FormPost { action: to.redirect_uri.clone(), fields })
        }
        // A registered address has no fragment of its own.
        ResponseMode::Fragment | ResponseMode::FragmentJwt => joined("#", &fields),
        // A query of the address is kept (RFC 6749, section 3.1.2).
        ResponseMode::Query | ResponseMode::Jwt | ResponseMode::QueryJwt => {
            joined(query_separator(&to.redirect_uri), &fields)
        }
    }
}

/// As `application/x-www-form-urlencoded` (URL standard, section 5.2). Most of an answer is a code, which is copied as it stands.
fn append_encoded(address: &mut String, text: &str) {
    // To the end whatever comes, so that many bytes are looked at at once.
    if text.bytes().fold(true, |is_plain, byte| is_plain & stands_for_itself(byte)) {
        address.push_str(text);
    } else {
        address.extend(byte_serialize(text.as_bytes()));
    }
}

const fn stands_for_itself(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() | matches!(byte, b'*' | b'-' | b'.' | b'_')
}

fn query_separator(uri: &str) -> &'static str {
    match uri.split_once('?') {
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;
    use crate::error::OAuthCode;

    const ISSUER: &str = "https://issuer.example";

    fn to(redirect_uri: &str, mode: ResponseMode) -> ReturnAddress {
        ReturnAddress { redirect_uri: redirect_uri.into(), mode, state: Some("a&b=<c>".into()) }
    }

    fn deliver(response: &AuthorizationResponse, to: &ReturnAddress) -> Delivery {
        let sign = |claims: &Map<String, Value>| Ok::<_, Infallible>(Value::Object(claims.clone()).to_string());
        response.deliver(to, "client", Timestamp::from_seconds(1_000), sign).unwrap()
    }

    proptest! {
        #[test]
        fn values_are_encoded_as_the_standard_says(text in "\\PC{0,20}|[A-Za-z0-9*._ ~+%-]{0,20}") {
            let mut address = String::new();
            append_encoded(&mut address, &text);
            let expected: String = byte_serialize(text.as_bytes()).collect();
            prop_assert_eq!(address, expected);
        }
    }

    #[test]
    fn an_answer_is_joined_to_its_address() {
        let code = AuthorizationResponse::code(ISSUER, "xyz");
        let parameters = "code=xyz&state=a%26b%3D%3Cc%3E&iss=https%3A%2F%2Fissuer.example";
        for (uri, mode, before) in [
            ("https://a.example/cb", ResponseMode::Query, "https://a.example/cb?"),
            ("https://a.example", ResponseMode::Query, "https://a.example?"),
            ("https://a.example/cb?", ResponseMode::Query, "https://a.example/cb?"),
            ("https://a.example/cb?x=1", ResponseMode::Query, "https://a.example/cb?x=1&"),
            ("https://a.example/cb?x=1&", ResponseMode::Query, "https://a.example/cb?x=1&"),
            ("https://a.example/cb?x=1", ResponseMode::Fragment, "https://a.example/cb?x=1#"),
            ("com.example.app:/cb", ResponseMode::Query, "com.example.app:/cb?"),
        ] {
            assert_eq!(deliver(&code, &to(uri, mode)), Delivery::Redirect(format!("{before}{parameters}")), "{uri}");
        }
        let Delivery::FormPost(form) = deliver(&code, &to("https://a.example/cb", ResponseMode::FormPost)) else {
            panic!("a form")
        };
        assert_eq!(form.action, "https://a.example/cb");
        assert_eq!(form.fields, [("code", "xyz".into()), ("state", "a&b=<c>".into()), ("iss", ISSUER.to_owned())]);
    }

    #[test]
    fn a_refusal_names_its_server_too() {
        let error = OAuthError::new(OAuthCode::AccessDenied, "the person said no");
        let answer = AuthorizationResponse::error(ISSUER, &error);
        let to = ReturnAddress { state: None, ..to("https://a.example/cb", ResponseMode::Query) };
        let expected = "https://a.example/cb?error=access_denied&error_description=the+person+said+no&iss=https%3A%2F%2Fissuer.example";
        assert_eq!(deliver(&answer, &to), Delivery::Redirect(expected.into()));
    }

    #[test]
    fn a_signed_answer_holds_everything_inside() {
        let answer = AuthorizationResponse::code(ISSUER, "xyz");
        for mode in ResponseMode::ALL.iter().filter(|mode| mode.is_signed()) {
            let jwt = match deliver(&answer, &to("https://a.example/cb", *mode)) {
                Delivery::FormPost(form) => {
                    assert_eq!((form.fields.len(), *mode), (1, ResponseMode::FormPostJwt));
                    form.fields[0].1.clone()
                }
                Delivery::Redirect(uri) => {
                    let separator = if *mode == ResponseMode::FragmentJwt { '#' } else { '?' };
                    let (_, response) = uri.split_once(separator).unwrap();
                    let response: Vec<(String, String)> = serde_urlencoded::from_str(response).unwrap();
                    assert_eq!((response.len(), response[0].0.as_str()), (1, "response"));
                    response[0].1.clone()
                }
            };
            let claims: Value = serde_json::from_str(&jwt).unwrap();
            let expected = json!({ "code": "xyz", "state": "a&b=<c>", "iss": ISSUER, "aud": "client", "exp": 1_120 });
            assert_eq!(claims, expected, "{mode}");
        }
    }

    #[test]
    fn the_mode_is_that_of_the_response_type_unless_it_is_named() {
        for (query, mode) in [
            ("response_type=code", ResponseMode::Query),
            ("", ResponseMode::Query),
            ("response_type=code+id_token", ResponseMode::Fragment),
            ("response_type=token", ResponseMode::Fragment),
            ("response_type=code&response_mode=form_post", ResponseMode::FormPost),
            ("response_type=code&response_mode=jwt", ResponseMode::QueryJwt),
            ("response_type=token&response_mode=jwt", ResponseMode::FragmentJwt),
            ("response_type=code&response_mode=telepathy", ResponseMode::Query),
        ] {
            let parameters = Parameters::parse(query.as_bytes()).unwrap();
            assert_eq!(ReturnAddress::read(&parameters, "https://a.example/cb").mode, mode, "{query}");
        }
    }

    #[test]
    fn an_error_goes_back_to_no_address_but_a_registered_one() {
        let client = ClientMetadata { redirect_uris: vec!["https://a.example/cb".into()], ..ClientMetadata::default() };
        let to = |query: &str| {
            let parameters = Parameters::parse(query.as_bytes()).unwrap();
            ReturnAddress::beside(&parameters, &client, ClientType::Web).map(|to| (to.redirect_uri, to.mode, to.state))
        };
        let there = |mode, state: &str| Some(("https://a.example/cb".to_owned(), mode, Some(state.to_owned())));
        assert_eq!(to("redirect_uri=https://a.example/cb&state=x"), there(ResponseMode::Query, "x"));
        assert_eq!(
            to("redirect_uri=https://a.example/cb&state=x&response_mode=form_post"),
            there(ResponseMode::FormPost, "x")
        );
        for query in ["", "redirect_uri=https://a.example/cb/", "redirect_uri=https://evil.example/", "redirect_uri="] {
            assert_eq!(to(query), None, "{query}");
        }
    }

    #[test]
    fn the_session_is_told_in_every_mode() {
        let code = AuthorizationResponse::code(ISSUER, "xyz").in_session(Some("hash.salt".into()));
        let Delivery::Redirect(to) = deliver(&code, &to("https://a.example/cb", ResponseMode::Query)) else {
            panic!("a redirect")
        };
        assert!(to.contains("&session_state=hash.salt&"), "{to}");
        let none = AuthorizationResponse::code(ISSUER, "xyz").in_session(None);
        assert_eq!(none, AuthorizationResponse::code(ISSUER, "xyz"));
    }
}
