//! The grant `device_code` (RFC 8628, section 3.4).

use edge::{Context, Failure, refuse};
use oauth::{OAuthCode, OAuthError, Parameters};

use super::{PREFIX, store};
use crate::{
    clients::Client,
    error::{refusal, refused},
    tokens::{self, Sender, TokenResponse},
};

pub(crate) async fn redeem(
    cx: &Context,
    parameters: &Parameters,
    client: &Client,
    sender: &Sender,
) -> Result<TokenResponse, Failure> {
    let code = parameters.required("device_code").map_err(refused)?;
    let hash = vault::digest(code.as_bytes());
    let found = match code.strip_prefix(PREFIX) {
        Some(_) => store::find(&cx.read(), &hash).await?,
        None => None,
    };
    let device = found.filter(|device| device.client_id == client.id).ok_or_else(unknown)?;
    let (verdict, interval) = device.poll().decide(cx.now());
    if let Err(error) = verdict {
        if matches!(error.code, OAuthCode::AuthorizationPending | OAuthCode::SlowDown) {
            store::polled(cx.tx().await?, &hash, interval, cx.now()).await?;
            return Err(refuse(refusal(error)));
        }
        return Err(refused(error));
    }
    let grant = device.grant_id.ok_or_else(unknown)?;
    let standing = tokens::live::find(&cx.read(), grant, cx.now()).await?.ok_or_else(unknown)?;
    let given = tokens::first_of(cx, parameters, client, sender, &standing, None).await?;
    if !store::take(cx.tx().await?, &hash).await? {
        return Err(unknown());
    }
    given.keep(cx, &standing.grant).await?.ok_or_else(unknown)
}

fn unknown() -> Failure {
    refused(OAuthError::invalid_grant("the device code is not known, or was used"))
}
