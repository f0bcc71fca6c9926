//! The QR code of an authenticator app's key, as a picture that a page can show without another request.

use base64::{Engine, engine::general_purpose::STANDARD};
use fast_qr::{
    QRBuilder,
    convert::{Builder, svg::SvgBuilder},
};

/// A data URL (RFC 2397) with an SVG; `None` where the text is longer than a QR code holds.
pub(super) fn svg_data_url(text: &str) -> Option<String> {
    let code = QRBuilder::new(text).build().ok()?;
    // Four modules of quiet zone (ISO/IEC 18004): scanners need it on dark pages.
    let svg = SvgBuilder::default().margin(4).to_str(&code);
    Some(format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_is_an_svg_without_script() {
        let url = svg_data_url("otpauth://totp/Shop:ada%40example.com?secret=GEZDGNBV").unwrap();
        let svg = STANDARD.decode(url.strip_prefix("data:image/svg+xml;base64,").unwrap()).unwrap();
        let svg = String::from_utf8(svg).unwrap();
        assert!(svg.starts_with("<svg") && !svg.contains("script"), "{svg}");
        assert!(svg_data_url(&"x".repeat(4_000)).is_none());
    }
}
