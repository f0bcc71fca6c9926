//! `/v1/users/{user_id}/identities`: for the application, and for a person on what is theirs.

use edge::{
    At, Body, CanOrSelf, Endpoint, Failure, Listed, Nothing, Paging, Reply, Resource, accepted, created, listed,
    no_content,
};
use identity::users::{User, UsersRead, UsersWrite};
use kernel::{Id, Permission, Refusal, Secret, Timestamp};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Identity, IdentityId, actions, error::IdentityError, store};
use crate::social::{LinkBegun, LinkRequest, Snapshot};

/// An account at a provider by which a user is known. What it says of the person is the provider's word.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Identity")]
pub(super) struct IdentityView {
    id: Id<Identity>,
    user_id: Id<User>,
    /// The provider's name in the settings.
    provider: String,
    /// The provider's name for the account.
    subject: String,
    #[serde(flatten)]
    profile: IdentityProfile,
    created_at: Timestamp,
    /// When somebody last signed in by it.
    last_used_at: Option<Timestamp>,
}

/// What the provider last said of the person.
#[derive(Serialize, JsonSchema)]
pub(super) struct IdentityProfile {
    email: Option<String>,
    /// The provider's word; whether it counts is a setting of the provider.
    email_verified: bool,
    name: Option<String>,
    username: Option<String>,
    picture: Option<String>,
}

impl From<Snapshot> for IdentityProfile {
    fn from(snapshot: Snapshot) -> Self {
        let Snapshot { email, email_verified, name, username, picture, .. } = snapshot;
        Self { email, email_verified, name, username, picture }
    }
}

impl From<Identity> for IdentityView {
    fn from(identity: Identity) -> Self {
        Self {
            id: identity.id,
            user_id: identity.user_id,
            provider: identity.provider,
            subject: identity.subject,
            profile: identity.snapshot.into(),
            created_at: identity.created_at,
            last_used_at: identity.last_used_at,
        }
    }
}

/// What to link. An administrator says whose account it is; an end user proves it, in two calls.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct IdentityLink {
    /// The provider's name in the settings.
    provider: Option<String>,
    /// By an administrator: the provider's name for the account.
    subject: Option<String>,
    /// By an administrator: what to show beside it.
    profile: Option<IdentityLinkProfile>,
    /// By an end user, to begin: where the browser comes back to.
    redirect_uri: Option<String>,
    /// By an end user, to begin: brought back as it came.
    state: Option<String>,
    /// By an end user, to begin: the S256 challenge of a verifier of the client's own.
    code_challenge: Option<String>,
    /// By an end user, to complete: the code that came back.
    code: Option<Secret>,
    /// By an end user, to complete: whose challenge it began with.
    code_verifier: Option<Secret>,
}

/// What to show beside an identity until its person signs in by it.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct IdentityLinkProfile {
    email: Option<String>,
    name: Option<String>,
    username: Option<String>,
    picture: Option<String>,
}

/// What became of a link; `state` tells.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
enum IdentityLinkResult {
    /// It is linked.
    Linked { identity: Box<IdentityView> },
    /// Send the person's browser there: it comes back to `redirect_uri` with a `code` that completes the link.
    RedirectRequired { authorization_url: String, expires_at: Timestamp },
}

pub(super) fn endpoints() -> [Endpoint; 3] {
    [list_identities(), link_identity(), unlink_identity()]
}

/// List a user's identities
///
/// The accounts at providers by which they are known. An end user sees their own.
#[endpoint(GET "/v1/users/{user_id}/identities", id = "users.identities.list")]
async fn list_identities(
    cx: CanOrSelf<UsersRead>,
    user: At<User>,
    page: Paging<IdentityId>,
) -> Reply<Listed<IdentityView>> {
    let user = visible(&cx, *user).await?;
    listed(&cx, store::page(&cx.read(), user.id, &page.0).await?)
}

