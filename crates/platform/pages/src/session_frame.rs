//! What pages of applications hold in a frame to see whether a sign-in is still the same (OpenID Connect Session Management 1.0, section
//! 3.2). Nobody looks at it: it has no words, no style and no form.

use crate::assets;

/// The document. `cookie` is the name of the one that holds the browser's state: letters, digits, `-` and `_`.
pub fn session_frame(cookie: &str) -> String {
    debug_assert!(cookie.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')), "{cookie}");
    let script = assets::address("session.js");
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Session</title>\n\
         <script defer src=\"{script}\" data-cookie=\"{cookie}\"></script>\n</html>\n"
    )
}
