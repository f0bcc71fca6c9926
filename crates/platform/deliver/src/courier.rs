//! One handle for all messages.

use std::sync::Arc;

use kernel::Timestamp;

use crate::{
    DeliveryError, Mail, MailFrom, MailSender, Mailbox, Outbound, Sms, SmsSender,
    rest::Resting,
    senders::{SmtpPool, post_mail, post_sms},
};

/// What the deployment has.
pub struct CourierOptions {
    pub outbound: Outbound,
    /// For applications without a sender of their own: who sends, and under which address.
    pub mail: Option<(MailSender, MailFrom)>,
    /// In development: keeps every message, and stands in for a sender that is missing.
    pub mailbox: Option<Mailbox>,
}

/// Carries messages. Cloning shares it.
#[derive(Clone)]
pub struct Courier(Arc<Inner>);

struct Inner {
    options: CourierOptions,
    smtp: SmtpPool,
    resting: Resting,
}

impl Courier {
    pub fn new(options: CourierOptions) -> Self {
        Self(Arc::new(Inner { options, smtp: SmtpPool::new(), resting: Resting::new() }))
    }

    pub fn outbound(&self) -> &Outbound {
        &self.0.options.outbound
    }

    pub fn mailbox(&self) -> Option<&Mailbox> {
        self.0.options.mailbox.as_ref()
    }

    /// The deployment's own sender.
    pub fn default_mail(&self) -> Option<&(MailSender, MailFrom)> {
        self.0.options.mail.as_ref()
    }

    /// Did this way's server not answer a moment ago? What waits in a queue then waits a little longer.
    pub fn is_mail_resting(&self, sender: &MailSender, now: Timestamp) -> bool {
        self.0.resting.is_resting(&sender.server(), now)
    }

    /// As [`Self::is_mail_resting`], for text messages.
    pub fn is_sms_resting(&self, sender: &SmsSender, now: Timestamp) -> bool {
        self.0.resting.is_resting(sender.server(), now)
    }

    pub async fn mail(&self, sender: &MailSender, mail: &Mail) -> Result<(), DeliveryError> {
        let result = match sender {
            MailSender::Smtp(smtp) => self.0.smtp.send(self.outbound(), smtp, mail).await,
            MailSender::Api(api) => post_mail(self.outbound(), api, mail).await,
        };
        self.note(&sender.server(), mail.at, &result);
        result
    }

    pub async fn sms(&self, sender: &SmsSender, sms: &Sms) -> Result<(), DeliveryError> {
        let result = post_sms(self.outbound(), sender, sms).await;
        self.note(sender.server(), sms.at, &result);
        result
    }

    fn note(&self, server: &str, now: Timestamp, result: &Result<(), DeliveryError>) {
        match result {
            Err(DeliveryError::Unreachable(_)) => self.0.resting.rest(server, now),
            _ => self.0.resting.answers(server),
        }
    }
}