/// Link an identity
///
/// An administrator names the provider and the subject. An end user proves both sides: the first call, with `provider`,
/// `redirect_uri` and `code_challenge`, answers where to send the browser; the second, by the same session with the `code` that came
/// back and the `code_verifier`, links. Needs a session that was opened or raised lately.
#[endpoint(POST "/v1/users/{user_id}/identities", id = "users.identities.create", errors = IdentityError)]
async fn link_identity(
    cx: CanOrSelf<UsersWrite>,
    user: At<User>,
    body: Body<IdentityLink>,
) -> Reply<IdentityLinkResult> {
    let user = visible(&cx, *user).await?;
    match cx.confined_to() {
        None => linked(body.0.by_word(&cx, &user).await?),
        Some(_) if body.0.code.is_some() => linked(body.0.complete(&cx, &user).await?),
        Some(_) => {
            let begun = body.0.begin(&cx).await?;
            accepted(IdentityLinkResult::from(begun))
        }
    }
}

/// Unlink an identity
///
/// Never the last way in. Sessions stay; nobody signs in by the account any more.
#[endpoint(DELETE "/v1/users/{user_id}/identities/{identity_id}", id = "users.identities.delete", errors = IdentityError)]
async fn unlink_identity(cx: CanOrSelf<UsersWrite>, user: At<User>, id: At<Identity>) -> Reply<Nothing> {
    let user = visible(&cx, *user).await?;
    match cx.confined_to() {
        Some(caller) => actions::unlink_own(&cx, caller, *id).await?,
        None => actions::unlink(&cx, user.id, *id).await?,
    }
    no_content()
}

/// An end user is confined to their own; somebody else's is like a missing one.
async fn visible(cx: &CanOrSelf<impl Permission>, id: Id<User>) -> Result<User, Failure> {
    if cx.confined_to().is_some_and(|caller| caller.user_id != id.uuid()) {
        return Err(Refusal::not_found().into());
    }
    Ok(User::find(&cx.committed(), id).await?.ok_or_else(Refusal::not_found)?)
}

fn linked(identity: Identity) -> Reply<IdentityLinkResult> {
    created(IdentityLinkResult::Linked { identity: Box::new(identity.into()) })
}

impl From<LinkBegun> for IdentityLinkResult {
    fn from(begun: LinkBegun) -> Self {
        Self::RedirectRequired { authorization_url: begun.authorization_url, expires_at: begun.expires_at }
    }
}

impl IdentityLink {
    async fn by_word(self, cx: &CanOrSelf<UsersWrite>, user: &User) -> Result<Identity, Failure> {
        let is_subject =
            |text: &String| (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        let subject = self.subject.filter(is_subject).ok_or(IdentityError::SubjectRequired)?;
        let provider = self.provider.ok_or(IdentityError::SubjectRequired)?;
        let IdentityLinkProfile { email, name, username, picture } = self.profile.unwrap_or_default();
        let snapshot = Snapshot { email, name, username, picture, ..Snapshot::default() };
        actions::link_by_word(cx, user, &provider, subject, snapshot).await
    }

    async fn begin(self, cx: &CanOrSelf<UsersWrite>) -> Result<LinkBegun, Failure> {
        let caller = cx.confined_to().ok_or(IdentityError::ProofRequired)?;
        let provider = self.provider.filter(|_| self.subject.is_none()).ok_or(IdentityError::ProofRequired)?;
        let Self { redirect_uri, state, code_challenge, .. } = self;
        actions::begin_own(cx, caller, LinkRequest { provider, redirect_uri, state, code_challenge }).await
    }

    async fn complete(self, cx: &CanOrSelf<UsersWrite>, user: &User) -> Result<Identity, Failure> {
        let caller = cx.confined_to().ok_or(IdentityError::ProofRequired)?;
        let (code, verifier) = self.code.zip(self.code_verifier).ok_or(IdentityError::ProofRequired)?;
        actions::complete_own(cx, caller, user, &code, &verifier).await
    }
}
