//! The body that replaces the senders: absent is none, an absent secret stays with the party that it was given for.

use deliver::{MailFrom, Outbound};
use kernel::{Patch, Secret};
use schemars::JsonSchema;
use serde::Deserialize;

use super::model::{EmailSender, MailProvider, PhoneSender, Senders, SmsProvider, SmtpSecurity, With};
use crate::settings::Flaws;

const LONGEST: usize = 255;
const LONGEST_SECRET: usize = 1_000;

/// Who carries the application's messages; `null` or nothing is nobody but the deployment.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "MessagingSettingsReplace")]
pub(super) struct MessagingReplace {
    pub(super) email: Option<EmailReplace>,
    pub(super) sms: Option<SmsReplace>,
}

/// An application's own way for mail.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "EmailSenderReplace")]
pub(super) struct EmailReplace {
    provider: MailProvider,
    from_address: String,
    from_name: Option<String>,
    reply_to: Option<String>,
    host: Option<String>,
    port: Option<u16>,
    security: Option<SmtpSecurity>,
    username: Option<String>,
    /// Of the account at the mail server. Absent, the one of the same server and account stays; `null` removes it.
    #[serde(default)]
    password: Patch<Secret>,
    /// Of the provider. Absent, the one of the same provider stays.
    #[serde(default)]
    api_key: Patch<Secret>,
    endpoint: Option<String>,
    /// As it was read; without effect.
    #[serde(default)]
    #[expect(dead_code, reason = "what was read can be sent back")]
    has_password: Option<bool>,
    /// As it was read; without effect.
    #[serde(default)]
    #[expect(dead_code, reason = "what was read can be sent back")]
    has_api_key: Option<bool>,
}

/// An application's own way for text messages.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SmsSenderReplace")]
pub(super) struct SmsReplace {
    provider: SmsProvider,
    account_sid: String,
    from: String,
    /// Absent, the one of the same account stays.
    #[serde(default)]
    auth_token: Patch<Secret>,
    base_url: Option<String>,
    /// As it was read; without effect.
    #[serde(default)]
    #[expect(dead_code, reason = "what was read can be sent back")]
    has_auth_token: Option<bool>,
}

impl MessagingReplace {
    /// The senders after the change; every flaw is told.
    pub(super) fn over(self, before: &Senders, flaws: &mut Flaws, outbound: &Outbound) -> Senders {
        let mut after = Senders { version: before.version + 1, ..Senders::default() };
        if let Some(email) = self.email {
            flaws.part("email", |flaws| after.email = Some(email.over(before.email.as_ref(), flaws, outbound)));
        }
        if let Some(sms) = self.sms {
            flaws.part("sms", |flaws| after.sms = Some(sms.over(before.sms.as_ref(), flaws, outbound)));
        }
        after
    }
}

impl EmailReplace {
    fn over(self, before: Option<&With<EmailSender>>, flaws: &mut Flaws, outbound: &Outbound) -> With<EmailSender> {
        let Self { provider, from_address, from_name, reply_to, host, port, security, username, endpoint, .. } = self;
        let sender =
            EmailSender { provider, from_address, from_name, reply_to, host, port, security, username, endpoint };
        sender.check(flaws, outbound);
        let kept =
            before.filter(|before| before.sender.shows_secret_to(&sender)).and_then(|before| before.secret.clone());
        let is_smtp = provider == MailProvider::Smtp;
        let (field, given, other) = if is_smtp {
            ("password", self.password, ("api_key", self.api_key))
        } else {
            ("api_key", self.api_key, ("password", self.password))
        };
        if matches!(other.1, Patch::Value(_)) {
            flaws.add(other.0, "superfluous", "This provider has none.");
        }
        let secret = secret(flaws, field, given, kept);
        let is_needed = !is_smtp || sender.username.is_some();
        if is_needed && secret.is_none() {
            flaws.add(field, "required", "It is needed: none was kept for this server and account.");
        }
        if is_smtp && sender.username.is_none() && secret.is_some() {
            flaws.add("username", "required", "A password belongs to a name.");
        }
        With { sender, secret }
    }
}

