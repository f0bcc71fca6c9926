use std::str::FromStr;

use super::IdentifierError;

/// An international number (ITU-T E.164): a plus sign and 8 to 15 digits. The canonical key is the number itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PhoneNumber {
    type Err = IdentifierError;

    /// Spaces, dashes, dots and brackets are how people group digits, and mean nothing.
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let number: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
        let digits = number.strip_prefix('+').ok_or(IdentifierError::Phone)?;
        let is_number = (8..=15).contains(&digits.len())
            && digits.bytes().all(|digit| digit.is_ascii_digit())
            && !digits.starts_with('0');
        if is_number { Ok(Self(number)) } else { Err(IdentifierError::Phone) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grouping_means_nothing() {
        assert_eq!("+49 (151) 234-567.89".parse::<PhoneNumber>().unwrap().as_str(), "+4915123456789");
    }

    #[test]
    fn national_and_broken_numbers_are_refused() {
        for text in ["015123456789", "+0123456789", "+1234567", "+1234567890123456", "+49151x2345", "+", ""] {
            assert_eq!(text.parse::<PhoneNumber>(), Err(IdentifierError::Phone), "{text}");
        }
    }
}
