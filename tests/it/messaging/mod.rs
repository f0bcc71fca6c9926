//! Mail and text messages: senders, texts, delivery, the mailbox of development.

mod delivery;
mod mailbox;
mod peers;
mod senders;
mod texts;

use serde_json::{Value, json};

/// Senders that are valid; nobody is called by setting them.
pub(crate) fn sample_senders() -> Value {
    json!({
        "email": {
            "provider": "smtp", "from_address": "no-reply@acme.example", "from_name": "Acme", "host": "smtp.example.com",
            "port": 465, "security": "tls", "username": "acme", "password": "hunter2-sample",
        },
        "sms": { "provider": "twilio", "account_sid": "AC123", "auth_token": "token-sample", "from": "+15005550006" },
    })
}
