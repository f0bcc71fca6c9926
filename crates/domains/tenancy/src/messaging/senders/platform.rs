//! `/v1/settings/messaging`.

use edge::{Body, Can, Endpoint, Reply, ok, versioned};
use kernel::Refusal;
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    actions,
    input::MessagingReplace,
    model::{EmailSender, MailProvider, PhoneSender, Senders},
};
use crate::{
    messaging::{Address, Channel, MessagingError},
    settings::{SettingsRead, SettingsWrite},
};

/// Who carries the application's messages; `null` is the deployment's own sender, if there is one. Secrets are never returned.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MessagingSettings")]
struct MessagingView {
    email: Option<EmailView>,
    sms: Option<SmsView>,
}

/// An application's own way for mail.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "EmailSender")]
struct EmailView {
    #[serde(flatten)]
    sender: EmailSender,
    /// Is a password kept for the mail server?
    has_password: bool,
    /// Is a key kept for the provider?
    has_api_key: bool,
}

/// An application's own way for text messages.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SmsSenderSettings")]
struct SmsView {
    #[serde(flatten)]
    sender: PhoneSender,
    /// Is a token kept for the account?
    has_auth_token: bool,
}

/// To whom a test message goes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MessagingTest")]
struct TestInput {
    channel: Channel,
    /// An email address, or a phone number in E.164.
    to: String,
    /// The language of the message (BCP 47).
    locale: Option<String>,
}

/// What became of a test message.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MessagingTestResult")]
struct TestResult {
    /// Did the sender take it? Whether it arrives is for the recipient to see.
    delivered: bool,
    /// Why not, for example `no connection: connection refused`.
    failure: Option<String>,
}

impl From<Senders> for MessagingView {
    fn from(senders: Senders) -> Self {
        let email = senders.email.map(|with| {
            let is_smtp = with.sender.provider == MailProvider::Smtp;
            let has_secret = with.secret.is_some();
            EmailView { sender: with.sender, has_password: is_smtp && has_secret, has_api_key: !is_smtp && has_secret }
        });
        let sms = senders.sms.map(|with| SmsView { sender: with.sender, has_auth_token: with.secret.is_some() });
        Self { email, sms }
    }
}

pub(super) fn endpoints() -> [Endpoint; 3] {
    [get_messaging(), replace_messaging(), test_messaging()]
}

/// Get the senders
///
/// The application's own ways for mail and text messages. Secrets are not returned.
#[endpoint(GET "/v1/settings/messaging", id = "settings.messaging.get")]
async fn get_messaging(cx: Can<SettingsRead>) -> Reply<MessagingView> {
    let senders = actions::get(&cx).await?;
    versioned(senders.version, senders)
}

/// Replace the senders
///
/// SMTP, or the HTTP interface of a mail provider; text messages over Twilio's interface. A secret that is left out stays, as long as
/// it would be shown to the same server and account. Messages that wait go out by the new senders.
#[endpoint(PUT "/v1/settings/messaging", id = "settings.messaging.replace", errors = MessagingError)]
async fn replace_messaging(cx: Can<SettingsWrite>, body: Body<MessagingReplace>) -> Reply<MessagingView> {
    let senders = actions::replace(&cx, body.0).await?;
    versioned(senders.version, senders)
}

/// Send a test message
///
/// At once, by the sender that other messages would take; the answer says whether it was taken over.
#[endpoint(POST "/v1/settings/messaging/test", id = "settings.messaging.test", errors = MessagingError)]
async fn test_messaging(cx: Can<SettingsWrite>, body: Body<TestInput>) -> Reply<TestResult> {
    let TestInput { channel, to, locale } = body.0;
    let failure = actions::test(&cx, address(channel, to)?, locale.as_deref()).await?;
    ok(TestResult { delivered: failure.is_none(), failure })
}

fn address(channel: Channel, to: String) -> Result<Address, Refusal> {
    let is_phone = |digits: &str| (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    match channel {
        Channel::Email if to.len() <= 254 && !to.contains(['<', ' ']) && to.parse::<deliver::MailFrom>().is_ok() => {
            Ok(Address::Email(to))
        }
        Channel::Sms if to.strip_prefix('+').is_some_and(is_phone) => Ok(Address::Phone(to)),
        Channel::Email => Err(Refusal::validation("to", "invalid", "One email address.")),
        Channel::Sms => {
            Err(Refusal::validation("to", "invalid", "A phone number in E.164, for example +4915112345678."))
        }
    }
}
