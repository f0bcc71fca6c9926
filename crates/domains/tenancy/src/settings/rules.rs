//! What must hold of settings, however they were made. Pure; every flaw is told at once.

use edge::Limit;
use kernel::{Patch, Refusal};
use url::{Host, Url};
use vault::PasswordPolicy;

use super::{
    flaws::Flaws,
    model::{RateLimit, Settings, SettingsPasswords, SettingsSessions, SettingsSignUp, SettingsUrls, SignUpMode},
};

/// The longest life of an access token; retired signing keys stay published a little longer than that.
pub const MAX_ACCESS_TOKEN_SECONDS: u32 = 86_400;

const MAX_URIS: usize = 100;
const MAX_URI_BYTES: usize = 2_048;
const MAX_DOMAINS: usize = 1_000;
const MAX_REQUESTS: u32 = 1_000_000;
const MAX_WINDOW_SECONDS: u32 = 86_400;
pub(super) const MAX_LIFETIME_SECONDS: u32 = 400 * 86_400;
pub(super) const MAX_GRACE_SECONDS: u32 = 60;
const MAX_SESSIONS: u32 = 1_000;

impl Settings {
    /// A 422 that names every field that is wrong.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        let mut flaws = Flaws::new(NOT_VALID);
        self.urls.check(&mut flaws);
        check_each(&mut flaws, "allowed_origins", &self.allowed_origins, is_web_origin, ORIGIN);
        check_each(&mut flaws, "redirect_uris", &self.redirect_uris, is_redirect_uri, REDIRECT_URI);
        self.sign_up.check(&mut flaws);
        check_limits(&mut flaws, &self.rate_limits);
        flaws.part("passwords", |flaws| self.passwords.check(flaws));
        flaws.part("sessions", |flaws| self.sessions.check(flaws));
        flaws.part("sign_in", |flaws| self.sign_in.check(flaws));
        flaws.part("mfa", |flaws| self.mfa.check(flaws));
        flaws.part("captcha", |flaws| self.captcha.check(flaws));
        flaws.part("risk", |flaws| self.risk.check(flaws));
        flaws.part("limits", |flaws| self.limits.check(flaws));
        flaws.part("branding", |flaws| self.branding.check(flaws));
        flaws.part("consent", |flaws| self.consent.check(flaws));
        flaws.part("passkeys", |flaws| self.passkeys.check(flaws));
        flaws.part("oauth", |flaws| self.oauth.check(flaws));
        flaws.part("organizations", |flaws| self.organizations.check(flaws));
        flaws.finish()
    }
}

pub(super) const NOT_VALID: &str = "The settings are not valid.";
const ORIGIN: &str =
    "A web origin as browsers send it: https, or http on this machine; lower case, no path and no slash at the end.";
const REDIRECT_URI: &str = "An https URL, or http on this machine, in its normal form and without a fragment.";
pub(super) const LINK: &str = "An https URL, or http on this machine.";

impl SettingsUrls {
    fn check(&self, flaws: &mut Flaws) {
        for (field, url) in [
            ("urls.home_url", &self.home_url),
            ("urls.sign_in_url", &self.sign_in_url),
            ("urls.sign_up_url", &self.sign_up_url),
            ("urls.reset_password_url", &self.reset_password_url),
        ] {
            if url.as_deref().is_some_and(|url| web_url(url).is_none()) {
                flaws.add(field, "invalid", LINK);
            }
        }
    }
}

impl SettingsSignUp {
    fn check(&self, flaws: &mut Flaws) {
        for (field, domains) in
            [("sign_up.allowed_domains", &self.allowed_domains), ("sign_up.blocked_domains", &self.blocked_domains)]
        {
            flaws.at_most(field, domains.len(), MAX_DOMAINS);
            for (index, domain) in domains.iter().enumerate().take(MAX_DOMAINS) {
                if !is_domain(domain) {
                    flaws.add(
                        format!("{field}.{index}"),
                        "invalid",
                        "A domain name in lower case, for example example.com.",
                    );
                }
            }
        }
        if self.mode == SignUpMode::Restricted && self.allowed_domains.is_empty() {
            flaws.add("sign_up.allowed_domains", "required", "The mode `restricted` needs at least one domain.");
        }
    }
}

impl SettingsPasswords {
    pub(super) fn check(&self, flaws: &mut Flaws) {
        let least = u32::try_from(PasswordPolicy::FLOOR).unwrap_or(u32::MAX);
        flaws.within("min_length", self.min_length, least..=64);
        if let Err(error) = self.params().checked() {
            let field = match error {
                vault::ParamsError::Iterations => "iterations",
                vault::ParamsError::Parallelism => "parallelism",
                vault::ParamsError::Memory | vault::ParamsError::TooCheap => "memory_kib",
            };
            flaws.add(field, "out_of_range", format!("{error}."));
        }
    }
}

