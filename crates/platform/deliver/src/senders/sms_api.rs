//! Text messages, by the interface that Twilio made and others imitate.

use std::fmt;

use kernel::Secret;

use crate::{Call, DeliveryError, Outbound, Sms};

const BASE: &str = "https://api.twilio.com";

/// An account at a provider.
#[derive(Clone, PartialEq, Eq)]
pub struct SmsSender {
    pub account: String,
    pub token: Secret,
    /// A number in E.164, a name, or the id of a messaging service (`MG..`).
    pub from: String,
    /// Another origin of the same interface.
    pub base: Option<String>,
}

impl SmsSender {
    pub(crate) fn server(&self) -> &str {
        self.base.as_deref().unwrap_or(BASE).trim_end_matches('/')
    }
}

impl fmt::Debug for SmsSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SmsSender(..)")
    }
}

pub(crate) async fn post(outbound: &Outbound, sender: &SmsSender, sms: &Sms) -> Result<(), DeliveryError> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if sender.account.is_empty() || !sender.account.chars().all(is_word) {
        return Err(DeliveryError::Permanent("the account is not one".to_owned()));
    }
    let url = format!("{}/2010-04-01/Accounts/{}/Messages.json", sender.server(), sender.account);
    let from = if sender.from.starts_with("MG") { "MessagingServiceSid" } else { "From" };
    let form = [("To", sms.to.as_str()), (from, sender.from.as_str()), ("Body", sms.text.as_str())];
    outbound.send(Call::post(url).basic(&sender.account, &sender.token).form(&form)).await?.success()?;
    Ok(())
}
