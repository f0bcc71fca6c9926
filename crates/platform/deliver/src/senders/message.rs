//! A mail as RFC 5322 and MIME write it. The library's typed headers fold and encode, so that no field can begin another.

use std::time::{Duration, SystemTime};

use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};

use crate::{DeliveryError, Mail};

pub(super) fn message(mail: &Mail) -> Result<Message, DeliveryError> {
    let wrong = |what: &str| DeliveryError::Permanent(format!("{what} is no mail address"));
    let from = mail.from.mailbox().ok_or_else(|| wrong("the sender"))?;
    let to: Address = mail.to.parse().map_err(|_| wrong("the recipient"))?;
    let seconds = u64::try_from(mail.at.as_seconds()).unwrap_or_default();
    let mut builder = Message::builder()
        .message_id(Some(format!("<{}@{}>", mail.id, mail.from.domain())))
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(one_line(&mail.subject))
        // No holiday replies (RFC 3834, section 5).
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()));
    if let Some(reply_to) = &mail.reply_to {
        let address: Address = reply_to.parse().map_err(|_| wrong("the address for replies"))?;
        builder = builder.reply_to(Mailbox::new(None, address));
    }
    builder
        .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
        .map_err(|error| DeliveryError::Permanent(error.to_string()))
}

/// A subject is one line, whatever was put into it.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;

    use super::*;

    fn mail(to: &str, subject: &str) -> Mail {
        Mail {
            id: "018f3c4a-7b2e-7c1d-9e0a-1f2b3c4d5e6f".to_owned(),
            at: Timestamp::from_seconds(1_768_469_400),
            from: "Acme <no-reply@acme.example>".parse().unwrap(),
            reply_to: None,
            to: to.to_owned(),
            subject: subject.to_owned(),
            text: "Hello".to_owned(),
            html: "<p>Hello".to_owned(),
        }
    }

    fn headers(mail: &Mail) -> String {
        let text = String::from_utf8(message(mail).unwrap().formatted()).unwrap();
        text.split_once("\r\n\r\n").unwrap().0.to_owned()
    }

    #[test]
    fn a_subject_cannot_begin_another_header() {
        for subject in [
            "Hi\r\nBcc: eve@evil.example",
            "Hi\nBcc: eve@evil.example",
            "Hi\rBcc: eve@evil.example",
            "Hi\u{2028}Bcc: x",
        ] {
            let headers = headers(&mail("ada@example.com", subject));
            assert!(headers.lines().all(|line| !line.starts_with("Bcc")), "{headers}");
            assert_eq!(headers.lines().filter(|line| line.starts_with("Subject: ")).count(), 1);
        }
    }

    #[test]
    fn a_recipient_is_one_address() {
        for to in [
            "",
            "ada",
            "ada@example.com, eve@evil.example",
            "ada@example.com\r\nBcc: eve@evil.example",
            "Ada <ada@example.com>",
        ] {
            assert!(message(&mail(to, "Hi")).is_err(), "{to:?}");
        }
    }

    #[test]
    fn the_same_message_has_the_same_id_and_time() {
        let headers = headers(&mail("ada@example.com", "Grüße"));
        assert!(headers.contains("Message-ID: <018f3c4a-7b2e-7c1d-9e0a-1f2b3c4d5e6f@acme.example>"), "{headers}");
        assert!(headers.contains("Date: Thu, 15 Jan 2026 09:30:00 +0000"), "{headers}");
        assert!(headers.contains("Auto-Submitted: auto-generated"), "{headers}");
        assert!(headers.contains("Subject: =?utf-8?"), "{headers}");
    }
}
