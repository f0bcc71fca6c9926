//! Colours and whether they can be read (WCAG 2.2, sections 1.4.3 and 1.4.6).

use std::fmt;

/// An sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// The least contrast of text and what is behind it.
pub const READABLE: f64 = 4.5;

impl Colour {
    pub const BLACK: Self = Self([0; 3]);
    pub const WHITE: Self = Self([255; 3]);

    /// `#rrggbb`, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let channel = |at: usize| {
            // `from_str_radix` takes a sign.
            let pair = digits.get(at..at + 2).filter(|pair| pair.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
            u8::from_str_radix(pair, 16).ok()
        };
        Some(Self([channel(0)?, channel(2)?, channel(4)?]))
    }

    /// From 1, the same, to 21, black and white.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// Black or white, whichever is read better on this colour; the better one always reaches 4.5.
    #[must_use]
    pub fn text_on(self) -> Self {
        if self.contrast(Self::WHITE) >= self.contrast(Self::BLACK) { Self::WHITE } else { Self::BLACK }
    }

    /// This colour as text on `behind`: moved towards black or white as little as makes it readable.
    #[must_use]
    pub fn readable_on(self, behind: Self) -> Self {
        let goal = behind.text_on();
        (0..=20).map(|step| self.mixed(goal, step)).find(|colour| colour.contrast(behind) >= READABLE).unwrap_or(goal)
    }

    /// `step` twentieths of the way to `goal`.
    fn mixed(self, goal: Self, step: u16) -> Self {
        let mix = |from: u8, to: u8| {
            u8::try_from((u16::from(from) * (20 - step) + u16::from(to) * step) / 20).unwrap_or(u8::MAX)
        };
        Self(std::array::from_fn(|index| mix(self.0[index], goal.0[index])))
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let channel = f64::from(channel) / 255.0;
            if channel <= 0.040_45 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        });
        0.2126f64.mul_add(red, 0.7152f64.mul_add(green, 0.0722 * blue))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).unwrap()
    }

    #[test]
    fn colours_are_six_digits() {
        assert_eq!(colour("#2F5bEa").to_string(), "#2f5bea");
        for bad in ["", "#", "2f5bea", "#2f5be", "#2f5beaa", "#2f5b+1", "#gggggg", "red", "#é5bea", "url(x)"] {
            assert_eq!(Colour::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn contrast_is_that_of_the_standard() {
        let close = |one: f64, two: f64| (one - two).abs() < 0.01;
        assert!(close(Colour::BLACK.contrast(Colour::WHITE), 21.0));
        assert!(close(colour("#777777").contrast(Colour::WHITE), 4.48));
        assert!(close(colour("#ff0000").contrast(Colour::WHITE), 4.00));
    }

    #[test]
    fn whatever_the_accent_its_text_is_readable() {
        for red in (0..=255).step_by(15) {
            for green in (0..=255).step_by(15) {
                for blue in (0..=255).step_by(15) {
                    let accent = Colour([red, green, blue].map(|channel: i32| u8::try_from(channel).unwrap()));
                    assert!(accent.contrast(accent.text_on()) >= READABLE, "{accent}");
                    for behind in [Colour::WHITE, Colour::BLACK, colour("#18181b"), colour("#777777")] {
                        assert!(accent.readable_on(behind).contrast(behind) >= 4.48, "{accent} on {behind}");
                    }
                }
            }
        }
        assert_eq!(colour("#ffd400").text_on(), Colour::BLACK);
        assert_eq!(colour("#1d4ed8").text_on(), Colour::WHITE);
        assert_eq!(colour("#1d4ed8").readable_on(Colour::WHITE), colour("#1d4ed8"), "what is readable stays as it is");
    }
}
