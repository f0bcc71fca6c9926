//! `/v1/auth`: signing up and in for an application's own screens.

use edge::{
    Body, Endpoint, MaybeSignedIn, Nothing, OptionalBody, Public, Reply, SessionCookies, SignedIn, Transport, Written,
    accepted, no_content, ok,
};
use kernel::{Patch, Secret};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenancy::{
    Offers,
    providers::Provider,
    settings::{CaptchaProvider, IdentifierKind, MfaFactor, MfaPolicy, SettingsBranding, SignInMethod, SignUpMode},
};
use vault::PasswordPolicy;

use super::{
    actions,
    error::AuthError,
    model::{Attempt, Identifier, Registration},
};
use crate::{
    flows::{SignInResult, reply_platform},
    holdings::{self, InOrganization, OrganizationId, Rank},
    passwords::{self, PasswordError},
    profile_fields::{self, SignUpField},
    sessions::{FIRST_PARTY_SCOPES, SessionError, SessionView, SignedInRows},
    users::{Metadata, UserChanges, UserView, input},
};

/// Somebody who wants an account.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct SignUp {
    /// Exactly one of email, phone and username.
    email: Option<String>,
    /// E.164.
    phone: Option<String>,
    username: Option<String>,
    password: Option<Secret>,
    name: Patch<String>,
    given_name: Patch<String>,
    family_name: Patch<String>,
    locale: Patch<String>,
    unsafe_metadata: Patch<Metadata>,
    /// A solved captcha, where the application asks for one.
    captcha_token: Option<Secret>,
}

/// What became of a sign-up. The same whether or not there was such an account before.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SignUpResult {
    /// `accepted`: if the address was free, the account exists now.
    pub(crate) state: &'static str,
}

/// Somebody who proves who they are.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SignIn {
    /// Exactly one of email, phone and username.
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<Secret>,
    /// What a device keeps that was trusted before: it stands in for the second factor.
    pub(crate) device_token: Option<Secret>,
    /// A solved captcha, where the application asks for one.
    pub(crate) captcha_token: Option<Secret>,
    /// Where to put the tokens.
    pub(crate) transport: Transport,
}

/// Somebody who is nobody yet.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Guest {
    /// BCP 47.
    locale: Patch<String>,
    /// Where to put the tokens.
    transport: Transport,
}

/// The signed-in person.
#[derive(Serialize, JsonSchema)]
struct Me {
    user: Written<UserView>,
    session: Written<SessionView>,
    /// The organization that the session acts in.
    organization: Option<ActiveOrganization>,
    /// Names of the person's roles in the whole application.
    roles: Vec<String>,
    /// What the person may do in the whole application, now: a token says so from its next refresh on.
    permissions: Vec<String>,
}

/// The organization that a session acts in, and what the person is and may do there.
#[derive(Serialize, JsonSchema)]
struct ActiveOrganization {
    id: OrganizationId,
    rank: Rank,
    /// Names of the person's roles in the organization.
    roles: Vec<String>,
    permissions: Vec<String>,
}

impl From<InOrganization> for ActiveOrganization {
    fn from(held: InOrganization) -> Self {
        let InOrganization { id, rank, roles, permissions, .. } = held;
        Self { id, rank, roles, permissions }
    }
}

/// What a sign-in screen needs to know.
#[derive(Serialize, JsonSchema)]
struct AuthConfig {
    application_id: kernel::TenantId,
    name: String,
    sign_up: SignUpMode,
    /// What a person can sign in with.
    identifiers: Vec<IdentifierKind>,
    /// How a person can prove who they are: the methods that are switched on and have what they need, a sender or a provider.
    methods: Vec<SignInMethod>,
    /// Social and enterprise providers that are set up; none where social sign-in is off.
    providers: Vec<OfferedProvider>,
    /// Which second factors can be enrolled, and whether one must.
    mfa: MfaRules,
    captcha: CaptchaRules,
    branding: SettingsBranding,
    password: PasswordRules,
    /// What to ask somebody who signs up, in the order in which it is to be asked, twenty at most. They answer once they are signed in, with
    /// `POST /v1/profile/progress`, which tells what comes next.
    profile_fields: Vec<SignUpField>,
}

/// A provider to sign in with.
#[derive(Serialize, JsonSchema)]
struct OfferedProvider {
    /// As in `/v1/auth/social/{provider}/authorize`.
    provider: String,
    /// For the button.
    name: String,
}

impl From<Provider> for OfferedProvider {
    fn from(provider: Provider) -> Self {
        Self { provider: provider.slug.to_string(), name: provider.title().to_owned() }
    }
}

/// Second factors.
#[derive(Serialize, JsonSchema)]
struct MfaRules {
    policy: MfaPolicy,
    factors: Vec<MfaFactor>,
}

/// What a page needs to show a captcha.
#[derive(Serialize, JsonSchema)]
struct CaptchaRules {
    provider: CaptchaProvider,
    site_key: Option<String>,
}

/// What a new password must be.
#[derive(Serialize, JsonSchema)]
struct PasswordRules {
    /// Unicode code points.
    min_length: u32,
    max_length: u32,
    /// Are the commonest passwords refused?
    refuses_common: bool,
}

/// The old password and the new one.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PasswordChange {
    current_password: Secret,
    new_password: Secret,
    /// End all other sessions.
    #[serde(default)]
    end_other_sessions: bool,
}

pub(super) fn endpoints() -> [Endpoint; 7] {
    [sign_up(), anonymous(), sign_in(), sign_out(), me(), config(), change_password()]
}

