//! A message on its last steps: rendered, and handed to whoever carries it.

use std::time::Duration;

use deliver::{Courier, DeliveryError, Letter, Mail, MailFrom, MailSender, Sms};
use kernel::{Id, Timestamp};
use serde_json::{Map, Value};
use store::{Query, StoreError};
use vault::Vault;

use super::{
    Address, Channel, Message, Template,
    own::OwnText,
    render::{self, Brand, Rendered, Setting},
    senders::{self, Senders},
    texts,
};
use crate::tenants::TenantRecord;

/// An application's way of saying one thing.
pub(super) struct Dispatch<'a> {
    courier: &'a Courier,
    template: Template,
    application: String,
    brand: Brand,
    senders: Senders,
    own: Vec<(String, OwnText)>,
}

/// One message to one person.
pub(super) struct Going<'a> {
    pub(super) id: Id<Message>,
    pub(super) to: &'a Address,
    pub(super) locale: Option<&'a str>,
    pub(super) facts: &'a Map<String, Value>,
    pub(super) valid_for: Duration,
    pub(super) at: Timestamp,
    /// Was it not tried before?
    pub(super) is_first: bool,
    /// Does it wait while its sender's server rests? Whoever tries a sender out does not.
    pub(super) is_patient: bool,
}

impl<'a> Dispatch<'a> {
    pub(super) async fn of(
        read: &impl Query,
        vault: &Vault,
        courier: &'a Courier,
        tenant: TenantRecord,
        template: Template,
    ) -> Result<Self, StoreError> {
        let senders = senders::find(read, tenant.id, vault).await?;
        let own = texts::of_template(read, template).await?;
        Ok(Self { courier, template, application: tenant.slug.to_string(), brand: Brand::of(&tenant), senders, own })
    }

    /// A message without facts, at once.
    pub(super) async fn test(
        &self,
        id: Id<Message>,
        to: &Address,
        locale: Option<&str>,
        at: Timestamp,
    ) -> Result<(), DeliveryError> {
        self.send(&Going {
            id,
            to,
            locale,
            facts: &Map::new(),
            valid_for: Duration::ZERO,
            at,
            is_first: true,
            is_patient: false,
        })
        .await
    }

    pub(super) async fn send(&self, going: &Going<'_>) -> Result<(), DeliveryError> {
        let locales = render::locales(&self.brand, going.locale);
        let setting = Setting { brand: &self.brand, locales: &locales, own: &self.own, valid_for: going.valid_for };
        let rendered = render::render(self.template, going.facts, &setting);
        match going.to {
            Address::Email(to) => self.send_mail(going, to, rendered).await,
            Address::Phone(to) => self.send_sms(going, to, rendered).await,
        }
    }

    async fn send_mail(&self, going: &Going<'_>, to: &str, rendered: Rendered) -> Result<(), DeliveryError> {
        let way = self.mail_way();
        let from = way.as_ref().map(|(_, from, _)| from.to_string());
        self.keep(going, from, &rendered);
        let Some((sender, from, reply_to)) = way else { return self.without_sender() };
        if going.is_patient && self.courier.is_mail_resting(&sender, going.at) {
            return Err(resting());
        }
        let mail = Mail {
            id: going.id.to_string(),
            at: going.at,
            from,
            reply_to,
            to: to.to_owned(),
            subject: rendered.subject,
            text: rendered.text,
            html: rendered.html,
        };
        self.courier.mail(&sender, &mail).await
    }

    async fn send_sms(&self, going: &Going<'_>, to: &str, rendered: Rendered) -> Result<(), DeliveryError> {
        let sender = self.senders.sms();
        self.keep(going, sender.as_ref().map(|sender| sender.from.clone()), &rendered);
        let Some(sender) = sender else { return self.without_sender() };
        if going.is_patient && self.courier.is_sms_resting(&sender, going.at) {
            return Err(resting());
        }
        self.courier.sms(&sender, &Sms { at: going.at, to: to.to_owned(), text: rendered.sms }).await
    }

    /// The application's own sender, or else the deployment's; either speaks in the application's name.
    fn mail_way(&self) -> Option<(MailSender, MailFrom, Option<String>)> {
        let default = || {
            let (sender, from) = self.courier.default_mail()?;
            Some((sender.clone(), from.named(&self.brand.app_name), self.brand.branding.texts.support_email.clone()))
        };
        let (sender, from, reply_to) = self.senders.mail().or_else(default)?;
        let from = if from.name.is_some() { from } else { from.named(&self.brand.app_name) };
        Some((sender, from, reply_to))
    }

    /// In development the mailbox is sender enough.
    fn without_sender(&self) -> Result<(), DeliveryError> {
        if self.courier.mailbox().is_some() {
            Ok(())
        } else {
            Err(DeliveryError::Temporary("there is no sender".to_owned()))
        }
    }

    /// Every message once, whoever carries it besides.
    fn keep(&self, going: &Going<'_>, from: Option<String>, rendered: &Rendered) {
        let Some(mailbox) = self.courier.mailbox().filter(|_| going.is_first) else { return };
        let fact = |name: &str| going.facts.get(name).and_then(Value::as_str).map(str::to_owned);
        let is_mail = going.to.channel() == Channel::Email;
        mailbox.put(Letter {
            number: 0,
            at: going.at,
            channel: going.to.channel().as_str(),
            template: self.template.as_str(),
            application: self.application.clone(),
            locale: rendered.locale.clone(),
            from: from.unwrap_or_else(|| self.brand.app_name.clone()),
            to: going.to.as_str().to_owned(),
            subject: is_mail.then(|| rendered.subject.clone()),
            text: if is_mail { rendered.text.clone() } else { rendered.sms.clone() },
            html: is_mail.then(|| rendered.html.clone()),
            link: fact("link"),
            code: fact("code"),
        });
    }
}

fn resting() -> DeliveryError {
    DeliveryError::Temporary("the sender's server did not answer a moment ago".to_owned())
}
