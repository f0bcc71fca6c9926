//! `/api/v1/auth`: the same use cases with the data plane's names.

use edge::{Body, Endpoint, Nothing, Public, Reply, SignedIn, accepted, no_content, ok};
use kernel::{Patch, Secret};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    actions,
    error::AuthError,
    model::{Identifier, Registration},
    platform::required,
};
use crate::{
    sessions::DataPlaneSessionView,
    users::{UserChanges, input},
};

/// Somebody who proves who they are.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Login {
    email: Option<String>,
    username: Option<String>,
    password: Option<Secret>,
}

/// What became of a sign-in; `state` tells.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
enum LoginResult {
    /// Signed in.
    Success(LoginSuccess),
}

/// A session and its tokens.
#[derive(Serialize, JsonSchema)]
struct LoginSuccess {
    session: DataPlaneSessionView,
    /// A JWT: verify it with `/.well-known/jwks.json`.
    access_token: String,
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
    /// Good for one use.
    refresh_token: String,
}

/// Somebody who wants an account.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Register {
    email: Option<String>,
    username: Option<String>,
    password: Option<Secret>,
    name: Patch<String>,
}

/// What became of a sign-up. The same whether or not there was such an account before.
#[derive(Serialize, JsonSchema)]
struct RegisterResult {
    /// `accepted`: if the address was free, the account exists now.
    state: &'static str,
}

pub(super) fn endpoints() -> [Endpoint; 3] {
    [login(), logout(), register()]
}

/// Sign in
///
/// With a password.
#[endpoint(POST "/api/v1/auth/login", id = "auth.login", errors = AuthError, limit = SignIn)]
async fn login(cx: Public, body: Body<Login>) -> Reply<LoginResult> {
    let identifier = Identifier::one_of(body.0.email, None, body.0.username)?;
    let (_, opened) = actions::sign_in(&cx, &identifier, &required(body.0.password)?).await?;
    ok(LoginResult::Success(LoginSuccess {
        session: opened.session.into(),
        access_token: opened.access_token.reveal().to_owned(),
        token_type: "Bearer",
        expires_in: opened.access_lifetime.as_secs(),
        refresh_token: opened.refresh_token.reveal().to_owned(),
    }))
}

/// Sign out
///
/// Ends the current session only.
#[endpoint(POST "/api/v1/auth/logout", id = "auth.logout")]
async fn logout(cx: SignedIn) -> Reply<Nothing> {
    actions::sign_out(&cx, cx.caller()).await?;
    no_content()
}

/// Sign up
///
/// The answer is the same whether or not the address is taken; sign in next.
#[endpoint(POST "/api/v1/auth/register", id = "auth.register", errors = AuthError, limit = SignIn)]
async fn register(cx: Public, body: Body<Register>) -> Reply<RegisterResult> {
    let registration = Registration {
        identifier: Identifier::one_of(body.0.email, None, body.0.username)?,
        password: required(body.0.password)?,
        changes: UserChanges { name: input::line("name", body.0.name, 200)?, ..UserChanges::default() },
    };
    actions::sign_up(&cx, registration).await?;
    accepted(RegisterResult { state: "accepted" })
}
