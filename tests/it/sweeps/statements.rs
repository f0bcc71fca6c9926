use store::registry;

use crate::kit::Server;

#[test]
fn every_statement_is_held_to_its_tenant() {
    assert_eq!(registry::check(&server::modules::migrations()), Vec::<String>::new());
}

#[tokio::test]
async fn every_statement_is_understood_by_the_database() {
    let server = Server::start().await;
    assert_eq!(registry::prepare_all(server.db()).await.unwrap(), Vec::<String>::new());
}

#[test]
fn the_databases_need_different_texts_in_these_places_only() {
    assert_eq!(registry::forks(), FORKS);
}

#[test]
fn all_tenants_are_seen_by_these_statements_only() {
    let product: Vec<&str> =
        registry::system_statements().into_iter().filter(|name| !name.starts_with("it::")).collect();
    assert_eq!(product, SYSTEM);
}

/// The list only shrinks.
const FORKS: [&str; 1] = ["store::jobs::CLAIM_JOBS"];

/// Each of them is read with care; the list only shrinks.
const SYSTEM: [&str; 57] = [
    "events::chain::store::NEXT_TENANT_OF_CHAINS",
    "events::chain::store::NEXT_TENANT_OF_EVENTS",
    "events::chain::store::NEXT_WAITING",
    "identity::captcha::store::PURGE",
    "identity::challenges::store::PURGE",
    "identity::factors::devices::PURGE",
    "identity::flows::store::PURGE",
    "identity::risk::devices::PURGE",
    "identity::sessions::store::PURGE",
    "identity::throttles::store::PURGE",
    "lifecycle::import::store::PURGE",
    "provider::clients::store::KNOWS_ORIGIN",
    "provider::clients::store::PURGE_DOCUMENTS",
    "provider::tokens::purge::PURGE_ACCESS_TOKENS",
    "provider::tokens::purge::PURGE_DEVICES",
    "provider::tokens::purge::PURGE_GRANTS",
    "provider::tokens::purge::PURGE_REPLAYS",
    "provider::tokens::purge::PURGE_REQUESTS",
    "provider::tokens::purge::PURGE_REVOKED",
    "store::idempotency::PURGE_KEYS",
    "store::jobs::CLAIM_JOBS",
    "store::jobs::COUNT_JOBS",
    "store::jobs::LIST_DEAD",
    "store::jobs::NEXT_RUN",
    "store::jobs::PURGE_DEAD",
    "store::meta::FIND_META",
    "store::meta::INSERT_META",
    "store::meta::SAVE_META",
    "tenancy::applications::erasure::NEXT_DELETED",
    "tenancy::applications::store::APPLICATIONS_OF",
    "tenancy::applications::store::FIND_OF",
    "tenancy::keys::store::DELETE_EXPIRED",
    "tenancy::keys::store::DUE",
    "tenancy::keys::store::FIND_EXPIRED",
    "tenancy::messaging::store::DELETE_EXPIRED",
    "tenancy::teams::store::DELETE_CLAIMS",
    "tenancy::teams::store::DELETE_EXPIRED_INVITATIONS",
    "tenancy::teams::store::DELETE_INVITATIONS_BY",
    "tenancy::teams::store::DELETE_MEMBER",
    "tenancy::teams::store::DELETE_TEAM",
    "tenancy::teams::store::INSERT_CLAIM",
    "tenancy::teams::store::INSERT_MEMBER",
    "tenancy::teams::store::INSERT_TEAM",
    "tenancy::teams::store::LOCK_TEAM",
    "tenancy::teams::store::MEMBERSHIPS",
    "tenancy::teams::store::PUT_INVITATION",
    "tenancy::teams::store::ROLE_IN",
    "tenancy::teams::store::ROLE_IN_TEAM",
    "tenancy::teams::store::SAVE_ROLE",
    "tenancy::teams::store::STANDING",
    "tenancy::teams::store::TAKE_CLAIM",
    "tenancy::teams::store::TAKE_INVITATION",
    "tenancy::tenants::store::FIND_BY_HOST",
    "tenancy::tenants::store::FIND_BY_SLUG",
    "tenancy::tenants::store::FIND_PRIMARY",
    "tenancy::tenants::store::INSERT",
    "tenancy::tenants::store::KNOWS_ORIGIN",
];
