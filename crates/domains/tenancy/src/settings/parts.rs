//! `/v1/settings/sign-in`, `mfa`, `sessions`, `branding` and `oauth`.

use edge::{Body, Can, Endpoint, Reply, versioned};
use macros::endpoint;

use super::{
    SettingsBranding, SettingsError, SettingsMfa, SettingsOauth, SettingsRead, SettingsSessions, SettingsWrite,
    actions,
    documents::{SignInReplace, SignInView},
    strict::Document,
};

pub(super) fn endpoints() -> [Endpoint; 10] {
    [
        get_sign_in(),
        replace_sign_in(),
        get_mfa(),
        replace_mfa(),
        get_sessions(),
        replace_sessions(),
        get_branding(),
        replace_branding(),
        get_oauth(),
        replace_oauth(),
    ]
}

/// Get the sign-in settings
///
/// What people are known by, how they prove it, what a password must be, and what is done against abuse. The ETag is the version of
/// all settings of the application.
#[endpoint(GET "/v1/settings/sign-in", id = "settings.sign_in.get")]
async fn get_sign_in(cx: Can<SettingsRead>) -> Reply<SignInView> {
    let (tenant, has_secret) = actions::get_sign_in(&cx).await?;
    versioned(tenant.version, SignInView::new(tenant.settings, has_secret))
}

/// Replace the sign-in settings
///
/// As a whole: what is absent goes back to its default. The captcha's secret alone stays where it is absent and the provider is the
/// same. Holds at once, on every node within a second.
#[endpoint(PUT "/v1/settings/sign-in", id = "settings.sign_in.replace", errors = SettingsError)]
async fn replace_sign_in(cx: Can<SettingsWrite>, body: Body<Document<SignInReplace>>) -> Reply<SignInView> {
    let (tenant, has_secret) = actions::replace_sign_in(&cx, body.0.read()?).await?;
    versioned(tenant.version, SignInView::new(tenant.settings, has_secret))
}

/// Get the settings of second factors
///
/// When a second factor is asked for and which count.
#[endpoint(GET "/v1/settings/mfa", id = "settings.mfa.get")]
async fn get_mfa(cx: Can<SettingsRead>) -> Reply<SettingsMfa> {
    let tenant = actions::get(&cx).await?;
    versioned(tenant.version, tenant.settings.mfa)
}

/// Replace the settings of second factors
///
/// As a whole: what is absent goes back to its default. Factors that people have enrolled stay theirs, also while they are not
/// allowed.
#[endpoint(PUT "/v1/settings/mfa", id = "settings.mfa.replace", errors = SettingsError)]
async fn replace_mfa(cx: Can<SettingsWrite>, body: Body<Document<SettingsMfa>>) -> Reply<SettingsMfa> {
    let (version, mfa) = actions::replace(&cx, body.0.read()?).await?;
    versioned(version, mfa)
}

/// Get the settings of sessions
///
/// Lifetimes, the idle limit, how many a person may have, and cookies.
#[endpoint(GET "/v1/settings/sessions", id = "settings.sessions.get")]
async fn get_sessions(cx: Can<SettingsRead>) -> Reply<SettingsSessions> {
    let tenant = actions::get(&cx).await?;
    versioned(tenant.version, tenant.settings.sessions)
}

/// Replace the settings of sessions
///
/// As a whole: what is absent goes back to its default. Sessions that are open keep the lifetime that they were opened with.
#[endpoint(PUT "/v1/settings/sessions", id = "settings.sessions.replace", errors = SettingsError)]
async fn replace_sessions(cx: Can<SettingsWrite>, body: Body<Document<SettingsSessions>>) -> Reply<SettingsSessions> {
    let (version, sessions) = actions::replace(&cx, body.0.read()?).await?;
    versioned(version, sessions)
}

/// Get the branding
///
/// How hosted pages and messages look and in which languages they speak.
#[endpoint(GET "/v1/settings/branding", id = "settings.branding.get")]
async fn get_branding(cx: Can<SettingsRead>) -> Reply<SettingsBranding> {
    let tenant = actions::get(&cx).await?;
    versioned(tenant.version, tenant.settings.branding)
}

/// Replace the branding
///
/// As a whole: what is absent goes back to its default. The text on the accent colour is black or white, whichever is read better,
/// so that buttons stay readable whatever the accent.
#[endpoint(PUT "/v1/settings/branding", id = "settings.branding.replace", errors = SettingsError)]
async fn replace_branding(cx: Can<SettingsWrite>, body: Body<Document<SettingsBranding>>) -> Reply<SettingsBranding> {
    let (version, branding) = actions::replace(&cx, body.0.read()?).await?;
    versioned(version, branding)
}

/// Get the settings of the OAuth provider
///
/// Who may register clients, what they are held to, the application's own scopes and APIs, and lifetimes.
#[endpoint(GET "/v1/settings/oauth", id = "settings.oauth.get")]
async fn get_oauth(cx: Can<SettingsRead>) -> Reply<SettingsOauth> {
    let tenant = actions::get(&cx).await?;
    versioned(tenant.version, tenant.settings.oauth)
}

/// Replace the settings of the OAuth provider
///
/// As a whole: what is absent goes back to its default. Tokens that are out keep the lifetime that they were given; a scope or an
/// API that is gone is in no new token.
#[endpoint(PUT "/v1/settings/oauth", id = "settings.oauth.replace", errors = SettingsError)]
async fn replace_oauth(cx: Can<SettingsWrite>, body: Body<Document<SettingsOauth>>) -> Reply<SettingsOauth> {
    let (version, oauth) = actions::replace(&cx, body.0.read()?).await?;
    versioned(version, oauth)
}
