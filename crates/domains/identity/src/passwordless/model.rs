//! What is asked for and what a redemption knows. Pure.

use kernel::Secret;
use serde::{Deserialize, Serialize};
use tenancy::{
    messaging::{Channel, Template},
    settings::SignInMethod,
};

use crate::{challenges::ChallengeKind, flows::Method, identifiers::Contact};

/// A message that signs in.
pub struct Request {
    pub contact: Contact,
    pub how: How,
    /// The language of the message (BCP 47).
    pub locale: Option<String>,
    /// What the asking browser holds, where it holds something already.
    pub browser: Option<Secret>,
    /// A solved captcha, where the application asks for one.
    pub captcha: Option<Secret>,
}

/// By what the message signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// A link to this page of the application, or to the hosted one.
    Link {
        landing: Option<String>,
    },
    Code,
}

/// What a challenge keeps for its redemption.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) contact: Contact,
    pub(super) locale: Option<String>,
    /// Was a captcha solved for the message? Then whoever redeems it is not asked for another.
    #[serde(default)]
    pub(super) captcha: bool,
}

impl How {
    pub(super) const fn setting(&self, channel: Channel) -> SignInMethod {
        match (self, channel) {
            (Self::Link { .. }, _) => SignInMethod::MagicLink,
            (Self::Code, Channel::Email) => SignInMethod::EmailCode,
            (Self::Code, Channel::Sms) => SignInMethod::SmsCode,
        }
    }

    pub(super) const fn kind(&self) -> ChallengeKind {
        match self {
            Self::Link { .. } => ChallengeKind::MagicLink,
            Self::Code => ChallengeKind::SignInCode,
        }
    }

    pub(super) const fn template(&self) -> Template {
        match self {
            Self::Link { .. } => Template::MagicLink,
            Self::Code => Template::SignInCode,
        }
    }
}

/// What a redeemed challenge of this kind has proven.
pub(super) fn proves(kind: ChallengeKind, contact: &Contact) -> Method {
    match (kind, contact) {
        (ChallengeKind::MagicLink, _) => Method::MagicLink,
        (_, Contact::Email(_)) => Method::EmailCode,
        (_, Contact::Phone(_)) => Method::SmsCode,
    }
}
