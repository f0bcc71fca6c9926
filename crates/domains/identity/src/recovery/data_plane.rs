//! `/api/v1/auth/password/forgot` and `/api/v1/auth/password/reset`.

use edge::{Body, CanOn, Endpoint, OptionalBody, Public, Reply, accepted};
use kernel::Secret;
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Forgot, ForgottenView, RecoveryError, Reset, ResetAttempt, actions};
use crate::{
    flows::{LoginResult, reply_data_plane},
    passwords,
    users::{User, UsersWrite},
};

/// How a person comes to another password.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct UserPasswordReset {
    /// Set now, and to be replaced at the next sign-in; without it, the person is sent a way to choose one.
    temporary_password: Option<Secret>,
}

/// What was done.
#[derive(Serialize, JsonSchema)]
struct UserPasswordResetResult {
    /// `sent` or `set`.
    state: &'static str,
}

pub(super) fn endpoints() -> [Endpoint; 3] {
    [password_forgot(), password_reset(), reset_user_password()]
}

/// Reset a user's password
///
/// Sends the person a way to choose another, or sets a temporary one that must give way at the next sign-in and ends their sessions.
#[endpoint(POST "/api/v1/users/{user_id}/reset-password", id = "users.reset_password", errors = RecoveryError)]
async fn reset_user_password(
    cx: CanOn<UsersWrite, User>,
    body: OptionalBody<UserPasswordReset>,
) -> Reply<UserPasswordResetResult> {
    let state = if let Some(password) = body.0.temporary_password {
        passwords::set(&cx, &cx.target, Some(password), true, true).await?;
        "set"
    } else {
        actions::mail_reset(&cx, &cx.target).await?;
        "sent"
    };
    accepted(UserPasswordResetResult { state })
}

/// Ask for a new password
///
/// The answer is the same, and one message goes out, whether or not there is an account.
#[endpoint(POST "/api/v1/auth/password/forgot", id = "auth.password.forgot", errors = RecoveryError, limit = SignIn)]
async fn password_forgot(cx: Public, body: Body<Forgot>) -> Reply<ForgottenView> {
    accepted(ForgottenView::from(actions::forgot(&cx, body.0.read()?).await?))
}

/// Set a new password
///
/// With what the message holds, once. All sessions end. A second factor is asked for as at any sign-in.
#[endpoint(POST "/api/v1/auth/password/reset", id = "auth.password.reset", errors = RecoveryError, limit = SignIn)]
async fn password_reset(cx: Public, body: Body<Reset>) -> Reply<LoginResult> {
    let ResetAttempt { proof, password, device_token } = body.0.read()?;
    let outcome = actions::reset(&cx, proof, &password, device_token).await?;
    reply_data_plane(&cx, outcome)
}
