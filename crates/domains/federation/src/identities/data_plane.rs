//! `/api/v1/me/identities`: a person's own.

use edge::{At, Endpoint, Listed, Nothing, Paging, Reply, SignedInWith, listed, no_content};
use identity::me::{MeRead, MeWrite};
use kernel::{Id, Timestamp, TypedId};
use macros::endpoint;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Identity, IdentityId, actions, error::IdentityError, platform::IdentityProfile, store};

/// An account at a provider by which a person is known.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Identity")]
struct IdentityView {
    id: TypedId<Identity>,
    provider: String,
    /// The provider's name for the account.
    subject: String,
    #[serde(flatten)]
    profile: IdentityProfile,
    created_at: Timestamp,
    /// When they last signed in by it.
    last_used_at: Option<Timestamp>,
}

impl From<Identity> for IdentityView {
    fn from(identity: Identity) -> Self {
        Self {
            id: identity.id.typed(),
            provider: identity.provider,
            subject: identity.subject,
            profile: identity.snapshot.into(),
            created_at: identity.created_at,
            last_used_at: identity.last_used_at,
        }
    }
}

pub(super) fn endpoints() -> [Endpoint; 2] {
    [list_own_identities(), unlink_own_identity()]
}

/// List own identities
///
/// The accounts at providers that one can sign in by.
#[endpoint(GET "/api/v1/me/identities", id = "me.identities.list")]
async fn list_own_identities(cx: SignedInWith<MeRead>, page: Paging<IdentityId>) -> Reply<Listed<IdentityView>> {
    listed(&cx, store::page(&cx.read(), Id::from_uuid(cx.caller().user_id), &page.0).await?)
}

/// Unlink one of one's own identities
///
/// Never the last way in. Needs a session that was opened or raised lately.
#[endpoint(DELETE "/api/v1/me/identities/{identity_id}", id = "me.identities.delete", errors = IdentityError)]
async fn unlink_own_identity(cx: SignedInWith<MeWrite>, id: At<Identity>) -> Reply<Nothing> {
    actions::unlink_own(&cx, cx.caller(), *id).await?;
    no_content()
}
