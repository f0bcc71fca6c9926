//! Where a person goes once they are signed in: a page here, or one of the application's own addresses, byte for byte.

use std::time::Duration;

use edge::{Browser, ReturnCookie};
use kernel::{ErrorCode, Refusal};

/// Longer than any address that is registered.
const MOST: usize = 2_048;
/// Longer than a link lives.
const REMEMBERED: Duration = Duration::from_hours(24);

/// A place to go to that was checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReturnTo(Option<String>);

impl ReturnTo {
    /// Anything else than such an address gets an error page and never a redirect.
    pub(crate) fn checked(cx: &Browser, wanted: Option<String>) -> Result<Self, Refusal> {
        let Some(wanted) = wanted else { return Ok(Self(None)) };
        let registered = &tenancy::settings_of(cx.tenant()).redirect_uris;
        if is_allowed(&wanted, registered) { Ok(Self(Some(wanted))) } else { Err(refused()) }
    }

    /// Where the browser wanted to go when it asked for a message.
    pub(crate) fn remembered(cx: &Browser) -> Self {
        ReturnCookie::read(cx).and_then(|wanted| Self::checked(cx, Some(wanted)).ok()).unwrap_or_default()
    }

    /// The cookie by which it is remembered until the message is opened.
    pub(crate) fn remember(&self, cx: &Browser) -> Option<(http::HeaderName, http::HeaderValue)> {
        ReturnCookie::set(cx, self.as_deref(), REMEMBERED)
    }

    pub(crate) fn here(page: &str) -> Self {
        Self(Some(page.to_owned()))
    }

    /// For a hidden field.
    pub(crate) fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Where to go.
    pub(crate) fn target(&self) -> &str {
        self.0.as_deref().unwrap_or("/account")
    }

    /// Where forms lead beside this site: browsers hold a form's redirects to the page's policy.
    pub(crate) fn targets(&self) -> Vec<String> {
        self.0.iter().filter(|target| !is_local(target)).cloned().collect()
    }

    /// A page here that goes there in the end.
    pub(crate) fn via(&self, page: &str) -> String {
        match &self.0 {
            Some(target) => {
                let query = serde_urlencoded::to_string([("return_to", target)]).unwrap_or_default();
                format!("{page}?{query}")
            }
            None => page.to_owned(),
        }
    }
}

fn is_allowed(wanted: &str, registered: &[String]) -> bool {
    wanted.len() <= MOST && (is_local(wanted) || registered.iter().any(|known| known == wanted))
}

/// A path of this very origin: browsers read `//host`, `/\host` and tabs within it as another one.
pub(crate) fn is_local(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && path.len() <= MOST
}

fn refused() -> Refusal {
    Refusal::new(ErrorCode::BadRequest, "invalid_redirect_uri", "The address to go back to is not registered.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_paths_and_registered_addresses_are_gone_to() {
        let registered = ["https://app.example.com/back".to_owned(), "com.example.app:/back".to_owned()];
        for (wanted, expected) in [
            ("/account", true),
            ("/oauth2/authorize?client_id=a&x=%2F", true),
            ("https://app.example.com/back", true),
            ("com.example.app:/back", true),
            ("https://app.example.com/back?x=1", false),
            ("https://app.example.com/back/", false),
            ("https://app.example.com/back/..;/x", false),
            ("https://APP.example.com/back", false),
            ("https://app.example.com:443/back", false),
            ("https://app.example.com/back#x", false),
            ("https://app.example.com@evil.example/back", false),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("/\t/evil.example", false),
            ("/a\\b", false),
            ("\\/evil.example", false),
            ("account", false),
            ("", false),
            ("javascript:alert(1)", false),
            ("data:text/html,x", false),
            ("/ä", false),
            ("/a b", false),
        ] {
            assert_eq!(is_allowed(wanted, &registered), expected, "{wanted}");
        }
        assert!(!is_allowed(&format!("/{}", "a".repeat(MOST)), &registered));
    }
}
