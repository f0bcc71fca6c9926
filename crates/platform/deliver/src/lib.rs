//! The way out: guarded HTTP calls, mail and text messages, and the mailbox of development.
//!
//! Owns which addresses the server may call ([`Outbound`]), how a message reaches a mail server or a provider's API
//! ([`Courier`]), and where messages go while an application is being developed ([`Mailbox`]). Does not own what a message
//! says, to whom, or when it is tried again: that is `tenancy::messaging`.

mod courier;
mod failure;
mod letter;
mod mailbox;
pub mod outbound;
mod rest;
mod senders;
#[cfg(test)]
mod trust;

pub use courier::{Courier, CourierOptions};
pub use failure::DeliveryError;
pub use letter::{Letter, Mail, Sms};
pub use mailbox::Mailbox;
pub use outbound::{Answer, Call, Outbound, OutboundError, OutboundOptions, OutboundPolicy, Resolved, Resolver};
pub use senders::{ApiSender, MailApi, MailFrom, MailSender, SmsSender, SmtpSecurity, SmtpSender, SmtpUrlError};
