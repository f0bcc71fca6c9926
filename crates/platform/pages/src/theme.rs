//! An application's own style sheet: a handful of custom properties over those of `tokens.css`.

use std::fmt::Write;

use crate::colour::Colour;

/// What an application chose; what it did not is as `tokens.css` has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    pub accent: Option<Colour>,
    /// The accent on dark ground.
    pub accent_dark: Option<Colour>,
    pub ground: Option<Colour>,
    pub ground_dark: Option<Colour>,
    /// Of controls, in pixels; cards are rounded in proportion.
    pub radius: Option<u8>,
    pub font: Option<&'static str>,
}

/// The surfaces of `tokens.css`, on which links stand.
const SURFACE: Colour = Colour::new(0xff, 0xff, 0xff);
const SURFACE_DARK: Colour = Colour::new(0x18, 0x1c, 0x21);
const GROUND: Colour = Colour::new(0xf4, 0xf5, 0xf7);
const GROUND_DARK: Colour = Colour::new(0x0f, 0x12, 0x15);

/// The style sheet's text. It holds colours and numbers that were parsed, and nothing that somebody wrote.
pub fn stylesheet(theme: &Theme) -> String {
    let mut text = String::from(":root {\n");
    let mut set = |name: &str, value: std::fmt::Arguments<'_>| {
        let _infallible = writeln!(text, "  --{name}: {value};");
    };
    let ground = theme.ground.unwrap_or(GROUND);
    let ground_dark = theme.ground_dark.unwrap_or(GROUND_DARK);
    if theme.ground.is_some() || theme.ground_dark.is_some() {
        set("color-ground", format_args!("light-dark({ground}, {ground_dark})"));
        let (faint, faint_dark) = (FAINT.readable_on(ground), FAINT_DARK.readable_on(ground_dark));
        set("color-on-ground", format_args!("light-dark({faint}, {faint_dark})"));
        // Links below the card stand on the ground itself.
        let accent = theme.accent.unwrap_or(ACCENT);
        let accent_dark = theme.accent_dark.unwrap_or(accent);
        let (link, link_dark) = (accent.readable_on(ground), accent_dark.readable_on(ground_dark));
        set("color-link-on-ground", format_args!("light-dark({link}, {link_dark})"));
    }
    if let Some(accent) = theme.accent {
        let dark = theme.accent_dark.unwrap_or(accent);
        set("color-accent", format_args!("light-dark({accent}, {dark})"));
        set("color-on-accent", format_args!("light-dark({}, {})", accent.text_on(), dark.text_on()));
        let (text, text_dark) = (accent.readable_on(SURFACE).readable_on(GROUND), dark.readable_on(SURFACE_DARK));
        set("color-accent-text", format_args!("light-dark({text}, {text_dark})"));
    }
    if let Some(radius) = theme.radius {
        set("radius-control", format_args!("{radius}px"));
        set("radius-small", format_args!("{}px", radius.saturating_sub(2)));
        set("radius-card", format_args!("{}px", u16::from(radius) * 9 / 5));
    }
    if let Some(font) = theme.font {
        set("font-text", format_args!("{font}"));
    }
    text.push_str("}\n");
    text
}

const ACCENT: Colour = Colour::new(0xb8, 0x43, 0x0f);
const FAINT: Colour = Colour::new(0x63, 0x6c, 0x78);
const FAINT_DARK: Colour = Colour::new(0x8d, 0x97, 0xa4);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_chosen_is_an_empty_rule() {
        assert_eq!(stylesheet(&Theme::default()), ":root {\n}\n");
    }

    #[test]
    fn a_pale_accent_has_dark_text_and_darker_links() {
        let theme = Theme { accent: Colour::parse("#ffe066"), radius: Some(4), ..Theme::default() };
        let text = stylesheet(&theme);
        assert!(text.contains("--color-accent: light-dark(#ffe066, #ffe066);"), "{text}");
        assert!(text.contains("--color-on-accent: light-dark(#000000, #000000);"), "{text}");
        assert!(!text.contains("--color-accent-text: light-dark(#ffe066"), "{text}");
        assert!(text.contains("--radius-card: 7px;"), "{text}");
    }
}
