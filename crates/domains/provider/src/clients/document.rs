//! Clients that are known by the document at their address (OAuth Client ID Metadata Document): read there, and kept as a row.

use std::{sync::Arc, time::Duration};

use deliver::{Call, Outbound, OutboundError};
use edge::{Context, Failure, Limit};
use kernel::Timestamp;
use oauth::{
    MAX_DOCUMENT_BYTES, OAuthError, Registration, check_client_url, check_has_redirects, read_client_document,
};
use tenancy::{is_development, settings_of};
use url::Url;

use super::{
    actions::profile_in,
    cache::{self, Clients, Known},
    data_plane::ApplicationView,
    event::{ClientCreated, ClientUpdated},
    model::{Client, ClientOrigin, ClientState},
    scopes, store,
};

const PATIENCE: Duration = Duration::from_secs(5);
const FRESH: Duration = Duration::from_hours(1);
const SHORTEST_FRESH: Duration = Duration::from_mins(5);
const LONGEST_FRESH: Duration = Duration::from_hours(24);
/// Where nobody answers anymore, the last document stands for so long.
const STALE: Duration = Duration::from_hours(24);
/// An address without a document is not asked again before.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(30);
/// Anybody can make up addresses: beyond these nobody new is let in, until some are forgotten.
const MOST: i64 = 10_000;

#[derive(Debug, thiserror::Error)]
enum Flaw {
    #[error("{0}")]
    Outbound(#[from] OutboundError),
    #[error("{0}")]
    Document(#[from] OAuthError),
    #[error("{0}: {1}")]
    Metadata(String, String),
}

/// The client whose document is at this address, where the application lets clients be known so. Before a transaction is open.
pub(super) async fn known(cx: &Context, url: &str) -> Result<Option<Arc<Known>>, Failure> {
    if !settings_of(cx.tenant()).oauth.client_id_metadata_documents || check_client_url(url).is_err() {
        return Ok(None);
    }
    let clients = cx.part::<Clients>();
    let found = clients.find_by_document(cx.tenant_id(), url, cx.now()).await?;
    let fresh_until = found.as_ref().and_then(|known| known.client.document_fresh_until);
    // One that was disabled is not read anew: it is not let in, whatever it says.
    let is_settled = found.as_ref().is_some_and(|known| !known.client.is_active());
    if is_settled || fresh_until.is_some_and(|end| cx.now() < end) {
        return Ok(found);
    }
    let missed_at = clients.missed_at(cx.tenant_id(), url);
    let may_stand = fresh_until.is_some_and(|end| cx.now() < end + STALE);
    if missed_at.is_some_and(|at| cx.now().since(at) < LOOK_AGAIN_AFTER) {
        return Ok(found.filter(|_| may_stand));
    }
    cx.count_network(Limit::Token)?;
    match read(cx, url).await {
        Ok((registration, fresh_until)) => {
            let before = found.map(|known| Arc::clone(&known.client));
            keep(cx, url, before.as_deref(), registration, fresh_until).await?;
            Ok(clients.find_by_document(cx.tenant_id(), url, cx.now()).await?)
        }
        Err(flaw) => {
            tracing::info!(tenant = %cx.tenant_id(), %flaw, "a client's metadata document is refused");
            clients.miss(cx.tenant_id(), url, cx.now());
            // No answer is one thing, another answer than before is another.
            Ok(found.filter(|_| may_stand && matches!(flaw, Flaw::Outbound(_))))
        }
    }
}

async fn read(cx: &Context, url: &str) -> Result<(Registration, Timestamp), Flaw> {
    let call = Call::get(url).at_most(MAX_DOCUMENT_BYTES).within(PATIENCE).header("accept", "application/json");
    let answer = cx.part::<Outbound>().send(call).await?.success()?;
    let profile = profile_in(cx, None);
    let registration = read_client_document(url, &answer.body, profile)?;
    check_has_redirects(&registration)?;
    oauth::check_metadata(&registration.metadata, registration.kind, profile, is_development(cx.tenant())).map_err(
        |flaws| {
            let first = flaws.into_iter().next();
            first.map_or_else(
                || Flaw::Metadata(String::new(), String::new()),
                |flaw| Flaw::Metadata(flaw.field.into(), flaw.message.into()),
            )
        },
    )?;
    let fresh_for = answer.max_age().unwrap_or(FRESH).clamp(SHORTEST_FRESH, LONGEST_FRESH);
    Ok((registration, cx.now() + fresh_for))
}

/// In a transaction of its own, since the request that asked goes on to look, and may go on to write.
async fn keep(
    cx: &Context,
    url: &str,
    before: Option<&Client>,
    read: Registration,
    fresh_until: Timestamp,
) -> Result<(), Failure> {
    let Registration { name, kind, mut metadata, has_scopes, .. } = read;
    if has_scopes {
        metadata.allowed_scopes.retain(|scope| scopes::is_own(cx, scope));
    } else {
        metadata.allowed_scopes = scopes::all_own(cx);
    }
    let host = || Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let name = name.unwrap_or_else(host);
    let tx = cx.store().begin(cx.own_origin()).await?;
    let id = if let Some(before) = before {
        let after = Client { name, kind, metadata, document_fresh_until: Some(fresh_until), ..before.clone() };
        let is_same = Client { document_fresh_until: before.document_fresh_until, ..after.clone() } == *before;
        let after = after.touched(cx.now());
        // Of two that read it at once one is enough.
        if store::save(&tx, before, &after).await? && !is_same {
            tx.emit(&ClientUpdated { application_id: after.id, application: ApplicationView::from(after.clone()) });
        }
        after.id
    } else {
        if store::count(&tx, ClientOrigin::Document).await? >= MOST {
            tracing::warn!(tenant = %cx.tenant_id(), "too many clients that are known by their documents");
            tx.rollback().await;
            return Ok(());
        }
        let client = Client {
            id: cx.new_id(),
            version: 1,
            document_url: Some(url.to_owned()),
            document_fresh_until: Some(fresh_until),
            kind,
            profile: None,
            name,
            state: ClientState::Active,
            metadata,
            origin: ClientOrigin::Document,
            registration_hash: None,
            created_by: cx.actor(),
            created_at: cx.now(),
            updated_at: cx.now(),
        };
        if store::insert(&tx, &client).await? {
            tx.emit(&ClientCreated { application_id: client.id, application: ApplicationView::from(client.clone()) });
        }
        client.id
    };
    cache::changed(&tx, id);
    Ok(tx.commit().await?)
}
