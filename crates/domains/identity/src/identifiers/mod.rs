//! What a person signs in with: email address, phone number, username. Parsed once, compared by a canonical key.
//!
//! The key is what uniqueness means: two spellings with one key are one identifier. Mail always goes to the stored address,
//! never to what a later request spelled.

mod contact;
mod email;
mod phone;
mod username;

pub use contact::Contact;
pub(crate) use contact::{masked_email, masked_phone};
pub use email::EmailAddress;
pub use phone::PhoneNumber;
pub use username::Username;

/// Why a text is not the identifier it was given as. The message is for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    #[error("This is not an email address.")]
    Email,
    #[error("This is not a phone number: write it as +4915123456789 (E.164).")]
    Phone,
    #[error("A username has 3 to 64 letters, digits, dots, dashes or underscores and begins with a letter or digit.")]
    Username,
}