impl SettingsSessions {
    pub(super) fn check(&self, flaws: &mut Flaws) {
        flaws.within("access_token_seconds", self.access_token_seconds, 60..=MAX_ACCESS_TOKEN_SECONDS);
        flaws.within("lifetime_seconds", self.lifetime_seconds, 300..=MAX_LIFETIME_SECONDS);
        flaws.within("idle_seconds", self.idle_seconds, 60..=MAX_LIFETIME_SECONDS);
        flaws.within("refresh_grace_seconds", self.refresh_grace_seconds, 0..=MAX_GRACE_SECONDS);
        if let Some(most) = self.max_per_user {
            flaws.within("max_per_user", most, 1..=MAX_SESSIONS);
        }
        if self.idle_seconds > self.lifetime_seconds {
            flaws.add("idle_seconds", "too_long", "Not longer than lifetime_seconds.");
        }
        if self.access_token_seconds > self.idle_seconds {
            flaws.add("access_token_seconds", "too_long", "Not longer than idle_seconds.");
        }
    }
}

fn check_each(flaws: &mut Flaws, field: &str, texts: &[String], is_valid: fn(&str) -> bool, message: &str) {
    flaws.at_most(field, texts.len(), MAX_URIS);
    for (index, text) in texts.iter().enumerate().take(MAX_URIS) {
        if text.len() > MAX_URI_BYTES || !is_valid(text) {
            flaws.add(format!("{field}.{index}"), "invalid", message);
        } else if texts[..index].contains(text) {
            flaws.add(format!("{field}.{index}"), "duplicate", "Stands twice.");
        }
    }
}

fn check_limits(flaws: &mut Flaws, limits: &[RateLimit]) {
    flaws.at_most("rate_limits", limits.len(), Limit::ALL.len());
    for (index, limit) in limits.iter().enumerate().take(Limit::ALL.len()) {
        let field = |name: &str| format!("rate_limits.{index}.{name}");
        if !Limit::ALL.iter().any(|known| known.name() == limit.name) {
            let names: Vec<&str> = Limit::ALL.iter().map(|known| known.name()).collect();
            flaws.add(field("name"), "unknown", format!("One of {}.", names.join(", ")));
        } else if limits[..index].iter().any(|other| other.name == limit.name) {
            flaws.add(field("name"), "duplicate", "Stands twice.");
        }
        flaws.within(&field("requests"), limit.requests, 1..=MAX_REQUESTS);
        flaws.within(&field("seconds"), limit.seconds, 1..=MAX_WINDOW_SECONDS);
    }
}

/// The name of a tenant, of an API key or of a team: a line that people read.
pub(crate) fn tenant_name(field: &'static str, text: &str) -> Result<String, Refusal> {
    const MOST: usize = 80;
    let text = text.trim();
    let is_line = (1..=MOST).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if is_line {
        Ok(text.to_owned())
    } else {
        Err(Refusal::validation(field, "invalid", format!("1 to {MOST} characters on one line.")))
    }
}

/// A field of a patch that has no default to go back to: `null` is refused.
pub(crate) fn value_or_absent<T>(field: &'static str, patch: Patch<T>) -> Result<Option<T>, Refusal> {
    match patch {
        Patch::Absent => Ok(None),
        Patch::Null => Err(Refusal::validation(field, "required", "This can't be cleared.")),
        Patch::Value(value) => Ok(Some(value)),
    }
}

/// https anywhere, or http on the machine itself, where nobody listens in and certificates are a burden. Never with
/// credentials, and never another scheme: what looks like a link may run (`javascript:`).
pub(crate) fn web_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok().filter(|_| text.len() <= MAX_URI_BYTES)?;
    let is_allowed = match url.scheme() {
        "https" => url.host_str().is_some_and(|host| !host.contains('*')),
        "http" => is_loopback(&url),
        _ => false,
    };
    (is_allowed && url.username().is_empty() && url.password().is_none()).then_some(url)
}

/// This machine (RFC 6761, section 6.3; RFC 8252, section 7.3).
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Byte for byte what a browser writes into `Origin` (RFC 6454, section 6.2): that is what it is compared with.
fn is_web_origin(text: &str) -> bool {
    web_url(text).is_some_and(|url| url.origin().ascii_serialization() == text)
}

/// In the form that the URL parser itself writes, so that there is one spelling to compare with and no `..`, `\` or white space
/// that another parser reads otherwise (RFC 9700, section 4.1).
fn is_redirect_uri(text: &str) -> bool {
    web_url(text).is_some_and(|url| url.as_str() == text && url.fragment().is_none() && !text.contains('*'))
}

/// A name of at least two labels (RFC 1035, section 2.3.1), as ASCII.
pub(crate) fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(is_label)
        && !text.rsplit('.').next().is_some_and(is_number)
}

#[cfg(test)]
mod tests;
