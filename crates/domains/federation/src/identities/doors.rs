//! A person's own accounts at providers, for pages: the slice's use cases with plain values.

use edge::{Context, Failure};
use kernel::{Id, Refusal, Secret, Timestamp, ports::SessionCaller};

use super::{Identity, IdentityId, actions, store};
use crate::social::LinkRequest;

/// An account at a provider, as its person sees it.
pub struct OwnIdentity {
    pub id: String,
    /// The provider's name in the settings.
    pub provider: String,
    /// By what the person knows it again.
    pub label: Option<String>,
    pub created_at: Timestamp,
}

impl From<Identity> for OwnIdentity {
    fn from(identity: Identity) -> Self {
        let Identity { id, provider, snapshot, created_at, .. } = identity;
        let label = snapshot.email.or(snapshot.username).or(snapshot.name);
        Self { id: id.to_string(), provider, label, created_at }
    }
}

pub async fn own(cx: &Context, caller: &SessionCaller) -> Result<Vec<OwnIdentity>, Failure> {
    let identities = store::all(&cx.read(), Id::from_uuid(caller.user_id)).await?;
    Ok(identities.into_iter().map(OwnIdentity::from).collect())
}

/// Never the last way in, and not by a session that may be stolen.
pub async fn unlink(cx: &Context, caller: &SessionCaller, identity: &str) -> Result<(), Failure> {
    let id: IdentityId = identity.parse().map_err(|_| Refusal::not_found())?;
    actions::unlink_own(cx, caller, id).await
}

/// Where the browser goes to prove the account there.
pub async fn begin_link(
    cx: &Context,
    caller: &SessionCaller,
    provider: &str,
    redirect_uri: String,
    code_challenge: String,
) -> Result<String, Failure> {
    let request = LinkRequest {
        provider: provider.to_owned(),
        redirect_uri: Some(redirect_uri),
        state: None,
        code_challenge: Some(code_challenge),
    };
    Ok(actions::begin_own(cx, caller, request).await?.authorization_url)
}

/// The browser is back: the account is linked by the session that began.
pub async fn complete_link(
    cx: &Context,
    caller: &SessionCaller,
    code: &Secret,
    verifier: &Secret,
) -> Result<(), Failure> {
    let user = identity::joining::find(&cx.committed(), Id::from_uuid(caller.user_id)).await?;
    let user = user.ok_or_else(Refusal::not_found)?;
    actions::complete_own(cx, caller, &user, code, verifier).await.map(drop)
}