impl SmsReplace {
    fn over(self, before: Option<&With<PhoneSender>>, flaws: &mut Flaws, outbound: &Outbound) -> With<PhoneSender> {
        let Self { provider, account_sid, from, auth_token, base_url, .. } = self;
        let sender = PhoneSender { provider, account_sid, from, base_url };
        sender.check(flaws, outbound);
        let kept =
            before.filter(|before| before.sender.shows_secret_to(&sender)).and_then(|before| before.secret.clone());
        let secret = secret(flaws, "auth_token", auth_token, kept);
        if secret.is_none() {
            flaws.add("auth_token", "required", "It is needed: none was kept for this account.");
        }
        With { sender, secret }
    }
}

fn secret(flaws: &mut Flaws, field: &str, given: Patch<Secret>, kept: Option<Secret>) -> Option<Secret> {
    match given {
        Patch::Absent => kept,
        Patch::Null => None,
        Patch::Value(secret) => {
            let text = secret.reveal();
            if text.is_empty() || text.len() > LONGEST_SECRET || text.chars().any(char::is_control) {
                flaws.add(field, "invalid", format!("1 to {LONGEST_SECRET} bytes without control characters."));
            }
            Some(secret)
        }
    }
}

impl EmailSender {
    fn check(&self, flaws: &mut Flaws, outbound: &Outbound) {
        for (field, address) in [("from_address", Some(&self.from_address)), ("reply_to", self.reply_to.as_ref())] {
            if address.is_some_and(|address| !is_address(address)) {
                flaws.add(field, "invalid", "One email address.");
            }
        }
        if self.from_name.as_deref().is_some_and(|name| !is_line(name, 80) || name.contains(['<', '>', '"'])) {
            flaws.add("from_name", "invalid", "1 to 80 characters on one line, without < > and quotes.");
        }
        if self.provider == MailProvider::Smtp { self.check_server(flaws) } else { self.check_api(flaws, outbound) }
    }

    fn check_server(&self, flaws: &mut Flaws) {
        let is_host = |host: &str| is_line(host, LONGEST) && !host.contains(['/', '@', ' ', '?', '#', '\\']);
        if !self.host.as_deref().is_some_and(is_host) {
            flaws.add("host", "invalid", "The name of a mail server.");
        }
        if self.port == Some(0) {
            flaws.add("port", "invalid", "1 to 65535.");
        }
        if self.username.as_deref().is_some_and(|name| !is_line(name, LONGEST)) {
            flaws.add("username", "invalid", format!("1 to {LONGEST} characters on one line."));
        }
        if self.endpoint.is_some() {
            flaws.add("endpoint", "superfluous", "A mail server has a host.");
        }
    }

    fn check_api(&self, flaws: &mut Flaws, outbound: &Outbound) {
        let strangers = [
            ("host", self.host.is_some()),
            ("port", self.port.is_some()),
            ("security", self.security.is_some()),
            ("username", self.username.is_some()),
        ];
        for (field, _) in strangers.into_iter().filter(|(_, is_set)| *is_set) {
            flaws.add(field, "superfluous", "This provider is reached over HTTPS.");
        }
        check_url(flaws, "endpoint", self.endpoint.as_deref(), outbound);
    }
}

impl PhoneSender {
    fn check(&self, flaws: &mut Flaws, outbound: &Outbound) {
        let is_word = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        if self.account_sid.is_empty() || self.account_sid.len() > 64 || !is_word(&self.account_sid) {
            flaws.add("account_sid", "invalid", "Up to 64 letters and digits.");
        }
        let is_number = self
            .from
            .strip_prefix('+')
            .is_some_and(|digits| (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()));
        let is_name =
            (1..=34).contains(&self.from.len()) && self.from.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ');
        if !is_number && !is_name {
            flaws.add("from", "invalid", "A number in E.164, a name, or the id of a messaging service.");
        }
        check_url(flaws, "base_url", self.base_url.as_deref(), outbound);
    }
}

/// What its text tells; the address behind the name is judged when it is called.
fn check_url(flaws: &mut Flaws, field: &str, url: Option<&str>, outbound: &Outbound) {
    if url.is_some_and(|url| outbound.check(url).is_err()) {
        flaws.add(field, "invalid", "An https URL of a public host, without a user name.");
    }
}

fn is_address(text: &str) -> bool {
    // A bare address, not one with a name.
    text.len() <= 254 && !text.contains(['<', '>', ' ']) && text.parse::<MailFrom>().is_ok()
}

fn is_line(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
}