/// Sign up
///
/// With an email address, phone number or username, and a password. The answer is the same whether or not the address is taken,
/// so it can't be used to find out who has an account; sign in next. With the session of a guest, the guest becomes this person and
/// keeps their id.
#[endpoint(POST "/v1/auth/sign-up", id = "auth.sign_up", errors = AuthError, limit = SignIn)]
async fn sign_up(cx: MaybeSignedIn, body: Body<SignUp>) -> Reply<SignUpResult> {
    actions::sign_up(&cx, body.0.registration()?).await?;
    accepted(SignUpResult { state: "accepted" })
}

/// Begin as a guest
///
/// A session of somebody who is nobody yet. Signing up with it keeps the id. Off unless the application switches it on.
#[endpoint(POST "/v1/auth/anonymous", id = "auth.anonymous", errors = AuthError, limit = SignIn)]
async fn anonymous(cx: Public, body: OptionalBody<Guest>) -> Reply<SignInResult> {
    let locale = input::locale("locale", body.0.locale)?.apply(None);
    let outcome = actions::anonymous(&cx, locale).await?;
    reply_platform(&cx, outcome, body.0.transport)
}

/// Sign in
///
/// With a password. Answers a session with its tokens, or a flow that asks for more: a second factor, a proof of the address,
/// another password, a captcha. `transport: cookie` puts the tokens into HttpOnly cookies for a browser.
#[endpoint(POST "/v1/auth/sign-in", id = "auth.sign_in", errors = AuthError, limit = SignIn)]
async fn sign_in(cx: Public, body: Body<SignIn>) -> Reply<SignInResult> {
    let transport = body.0.transport;
    let outcome = actions::sign_in(&cx, body.0.attempt()?).await?;
    reply_platform(&cx, outcome, transport)
}

/// Sign out
///
/// Ends this session; its tokens are dead at once.
#[endpoint(POST "/v1/auth/sign-out", id = "auth.sign_out")]
async fn sign_out(cx: SignedIn) -> Reply<Nothing> {
    actions::sign_out(&cx, cx.caller()).await?;
    Ok(no_content()?.headers(SessionCookies::clear(&cx)))
}

/// Get the signed-in user
///
/// The user, the session, the active organization, roles and permissions.
#[endpoint(GET "/v1/auth/me", id = "auth.me", errors = SessionError)]
async fn me(cx: SignedIn) -> Reply<Me> {
    let caller = cx.caller();
    let rows = SignedInRows::of(caller)?;
    let held = holdings::of_caller(&cx, caller).await?;
    let own = FIRST_PARTY_SCOPES.split(' ').map(str::to_owned);
    ok(Me {
        user: rows.user_view(),
        session: rows.session_view(&cx),
        organization: rows
            .session
            .organization_id
            .and_then(|id| held.in_organization(id))
            .map(ActiveOrganization::from),
        roles: held.roles(),
        permissions: own.chain(held.permissions()).collect(),
    })
}

/// Get the sign-in configuration
///
/// What a sign-in screen needs: identifiers, methods that work, providers, password rules, profile fields to ask at sign-up.
#[endpoint(GET "/v1/auth/config", id = "auth.config")]
async fn config(cx: Public) -> Reply<AuthConfig> {
    let settings = tenancy::settings_of(cx.tenant());
    let Offers { methods, providers, factors } = Offers::of(&cx).await?;
    ok(AuthConfig {
        application_id: cx.tenant_id(),
        name: tenancy::name_of(cx.tenant()).to_owned(),
        sign_up: settings.sign_up.mode,
        identifiers: settings.sign_in.identifiers.clone(),
        methods,
        providers: providers.into_iter().map(OfferedProvider::from).collect(),
        mfa: MfaRules { policy: settings.mfa.policy, factors },
        captcha: CaptchaRules { provider: settings.captcha.provider, site_key: settings.captcha.site_key.clone() },
        branding: settings.branding.clone(),
        password: PasswordRules {
            min_length: settings.passwords.min_length,
            max_length: u32::try_from(PasswordPolicy::MAX_LENGTH).unwrap_or(u32::MAX),
            refuses_common: true,
        },
        profile_fields: profile_fields::at_sign_up(&cx).await?,
    })
}

/// Change one's own password
///
/// The current password proves that it is the person who asks.
#[endpoint(POST "/v1/auth/password/change", id = "auth.password.change", errors = PasswordError, limit = SignIn)]
async fn change_password(cx: SignedIn, body: Body<PasswordChange>) -> Reply<Nothing> {
    let user = &SignedInRows::of(cx.caller())?.user;
    passwords::change(&cx, user, &body.0.current_password, &body.0.new_password, body.0.end_other_sessions).await?;
    no_content()
}

impl SignUp {
    fn registration(self) -> Result<Registration, edge::Failure> {
        Ok(Registration {
            identifier: Identifier::one_of(self.email, self.phone, self.username)?,
            password: required(self.password)?,
            changes: UserChanges {
                name: input::line("name", self.name, 200)?,
                given_name: input::line("given_name", self.given_name, 100)?,
                family_name: input::line("family_name", self.family_name, 100)?,
                locale: input::locale("locale", self.locale)?,
                unsafe_metadata: self.unsafe_metadata,
                ..UserChanges::default()
            },
            captcha: self.captcha_token,
        })
    }
}

impl SignIn {
    pub(crate) fn attempt(self) -> Result<Attempt, edge::Failure> {
        Ok(Attempt {
            identifier: Identifier::one_of(self.email, self.phone, self.username)?,
            password: required(self.password)?,
            device_token: self.device_token,
            captcha: self.captcha_token,
        })
    }
}

pub(crate) fn required(password: Option<Secret>) -> Result<Secret, kernel::Refusal> {
    password.ok_or_else(|| kernel::Refusal::validation("password", "required", "This field is required."))
}
