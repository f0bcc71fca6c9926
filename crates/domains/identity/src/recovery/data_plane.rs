//! `/api/v1/auth/password/forgot` and `/api/v1/auth/password/reset`.

use edge::{Body, Endpoint, Public, Reply, accepted};
use macros::endpoint;

use super::{Forgetful, Forgot, ForgottenView, RecoveryError, Reset, ResetAttempt, actions};
use crate::flows::{LoginResult, reply_data_plane};

pub(super) fn endpoints() -> [Endpoint; 2] {
    [password_forgot(), password_reset()]
}

/// Ask for a new password
///
/// The answer is the same, and one message goes out, whether or not there is an account.
#[endpoint(POST "/api/v1/auth/password/forgot", id = "auth.password.forgot", errors = RecoveryError, limit = SignIn)]
async fn password_forgot(cx: Public, body: Body<Forgot>) -> Reply<ForgottenView> {
    let Forgetful { contact, landing, locale } = body.0.read()?;
    accepted(ForgottenView::from(actions::forgot(&cx, contact, landing, locale).await?))
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
