//! `/v1/auth`: signing up and in for an application's own screens.

use edge::{Body, Endpoint, Nothing, Public, Reply, SessionCookies, SignedIn, Transport, accepted, no_content, ok};
use kernel::{Patch, Secret};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenancy::settings::SignUpMode;
use vault::PasswordPolicy;

use super::{
    actions,
    error::AuthError,
    model::{Identifier, Registration},
};
use crate::{
    passwords::{self, PasswordError},
    sessions::{SessionError, SessionView, SignedInRows, TokensView, with_tokens},
    users::{Metadata, User, UserChanges, UserView, input},
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
    /// Where to put the tokens.
    pub(crate) transport: Transport,
}

/// What became of a sign-in; `state` tells.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum SignInResult {
    /// Signed in.
    Complete(SignInComplete),
}

/// A session, its tokens and its user.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SignInComplete {
    user: UserView,
    #[serde(flatten)]
    tokens: TokensView,
}

impl SignInResult {
    pub(crate) fn complete(user: User, tokens: TokensView) -> Self {
        Self::Complete(SignInComplete { user: UserView::from(user).for_the_person(), tokens })
    }
}

/// The signed-in person.
#[derive(Serialize, JsonSchema)]
struct Me {
    user: UserView,
    session: SessionView,
    /// The organization that the session acts in.
    organization: Option<ActiveOrganization>,
    /// Names of the person's roles.
    roles: Vec<String>,
    /// What the session's token may do.
    permissions: Vec<String>,
}

/// The organization that a session acts in.
#[derive(Serialize, JsonSchema)]
struct ActiveOrganization {
    id: String,
}

/// What a sign-in screen needs to know.
#[derive(Serialize, JsonSchema)]
struct AuthConfig {
    application_id: kernel::TenantId,
    name: String,
    sign_up: SignUpMode,
    /// What a person can sign in with.
    identifiers: Vec<&'static str>,
    /// How a person can prove who they are.
    methods: Vec<&'static str>,
    /// Social and enterprise providers that are set up.
    providers: Vec<String>,
    password: PasswordRules,
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

pub(super) fn endpoints() -> [Endpoint; 6] {
    [sign_up(), sign_in(), sign_out(), me(), config(), change_password()]
}

/// Sign up
///
/// With an email address, phone number or username, and a password. The answer is the same whether or not the address is taken,
/// so it can't be used to find out who has an account; sign in next.
#[endpoint(POST "/v1/auth/sign-up", id = "auth.sign_up", errors = AuthError, limit = SignIn)]
async fn sign_up(cx: Public, body: Body<SignUp>) -> Reply<SignUpResult> {
    actions::sign_up(&cx, body.0.registration()?).await?;
    accepted(SignUpResult { state: "accepted" })
}

/// Sign in
///
/// With a password. Answers a session with its tokens. `transport: cookie` puts the tokens into HttpOnly cookies for a browser.
#[endpoint(POST "/v1/auth/sign-in", id = "auth.sign_in", errors = AuthError, limit = SignIn)]
async fn sign_in(cx: Public, body: Body<SignIn>) -> Reply<SignInResult> {
    let (identifier, password, transport) = body.0.parts()?;
    let (user, opened) = actions::sign_in(&cx, &identifier, &password).await?;
    with_tokens(&cx, opened, transport, |tokens| SignInResult::complete(user, tokens))
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
    let SignedInRows { session, user } = SignedInRows::of(caller)?;
    ok(Me {
        user: UserView::from(user.clone()).for_the_person(),
        session: session.clone().into(),
        organization: None,
        roles: Vec::new(),
        permissions: caller.scopes.split(' ').map(str::to_owned).collect(),
    })
}

/// Get the sign-in configuration
///
/// What a sign-in screen needs: identifiers, methods, providers, password rules.
#[endpoint(GET "/v1/auth/config", id = "auth.config")]
async fn config(cx: Public) -> Reply<AuthConfig> {
    let settings = tenancy::settings_of(cx.tenant());
    ok(AuthConfig {
        application_id: cx.tenant_id(),
        name: tenancy::name_of(cx.tenant()).to_owned(),
        sign_up: settings.sign_up.mode,
        identifiers: vec!["email", "phone", "username"],
        methods: vec!["password"],
        providers: Vec::new(),
        password: PasswordRules {
            min_length: settings.passwords.min_length,
            max_length: u32::try_from(PasswordPolicy::MAX_LENGTH).unwrap_or(u32::MAX),
            refuses_common: true,
        },
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
        })
    }
}

impl SignIn {
    pub(crate) fn parts(self) -> Result<(Identifier, Secret, Transport), edge::Failure> {
        Ok((Identifier::one_of(self.email, self.phone, self.username)?, required(self.password)?, self.transport))
    }
}

pub(crate) fn required(password: Option<Secret>) -> Result<Secret, kernel::Refusal> {
    password.ok_or_else(|| kernel::Refusal::validation("password", "required", "This field is required."))
}
