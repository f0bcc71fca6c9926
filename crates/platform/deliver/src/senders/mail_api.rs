//! Providers that take mail as JSON over HTTPS.

use kernel::Secret;
use serde_json::{Value, json};

use crate::{Call, DeliveryError, Mail, Outbound};

/// Whose shape the JSON has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailApi {
    Resend,
    Postmark,
    SendGrid,
}

/// An account at a provider.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiSender {
    pub api: MailApi,
    pub key: Secret,
    /// Another address of the same interface: a region, or a server that imitates it.
    pub endpoint: Option<String>,
}

impl ApiSender {
    pub(crate) fn server(&self) -> &str {
        self.endpoint.as_deref().unwrap_or_else(|| self.api.endpoint())
    }
}

impl MailApi {
    const fn endpoint(self) -> &'static str {
        match self {
            Self::Resend => "https://api.resend.com/emails",
            Self::Postmark => "https://api.postmarkapp.com/email",
            Self::SendGrid => "https://api.sendgrid.com/v3/mail/send",
        }
    }

    fn body(self, mail: &Mail) -> Value {
        let Mail { from, reply_to, to, subject, text, html, .. } = mail;
        let mut body = match self {
            Self::Resend => json!({
                "from": from.to_string(), "to": [to], "subject": subject, "text": text, "html": html,
            }),
            Self::Postmark => json!({
                "From": from.to_string(), "To": to, "Subject": subject, "TextBody": text, "HtmlBody": html,
                "MessageStream": "outbound", "TrackOpens": false, "TrackLinks": "None",
            }),
            Self::SendGrid => json!({
                "personalizations": [{ "to": [{ "email": to }] }],
                "from": { "email": from.address, "name": from.name }, "subject": subject,
                "content": [{ "type": "text/plain", "value": text }, { "type": "text/html", "value": html }],
                // A link with a secret in it must not pass through a counter of clicks.
                "tracking_settings": { "click_tracking": { "enable": false }, "open_tracking": { "enable": false } },
            }),
        };
        if let Some(reply_to) = reply_to {
            match self {
                Self::Resend => body["reply_to"] = json!(reply_to),
                Self::Postmark => body["ReplyTo"] = json!(reply_to),
                Self::SendGrid => body["reply_to"] = json!({ "email": reply_to }),
            }
        }
        body
    }
}

pub(crate) async fn post(outbound: &Outbound, sender: &ApiSender, mail: &Mail) -> Result<(), DeliveryError> {
    let call = Call::post(sender.server()).json(&sender.api.body(mail));
    let call = match sender.api {
        // The provider drops what it has seen already.
        MailApi::Resend => call.bearer(&sender.key).header("idempotency-key", &mail.id),
        MailApi::Postmark => call.secret_header("x-postmark-server-token", sender.key.reveal()),
        MailApi::SendGrid => call.bearer(&sender.key),
    };
    outbound.send(call).await?.success()?;
    Ok(())
}
