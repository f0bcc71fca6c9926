//! What a sender is.

use deliver::{ApiSender, MailApi, MailFrom, MailSender, SmsSender, SmtpSender};
use kernel::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How mail is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::messaging) enum MailProvider {
    Smtp,
    Resend,
    Postmark,
    Sendgrid,
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::messaging) enum SmtpSecurity {
    /// From the first byte; usually at port 465.
    Tls,
    /// STARTTLS, and nothing is said without it; usually at port 587.
    #[default]
    Starttls,
    /// Not at all: for development on one machine.
    None,
}

/// An application's own way for mail, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(in crate::messaging) struct EmailSender {
    pub(super) provider: MailProvider,
    pub(super) from_address: String,
    /// The application's name where there is none.
    pub(super) from_name: Option<String>,
    /// Where answers go.
    pub(super) reply_to: Option<String>,
    /// The mail server; for `smtp` alone.
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) security: Option<SmtpSecurity>,
    pub(super) username: Option<String>,
    /// Another address of the provider's interface, for example of a region.
    pub(super) endpoint: Option<String>,
}

/// How text messages are carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "SmsProvider")]
pub(in crate::messaging) enum SmsProvider {
    /// Twilio, and whoever offers the same interface.
    Twilio,
}

/// An application's own way for text messages, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SmsSender")]
pub(in crate::messaging) struct PhoneSender {
    pub(super) provider: SmsProvider,
    pub(super) account_sid: String,
    /// A number in E.164, a name of up to 11 letters and digits, or the id of a messaging service.
    pub(super) from: String,
    /// Another origin of the same interface.
    pub(super) base_url: Option<String>,
}

/// A sender and what it shows to whoever carries for it.
#[derive(Clone)]
pub(in crate::messaging) struct With<S> {
    pub(super) sender: S,
    pub(super) secret: Option<Secret>,
}

/// An application's own senders.
#[derive(Clone, Default)]
pub(in crate::messaging) struct Senders {
    pub(super) email: Option<With<EmailSender>>,
    pub(super) sms: Option<With<PhoneSender>>,
    /// Counts changes.
    pub(super) version: i64,
}

impl Senders {
    /// Who carries mail, under which address, and where answers go.
    pub(in crate::messaging) fn mail(&self) -> Option<(MailSender, MailFrom, Option<String>)> {
        let With { sender, secret } = self.email.as_ref()?;
        let from = MailFrom { name: sender.from_name.clone(), address: sender.from_address.clone() };
        Some((sender.carrier(secret.clone()), from, sender.reply_to.clone()))
    }

    pub(in crate::messaging) fn sms(&self) -> Option<SmsSender> {
        let With { sender, secret } = self.sms.as_ref()?;
        Some(SmsSender {
            account: sender.account_sid.clone(),
            token: secret.clone()?,
            from: sender.from.clone(),
            base: sender.base_url.clone(),
        })
    }
}

impl EmailSender {
    fn carrier(&self, secret: Option<Secret>) -> MailSender {
        let api = match self.provider {
            MailProvider::Smtp => return MailSender::Smtp(self.smtp(secret)),
            MailProvider::Resend => MailApi::Resend,
            MailProvider::Postmark => MailApi::Postmark,
            MailProvider::Sendgrid => MailApi::SendGrid,
        };
        let key = secret.unwrap_or_else(|| Secret::new(""));
        MailSender::Api(ApiSender { api, key, endpoint: self.endpoint.clone() })
    }

    fn smtp(&self, password: Option<Secret>) -> SmtpSender {
        let (security, port) = match self.security.unwrap_or_default() {
            SmtpSecurity::Tls => (deliver::SmtpSecurity::Tls, 465),
            SmtpSecurity::Starttls => (deliver::SmtpSecurity::StartTls, 587),
            SmtpSecurity::None => (deliver::SmtpSecurity::None, 25),
        };
        SmtpSender {
            host: self.host.clone().unwrap_or_default(),
            port: self.port.unwrap_or(port),
            security,
            username: self.username.clone(),
            password,
            is_operators: false,
        }
    }

    /// Would the same secret be shown to the same party? Otherwise a kept one could be sent to wherever a new address leads.
    pub(super) fn shows_secret_to(&self, other: &Self) -> bool {
        let party = |sender: &Self| {
            (
                sender.provider,
                sender.host.clone(),
                sender.port,
                sender.security,
                sender.username.clone(),
                sender.endpoint.clone(),
            )
        };
        party(self) == party(other)
    }
}

impl PhoneSender {
    pub(super) fn shows_secret_to(&self, other: &Self) -> bool {
        (self.provider, &self.account_sid, &self.base_url) == (other.provider, &other.account_sid, &other.base_url)
    }
}
