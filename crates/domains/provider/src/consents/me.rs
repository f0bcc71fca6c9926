//! What one allowed applications: looking at it, and taking it back.

use edge::{At, Endpoint, Nothing, Reply, SignedInWith, no_content, ok};
use identity::me::{MeRead, MeWrite};
use kernel::{Id, Refusal, Timestamp, TypedId};
use macros::endpoint;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    event::AccessWithdrawn,
    store::{self, Holder},
};
use crate::{
    clients::Client,
    grants::{self, GrantEnd},
};

/// An application that has access to one's account.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OauthGrant")]
struct GrantView {
    application_id: TypedId<Client>,
    /// As it names itself in requests.
    client_id: String,
    name: String,
    logo_uri: Option<String>,
    client_uri: Option<String>,
    policy_uri: Option<String>,
    /// What it was allowed.
    scopes: Vec<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Holder> for GrantView {
    fn from(holder: Holder) -> Self {
        let Holder { client_id, name, metadata, document_url, scope, created_at, updated_at } = holder;
        Self {
            application_id: client_id.typed(),
            client_id: document_url.unwrap_or_else(|| client_id.typed().to_string()),
            name,
            logo_uri: metadata.logo_uri,
            client_uri: metadata.client_uri,
            policy_uri: metadata.policy_uri,
            scopes: scope.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
            created_at,
            updated_at,
        }
    }
}

pub(super) fn endpoints() -> [Endpoint; 2] {
    [list_grants(), withdraw_grant()]
}

/// List the applications with access
///
/// What one agreed to, and the application's own clients that need no consent, the newest first.
#[endpoint(GET "/api/v1/me/grants", id = "me.grants.list")]
async fn list_grants(cx: SignedInWith<MeRead>) -> Reply<Vec<GrantView>> {
    let holders = store::of_user(&cx.read(), Id::from_uuid(cx.caller().user_id), cx.now()).await?;
    ok(holders.into_iter().map(GrantView::from).collect::<Vec<_>>())
}

/// Take back an application's access
///
/// Its tokens are dead at once, and it has to ask again.
#[endpoint(DELETE "/api/v1/me/grants/{application_id}", id = "me.grants.revoke")]
async fn withdraw_grant(cx: SignedInWith<MeWrite>, id: At<Client>) -> Reply<Nothing> {
    let user = Id::from_uuid(cx.caller().user_id);
    let tx = cx.tx().await?;
    let had_consent = store::delete(tx, user, *id).await?;
    let grants = grants::end_of_user_at_client(tx, user, *id, GrantEnd::Revoked, cx.now()).await?;
    if !had_consent && grants == 0 {
        return Err(Refusal::not_found().into());
    }
    tx.emit(&AccessWithdrawn { application_id: *id, user_id: user, grants });
    no_content()
}
