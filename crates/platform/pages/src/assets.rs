//! The files that pages name, each with its content's hash in its name, so that it may be cached for ever.

use std::{fmt::Write, sync::LazyLock};

/// Where the server serves them.
pub const MOUNT: &str = "/ui";

/// One file.
pub struct Asset {
    plain: &'static str,
    /// With the mount and the hash, as pages name it.
    pub path: String,
    pub content_type: &'static str,
    pub content: &'static str,
}

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    vec![
        asset("tokens", "css", include_str!("../../../../web/tokens/tokens.css")),
        asset("ui", "css", include_str!("../../../../web/hosted/ui.css")),
        asset("pages", "js", include_str!("../../../../web/hosted/pages.js")),
        asset("send", "js", include_str!("../../../../web/hosted/send.js")),
        asset("captcha", "js", include_str!("../../../../web/hosted/captcha.js")),
        asset("session", "js", include_str!("../../../../web/hosted/session.js")),
        asset("icon", "svg", include_str!("../../../../web/hosted/icon.svg")),
    ]
});

/// All of them.
pub fn assets() -> &'static [Asset] {
    &ASSETS
}

pub(crate) fn address(name: &str) -> &'static str {
    ASSETS.iter().find(|asset| asset.plain == name).map_or("", |asset| &asset.path)
}

fn asset(stem: &str, ending: &'static str, content: &'static str) -> Asset {
    let digest = vault::digest(content.as_bytes());
    let hash = digest[..6].iter().fold(String::new(), |mut hash, byte| {
        let _infallible = write!(hash, "{byte:02x}");
        hash
    });
    let (plain, content_type) = match (stem, ending) {
        ("tokens", _) => ("tokens.css", "text/css; charset=utf-8"),
        ("ui", _) => ("ui.css", "text/css; charset=utf-8"),
        ("pages", _) => ("pages.js", "text/javascript; charset=utf-8"),
        ("send", _) => ("send.js", "text/javascript; charset=utf-8"),
        ("captcha", _) => ("captcha.js", "text/javascript; charset=utf-8"),
        ("session", _) => ("session.js", "text/javascript; charset=utf-8"),
        _ => ("icon.svg", "image/svg+xml"),
    };
    Asset { plain, path: format!("{MOUNT}/{stem}.{hash}.{ending}"), content_type, content }
}
