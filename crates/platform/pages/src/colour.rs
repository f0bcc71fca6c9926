//! Colours as applications name them, and whether they can be read (WCAG 2.2, 1.4.3).

use std::fmt;

/// A colour of the sRGB space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

pub const WHITE: Colour = Colour { red: 255, green: 255, blue: 255 };
pub const BLACK: Colour = Colour { red: 0, green: 0, blue: 0 };

/// The least contrast of text with its ground.
const READABLE: f64 = 4.5;

impl Colour {
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// `#b8430f` or `#b40`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        let part = |at: usize, width: usize| u8::from_str_radix(&digits[at * width..][..width], 16).ok();
        match digits.len() {
            3 => Some(Self { red: part(0, 1)? * 17, green: part(1, 1)? * 17, blue: part(2, 1)? * 17 }),
            6 => Some(Self { red: part(0, 2)?, green: part(1, 2)?, blue: part(2, 2)? }),
            _ => None,
        }
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// From 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The one of black and white that stands out more from it.
    #[must_use]
    pub fn text_on(self) -> Self {
        if self.contrast(WHITE) >= self.contrast(BLACK) { WHITE } else { BLACK }
    }

    /// The colour nearest to it that can be read on `ground`: drawn towards black or white, step by step.
    #[must_use]
    pub fn readable_on(self, ground: Self) -> Self {
        let goal = ground.text_on();
        (0..=20).map(|step| self.towards(goal, step)).find(|colour| colour.contrast(ground) >= READABLE).unwrap_or(goal)
    }

    /// `step` twentieths of the way.
    fn towards(self, goal: Self, step: u16) -> Self {
        let mix = |from: u8, to: u8| {
            let mixed = (u16::from(from) * (20 - step) + u16::from(to) * step) / 20;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        Self { red: mix(self.red, goal.red), green: mix(self.green, goal.green), blue: mix(self.blue, goal.blue) }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_in_both_lengths_and_nothing_else_is() {
        assert_eq!(Colour::parse("#B8430f").map(|colour| colour.to_string()).as_deref(), Some("#b8430f"));
        assert_eq!(Colour::parse("#fa0"), Colour::parse("#ffaa00"));
        for wrong in ["", "#", "fff", "#ff", "#ffff", "#gggggg", "#ffffff;}", "#+1+1+1", "red", "#é00000"] {
            assert_eq!(Colour::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_contrast_is_that_of_the_standard() {
        assert!((BLACK.contrast(WHITE) - 21.0).abs() < 0.01);
        let grey = Colour::parse("#767676").unwrap();
        assert!((grey.contrast(WHITE) - 4.54).abs() < 0.01);
    }

    #[test]
    fn whatever_the_accent_its_text_and_its_links_can_be_read() {
        for red in (0..=255).step_by(51) {
            for green in (0..=255).step_by(51) {
                for blue in (0..=255).step_by(51) {
                    let colour = Colour::new(red, green, blue);
                    assert!(colour.contrast(colour.text_on()) >= 4.5, "{colour}");
                    for ground in [WHITE, Colour::new(0x18, 0x1c, 0x21)] {
                        assert!(colour.readable_on(ground).contrast(ground) >= 4.5, "{colour} on {ground}");
                    }
                }
            }
        }
    }
}
