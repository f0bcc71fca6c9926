//! Who carries a message: a mail server, a provider's HTTP API.

mod from;
mod mail_api;
mod message;
mod sms_api;
mod smtp;
mod smtp_url;

use std::fmt;

pub use self::{
    from::MailFrom,
    mail_api::{ApiSender, MailApi},
    sms_api::SmsSender,
    smtp::{SmtpSecurity, SmtpSender},
    smtp_url::SmtpUrlError,
};
pub(crate) use self::{mail_api::post as post_mail, sms_api::post as post_sms, smtp::SmtpPool};

/// A way for mail.
#[derive(Clone, PartialEq, Eq)]
pub enum MailSender {
    Smtp(SmtpSender),
    Api(ApiSender),
}

impl MailSender {
    /// What is down when it does not answer.
    pub(crate) fn server(&self) -> String {
        match self {
            Self::Smtp(smtp) => format!("{}:{}", smtp.host, smtp.port),
            Self::Api(api) => api.server().to_owned(),
        }
    }
}

/// Without what it is reached by: a host name is nobody else's business, a password nobody's.
impl fmt::Debug for MailSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Smtp(_) => "MailSender::Smtp(..)",
            Self::Api(_) => "MailSender::Api(..)",
        })
    }
}
