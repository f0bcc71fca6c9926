//! Which domains the server is made of, and how they are put together: one line for each.

use std::sync::Arc;

use deliver::Courier;
use edge::{App, AppParts, EdgeSettings, ErrorPages, Module, Ports, Routes};
use identity::{DashboardSignUp, Sessions, risk::Intelligence, users::Delegations};
use kernel::Env;
use provider::{AccessTokens, Clients, LogoutNotices};
use store::{Db, Migration};
use tenancy::{ApiKeys, KeyRing, Permissions, Teams, Tenants};
use vault::{PasswordPool, Vault};

use crate::{
    health::{self, Readiness},
    pages,
    site::Site,
    system,
    worker::{JobHandler, Worker},
};

/// Every module. Cheap: a registry of facts, without state.
pub fn all() -> Vec<Module> {
    vec![
        system::module(),
        tenancy::module(),
        identity::module(),
        access::module(),
        federation::module(),
        lifecycle::module(),
        hosted::module(),
        provider::module(),
        events::module(),
    ]
}

/// The schema: the store's own tables first, then each module's in the order of [`all`].
pub fn migrations() -> Vec<Migration> {
    store::MIGRATIONS.iter().copied().chain(all().iter().flat_map(|module| module.migrations).copied()).collect()
}

/// Who does the jobs that modules leave behind, by kind.
const JOBS: &[JobHandler] = &[
    JobHandler { kind: tenancy::messaging::DELIVER_JOB, run: |worker, job| Box::pin(worker.deliver_message(job)) },
    JobHandler { kind: lifecycle::IMPORT_JOB, run: |worker, job| Box::pin(worker.run_import(job)) },
    JobHandler { kind: identity::sessions::ENDED_JOB, run: |worker, job| Box::pin(worker.session_ended(job)) },
    JobHandler { kind: provider::LOGOUT_JOB, run: |worker, job| Box::pin(worker.tell_of_logout(job)) },
];

/// What ends with a user who is disabled, beside their sessions.
pub const DELEGATIONS: Delegations = Delegations(&[provider::END_GRANTS]);

/// Every permission that some module defines.
pub fn permissions() -> Permissions {
    Permissions::new(all().into_iter().flat_map(|module| module.permissions))
}

/// What the server is put together from: a test brings a clock to turn and seeded entropy.
pub struct Parts {
    pub db: Db,
    pub env: Env,
    pub vault: Vault,
    pub edge: EdgeSettings,
    pub passwords: PasswordPool,
    /// Calls to the outside, mail and text messages.
    pub courier: Courier,
    /// What the operator knows of networks and places.
    pub intelligence: Intelligence,
    /// May anybody open a dashboard account?
    pub is_sign_up_open: bool,
}

/// The server, put together and not yet listening.
pub struct Assembled {
    pub site: Site,
    pub worker: Worker,
    pub readiness: Readiness,
}

/// Bind the ports and the parts, and mount everything.
pub fn assemble(parts: Parts) -> anyhow::Result<Assembled> {
    let Parts { db, env, vault, edge, passwords, courier, intelligence, is_sign_up_open } = parts;
    let keys = KeyRing::new(db.clone(), vault.clone());
    let api_keys = ApiKeys::new(db.clone());
    let permissions = permissions();
    let teams = Teams::new(db.clone(), &permissions);
    let (sessions, clients) = (Sessions::new(db.clone(), keys.clone(), access::holdings), Clients::new(db.clone()));
    let tokens = AccessTokens::new(db.clone(), keys.clone(), clients.clone(), sessions.clone());
    let tenants = Arc::new(Tenants::new(db.clone(), &edge.public_url, &edge.base_hosts)?);
    let outbound = courier.outbound().clone();
    let notices =
        LogoutNotices::new(db.clone(), vault.clone(), keys.clone(), clients.clone(), tenants.clone(), outbound);
    let ports = Ports {
        tenants: tenants.clone(),
        api_keys: Arc::new(api_keys.clone()),
        sessions: Arc::new(sessions.clone()),
        tokens: Arc::new(tokens.clone()),
        origins: Arc::new(clients.clone()),
        teams: Arc::new(teams.clone()),
    };
    let app_parts = AppParts::default()
        .with(keys)
        .with(passwords)
        .with(courier.outbound().clone())
        .with(courier.clone())
        .with(permissions)
        .with(teams)
        .with(identity::key_figures(db.clone()))
        .with(federation::UpstreamCache::default())
        .with(sessions)
        .with(clients)
        .with(tokens)
        .with(api_keys.clone())
        .with(lifecycle::Personal(all().iter().flat_map(|module| module.personal).copied().collect()))
        .with(identity::flows::OpenQuestions(Some(lifecycle::has_open_questions)))
        .with(identity::profile_fields::AskedAtSignUp(Some(lifecycle::asked_at_sign_up)))
        .with(identity::sessions::HandOffs(Some(federation::redeem)))
        .with(identity::holdings::HoldingsOf(Some(access::holdings)))
        .with(identity::users::ErasedAlong(vec![lifecycle::ERASES_WAITLIST_ENTRIES]))
        .with(identity::verification::OtherWaysIn(vec![federation::WAYS_IN]))
        .with(DELEGATIONS)
        .with(hosted::ClientsAtTheDoor(Some(provider::client_behind)))
        .with(intelligence)
        .with(ErrorPages::new(hosted::error_page))
        .with(DashboardSignUp { is_open: is_sign_up_open });
    let worker = Worker::new(db.clone(), env.clone(), vault.clone(), api_keys, courier.clone(), JOBS).telling(notices);
    let readiness = Readiness::default();
    let app = App::new(db.clone(), env, vault, ports, edge, app_parts);
    let endpoints = all().into_iter().flat_map(|module| module.endpoints).collect();
    let pages =
        pages::router().merge(pages::mailbox::router(courier.mailbox())).merge(health::router(readiness.clone(), db));
    let site = Site::new(Routes::new(&app, endpoints), pages);
    Ok(Assembled { site, worker, readiness })
}
