//! What a page may load and where its forms may lead (Content Security Policy, level 3).

use http::HeaderValue;

/// Own files, pictures from anywhere with encryption, and no script that is made from text (Trusted Types). `targets` are the
/// origins that a form's redirects lead to: browsers hold redirects to `form-action` too. `frames` are shown within; a path is of
/// this site.
pub(super) fn policy(targets: &[String], frames: &[String]) -> HeaderValue {
    let mut text = String::from(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; connect-src 'self'; \
         frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'; form-action 'self'",
    );
    for target in targets.iter().filter_map(|target| source(target)) {
        text.push(' ');
        text.push_str(&target);
    }
    let shown = |frame: &String| if is_here(frame) { Some("'self'".to_owned()) } else { source(frame) };
    let mut frames = frames.iter().filter_map(shown).peekable();
    if frames.peek().is_some() {
        text.push_str("; frame-src");
        for frame in frames {
            text.push(' ');
            text.push_str(&frame);
        }
    }
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

/// What a page loads from elsewhere: lists of source expressions.
#[derive(Clone, Copy, Debug)]
pub struct ForeignSources {
    pub script: &'static str,
    pub frame: &'static str,
    pub style: &'static str,
    pub connect: &'static str,
}

/// For a page that runs others' script in a frame of this site. They make elements from text, so that Trusted Types can't be required;
/// the page has no form, and may not ask this site anything.
pub(super) fn framed_here(foreign: &ForeignSources) -> HeaderValue {
    let ForeignSources { script, frame, style, connect } = foreign;
    let text = format!(
        "default-src 'none'; script-src 'self' {script}; style-src 'self' {style}; connect-src {connect}; frame-src {frame}; \
         frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    );
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

fn is_here(uri: &str) -> bool {
    uri.starts_with('/') && !uri.starts_with("//")
}

/// The source expression of a URI: its origin, or its scheme where that is an app's own.
fn source(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    if !is_scheme {
        return None;
    }
    if !matches!(scheme, "http" | "https") {
        return Some(format!("{scheme}:"));
    }
    let host = rest.strip_prefix("//")?.split(['/', '?', '#']).next()?;
    let is_host = !host.is_empty()
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']'));
    is_host.then(|| format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_lead_to_the_origin_of_the_target_and_nothing_else_gets_in() {
        for (uri, expected) in [
            ("https://app.example.com/back?x=1", Some("https://app.example.com")),
            ("http://localhost:3000", Some("http://localhost:3000")),
            ("com.example.app:/back", Some("com.example.app:")),
            ("https://user@app.example.com/", None),
            ("https://a.example; script-src *", None),
            ("https://", None),
            ("/account", None),
            ("a b:c", None),
        ] {
            assert_eq!(source(uri).as_deref(), expected, "{uri}");
        }
    }
}
