//! What is sent, as it is sent.

use kernel::Timestamp;
use serde::Serialize;

use crate::MailFrom;

/// A mail, rendered.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Made once for a message, so that a server which gets it twice can tell.
    pub id: String,
    pub at: Timestamp,
    /// Replaces the sender's own where the application sends under its name.
    pub from: MailFrom,
    pub reply_to: Option<String>,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// A text message, rendered.
#[derive(Clone, PartialEq, Eq)]
pub struct Sms {
    pub at: Timestamp,
    pub to: String,
    pub text: String,
}

/// A message in the mailbox of development.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// Rises with each.
    pub number: u64,
    pub at: Timestamp,
    /// `email` or `sms`.
    pub channel: &'static str,
    pub template: &'static str,
    /// The application's name in host names.
    pub application: String,
    pub locale: String,
    pub from: String,
    pub to: String,
    pub subject: Option<String>,
    pub text: String,
    pub html: Option<String>,
    /// The message's link, for scripts.
    pub link: Option<String>,
    /// The message's code, for scripts.
    pub code: Option<String>,
}
