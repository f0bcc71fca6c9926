//! `/v1/dashboard`: the dashboard's own sign-in.

use edge::{
    Account, Body, Context, Endpoint, Failure, Nothing, Open, OptionalBody, Reply, SessionCookies, accepted,
    no_content, versioned,
};
use kernel::{Id, Patch, Secret, Timestamp};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenancy::{Role, TeamId, teams};

use super::actions;
use crate::{
    auth::{self, AuthError, Identifier, Registration, SignIn, SignUpResult, required},
    flows::{SignInResult, reply_platform},
    recovery::{self, Forgetful, Forgot, ForgottenView, RecoveryError, Reset, ResetAttempt},
    sessions::{self, SessionError, SignedInRows, TokenRequest, TokensView, presented_refresh, with_tokens},
    users::{self, User, UserChanges, UserError, input},
};

/// Somebody who wants a dashboard account.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct AccountSignUp {
    email: Option<String>,
    password: Option<Secret>,
    name: Patch<String>,
    /// Name of the team that comes with the account.
    team_name: Patch<String>,
    /// From the set-up link of a fresh deployment: good for one use.
    claim_token: Option<Secret>,
}

/// A dashboard account.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Account")]
struct AccountView {
    id: Id<User>,
    email: Option<String>,
    email_verified: bool,
    name: Option<String>,
    picture: Option<String>,
    locale: Option<String>,
    teams: Vec<TeamMembership>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// A team of an account, and its role there.
#[derive(Serialize, JsonSchema)]
struct TeamMembership {
    id: TeamId,
    name: String,
    role: Role,
}

/// What to change about one's own account: an absent field stays, `null` clears it.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct AccountUpdate {
    name: Patch<String>,
    picture: Patch<String>,
    locale: Patch<String>,
}

pub(super) fn endpoints() -> [Endpoint; 8] {
    [
        sign_up(),
        sign_in(),
        sign_out(),
        refresh(),
        forgot_password(),
        reset_password(),
        get_account(),
        update_account(),
    ]
}

/// Sign up for the dashboard
///
/// Creates an account and its team. With the claim token of a fresh deployment the account owns the first team. The answer is the
/// same whether or not the address is taken; sign in next.
#[endpoint(POST "/v1/dashboard/sign-up", id = "dashboard.sign_up", errors = AuthError, limit = SignIn)]
async fn sign_up(cx: Open, body: Body<AccountSignUp>) -> Reply<SignUpResult> {
    let AccountSignUp { email, password, name, team_name, claim_token } = body.0;
    let registration = Registration {
        identifier: Identifier::one_of(email, None, None)?,
        password: required(password)?,
        changes: UserChanges { name: input::line("name", name, 200)?, ..UserChanges::default() },
        captcha: None,
    };
    let team_name = input::line("team_name", team_name, 100)?.apply(None);
    actions::sign_up(&cx, registration, team_name, claim_token).await?;
    accepted(SignUpResult { state: "accepted" })
}

/// Sign in to the dashboard
///
/// With a password. The tokens speak for the account in every application of its teams.
#[endpoint(POST "/v1/dashboard/sign-in", id = "dashboard.sign_in", errors = AuthError, limit = SignIn)]
async fn sign_in(cx: Open, body: Body<SignIn>) -> Reply<SignInResult> {
    let transport = body.0.transport;
    let outcome = auth::sign_in(&cx, body.0.attempt()?).await?;
    reply_platform(&cx, outcome, transport)
}

/// Sign out of the dashboard
///
/// Ends this session; its tokens are dead at once.
#[endpoint(POST "/v1/dashboard/sign-out", id = "dashboard.sign_out")]
async fn sign_out(cx: Account) -> Reply<Nothing> {
    auth::sign_out(&cx, cx.caller()).await?;
    Ok(no_content()?.headers(SessionCookies::clear(&cx)))
}

/// Refresh the dashboard's tokens
///
/// Answers new tokens; the presented refresh token is used up.
#[endpoint(POST "/v1/dashboard/refresh", id = "dashboard.refresh", errors = SessionError, limit = Token,
    silent = "as for every session: its row says when it was refreshed last, and reuse has an event")]
async fn refresh(cx: Open, body: OptionalBody<TokenRequest>) -> Reply<TokensView> {
    let (token, transport) = presented_refresh(&cx, body.0.refresh_token)?;
    let opened = sessions::refresh(&cx, &token, transport).await?;
    with_tokens(&cx, opened, transport, |tokens| tokens)
}

/// Ask for a new dashboard password
///
/// A link by mail. The answer is the same, and one message goes out, whether or not there is an account.
#[endpoint(POST "/v1/dashboard/password/forgot", id = "dashboard.password.forgot", errors = RecoveryError, limit = SignIn)]
async fn forgot_password(cx: Open, body: Body<Forgot>) -> Reply<ForgottenView> {
    let Forgetful { contact, landing, locale } = body.0.read()?;
    accepted(ForgottenView::from(recovery::forgot(&cx, contact, landing, locale).await?))
}

/// Set a new dashboard password
///
/// With what the message holds, once. All sessions end. A second factor is asked for as at any sign-in.
#[endpoint(POST "/v1/dashboard/password/reset", id = "dashboard.password.reset", errors = RecoveryError, limit = SignIn)]
async fn reset_password(cx: Open, body: Body<Reset>) -> Reply<SignInResult> {
    let transport = body.0.transport;
    let ResetAttempt { proof, password, device_token } = body.0.read()?;
    let outcome = recovery::reset(&cx, proof, &password, device_token).await?;
    reply_platform(&cx, outcome, transport)
}

/// Get one's own dashboard account
///
/// With its teams and its role in each.
#[endpoint(GET "/v1/dashboard/account", id = "dashboard.account.get", errors = SessionError)]
async fn get_account(cx: Account) -> Reply<AccountView> {
    let user = SignedInRows::of(cx.caller())?.user.clone();
    let version = user.version;
    versioned(version, view(&cx, user).await?)
}

/// Update one's own dashboard account
///
/// A merge patch (RFC 7396). The email address has its own way, which proves it.
#[endpoint(PATCH "/v1/dashboard/account", id = "dashboard.account.update", errors = UserError)]
async fn update_account(cx: Account, body: Body<AccountUpdate>) -> Reply<AccountView> {
    let user = SignedInRows::of(cx.caller())?.user.clone();
    let changes = UserChanges {
        name: input::line("name", body.0.name, 200)?,
        picture: input::picture("picture", body.0.picture)?,
        locale: input::locale("locale", body.0.locale)?,
        ..UserChanges::default()
    };
    let user = users::patch(&cx, user, changes).await?;
    let version = user.version;
    versioned(version, view(&cx, user).await?)
}

async fn view(cx: &Context, user: User) -> Result<AccountView, Failure> {
    let memberships = teams::of(&cx.system_read(), user.id.uuid()).await?;
    let (email, email_verified) =
        user.primary_email.map_or((None, false), |email| (Some(email.address), email.verified_at.is_some()));
    Ok(AccountView {
        id: user.id,
        email,
        email_verified,
        name: user.profile.name,
        picture: user.profile.picture,
        locale: user.profile.locale,
        teams: memberships
            .into_iter()
            .map(|team| TeamMembership { id: team.team_id, name: team.team_name, role: team.role })
            .collect(),
        created_at: user.created_at,
        updated_at: user.updated_at,
    })
}
