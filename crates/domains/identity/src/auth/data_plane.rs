//! `/api/v1/auth`: the same use cases with the data plane's names.

use edge::{Body, Endpoint, Nothing, Public, Reply, SignedIn, accepted, no_content};
use kernel::{Patch, Secret};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    actions,
    error::AuthError,
    model::{Attempt, Identifier, Registration},
    platform::required,
};
use crate::{
    flows::{LoginResult, reply_data_plane},
    users::{UserChanges, input},
};

/// Somebody who proves who they are.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Login {
    email: Option<String>,
    username: Option<String>,
    password: Option<Secret>,
    /// What a device keeps that was trusted before: it stands in for the second factor.
    device_token: Option<Secret>,
    /// A solved captcha, where the application asks for one.
    captcha_token: Option<Secret>,
}

/// Somebody who wants an account.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Register {
    email: Option<String>,
    username: Option<String>,
    password: Option<Secret>,
    name: Patch<String>,
    /// A solved captcha, where the application asks for one.
    captcha_token: Option<Secret>,
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
/// With a password. Answers a session, or a flow that asks for more.
#[endpoint(POST "/api/v1/auth/login", id = "auth.login", errors = AuthError, limit = SignIn)]
async fn login(cx: Public, body: Body<Login>) -> Reply<LoginResult> {
    let attempt = Attempt {
        identifier: Identifier::one_of(body.0.email, None, body.0.username)?,
        password: required(body.0.password)?,
        device_token: body.0.device_token,
        captcha: body.0.captcha_token,
    };
    let outcome = actions::sign_in(&cx, attempt).await?;
    reply_data_plane(&cx, outcome)
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
        captcha: body.0.captcha_token,
    };
    actions::sign_up(&cx, registration).await?;
    accepted(RegisterResult { state: "accepted" })
}
