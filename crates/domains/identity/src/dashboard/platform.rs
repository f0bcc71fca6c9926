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

use super::{
    actions::{self, Ticket},
    closing,
    error::ClosingError,
};
use crate::{
    auth::{self, AuthError, Identifier, Registration, SignUpResult, required},
    factors::{self, FactorView},
    flows::{SignInResult, reply_platform},
    recovery::{self, Forgot, ForgottenView, RecoveryError, Reset, ResetAttempt},
    sessions::{self, RefreshRequest, SessionError, SignedInRows, TokensView, presented_refresh, with_tokens},
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
    /// From an invitation into a team: for the very address that it was sent to.
    invitation_token: Option<Secret>,
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
    /// Its role in each of its teams.
    teams: Vec<TeamMembership>,
    /// Its second factors, passkeys and recovery codes among them.
    factors: Vec<FactorView>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// A team of an account, and its role there.
#[derive(Serialize, JsonSchema)]
pub(super) struct TeamMembership {
    pub(super) id: TeamId,
    pub(super) name: String,
    pub(super) role: Role,
}

/// What to change about one's own account: an absent field stays, `null` clears it.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct AccountUpdate {
    name: Patch<String>,
    picture: Patch<String>,
    locale: Patch<String>,
}

/// That it is the account's own person who closes it.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct AccountClosing {
    /// Not needed right after signing in. With a second factor enrolled, signing in again is the only way.
    password: Option<Secret>,
}

pub(super) fn endpoints() -> [Endpoint; 8] {
    [
        sign_up(),
        sign_out(),
        refresh(),
        forgot_password(),
        reset_password(),
        get_account(),
        update_account(),
        close_account(),
    ]
}

/// Sign up for the dashboard
///
/// Creates an account and its team. With the claim token of a fresh deployment the account owns the first team; with the token of an
/// invitation it joins the team that asked. The answer is the same whether or not the address is taken; sign in next.
#[endpoint(POST "/v1/dashboard/sign-up", id = "dashboard.sign_up", errors = AuthError, limit = SignIn)]
async fn sign_up(cx: Open, body: Body<AccountSignUp>) -> Reply<SignUpResult> {
    let AccountSignUp { email, password, name, team_name, claim_token, invitation_token } = body.0;
    let registration = Registration {
        identifier: Identifier::one_of(email, None, None)?,
        password: required(password)?,
        changes: UserChanges { name: input::line("name", name, 200)?, ..UserChanges::default() },
        captcha: None,
    };
    let team_name = input::line("team_name", team_name, 100)?.apply(None);
    let ticket = Ticket::of(claim_token, invitation_token)?;
    actions::sign_up(&cx, registration, team_name, ticket).await?;
    accepted(SignUpResult { state: "accepted" })
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
async fn refresh(cx: Open, body: OptionalBody<RefreshRequest>) -> Reply<TokensView> {
    let (token, transport) = presented_refresh(&cx, body.0.refresh_token)?;
    let opened = sessions::refresh(&cx, &token, transport).await?;
    with_tokens(&cx, opened, transport, |tokens| tokens)
}

/// Ask for a new dashboard password
///
/// A link by mail. The answer is the same, and one message goes out, whether or not there is an account.
#[endpoint(POST "/v1/dashboard/password/forgot", id = "dashboard.password.forgot", errors = RecoveryError, limit = SignIn)]
async fn forgot_password(cx: Open, body: Body<Forgot>) -> Reply<ForgottenView> {
    accepted(ForgottenView::from(recovery::forgot(&cx, body.0.read()?).await?))
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
/// With its teams, its role in each, and its second factors.
#[endpoint(GET "/v1/dashboard/account", id = "dashboard.account.get", errors = SessionError)]
async fn get_account(cx: Account) -> Reply<AccountView> {
    let user = SignedInRows::of(cx.caller())?.user.clone();
    let version = user.version;
    versioned(version, view(&cx, user).await?)
}

/// Update one's own dashboard account
///
/// A merge patch (RFC 7396). The email address stays as it is.
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

/// Close one's own dashboard account
///
/// The account, its sessions and its memberships go. Asks for the password or a sign-in of lately. Refused while it is the last owner
/// of a team with applications or other members; a team that has neither goes with it.
#[endpoint(DELETE "/v1/dashboard/account", id = "dashboard.account.delete", errors = ClosingError, limit = SignIn)]
async fn close_account(cx: Account, body: OptionalBody<AccountClosing>) -> Reply<Nothing> {
    closing::close(&cx, cx.caller(), body.0.password).await?;
    Ok(no_content()?.headers(SessionCookies::clear(&cx)))
}

async fn view(cx: &Context, user: User) -> Result<AccountView, Failure> {
    let memberships = teams::of(&cx.system_read(), user.id.uuid()).await?;
    let held = factors::held(&cx.read(), user.id).await?;
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
        factors: held.factors.into_iter().map(FactorView::own).collect(),
        created_at: user.created_at,
        updated_at: user.updated_at,
    })
}
