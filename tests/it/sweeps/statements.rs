use std::collections::BTreeSet;

use store::{Db, StoreOptions, StoreUrl, registry};

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

#[tokio::test]
async fn no_statement_reads_a_whole_table_that_grows() {
    // The embedded database in every run: its plans are the same whatever the tables hold.
    let folder = tempfile::tempdir().unwrap();
    let url = StoreUrl::sqlite(folder.path().join("plans.db"));
    let db = Db::open(&url, &StoreOptions::default(), server::env::system()).await.unwrap();
    db.migrate(&server::modules::migrations(), &mut |_| {}).await.unwrap();
    let walks = registry::walks(&db).await.unwrap();
    // Tests may, and an application that is erased is erased whole, a bite at a time.
    let is_meant = |walk: &str| walk.starts_with("it::") || walk.contains("::tenant_tables::");
    let statements: BTreeSet<&str> =
        walks.iter().filter(|walk| !is_meant(walk)).filter_map(|walk| walk.split(": ").next()).collect();
    assert_eq!(statements, BTreeSet::from(WALKS), "{walks:#?}");
}

/// The list only shrinks.
const FORKS: [&str; 3] =
    ["provider::grants::store::AWAIT_ENDERS", "provider::grants::store::AWAIT_REDEEMERS", "store::jobs::CLAIM_JOBS"];

/// Each of them is read with care; the list only shrinks.
const SYSTEM: [&str; 59] = [
    "events::chain::store::NEXT_TENANT_OF_CHAINS",
    "events::chain::store::NEXT_TENANT_OF_EVENTS",
    "events::chain::store::NEXT_TENANT_OF_UNSEALED",
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
    "provider::tokens::purge::PURGE_ENDS",
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

/// What reads everything, and may: the list only shrinks.
const WALKS: [&str; 38] = [
    // 500 roles and 1000 groups an application at most.
    "access::groups::store::COUNT",
    "access::groups::store::GROUPS",
    "access::roles::store::COUNT",
    "access::roles::store::OF_KIND",
    // What waits to be sealed, which is a second's worth.
    "events::chain::store::COUNT_UNSEALED",
    "events::chain::store::NEXT_WAITING",
    "events::chain::store::PAGE",
    "events::chain::store::UNSEALED",
    "events::erasure::ERASE_UNSEALED",
    "events::personal::EXPORT",
    // One row a tenant.
    "events::chain::store::FIND_HEAD",
    "events::chain::store::MOVE_HEAD",
    // The next tenant, by the index: one row.
    "events::chain::store::NEXT_TENANT_OF_CHAINS",
    "events::chain::store::NEXT_TENANT_OF_EVENTS",
    "events::chain::store::NEXT_TENANT_OF_UNSEALED",
    "tenancy::tenants::store::FIND_PRIMARY",
    // The handful of rows that a subquery of the statement has found.
    "identity::flows::known::KNOWN",
    "identity::flows::known::KNOWN_BY_EMAIL",
    "identity::flows::known::KNOWN_BY_PHONE",
    // Counts no further than it was told to.
    "identity::dashboard::figures::COUNT",
    // What a filter has found by an index is sorted: the members and applications of a team, the people whom a search names.
    "identity::dashboard::members::store::MEMBERS",
    "identity::users::store::USERS",
    "tenancy::applications::store::APPLICATIONS_OF",
    // What somebody has written down for a tenant or a team, by hand.
    "lifecycle::profile_fields::store::ACTIVE",
    "lifecycle::profile_fields::store::COUNT",
    "tenancy::messaging::senders::store::FIND",
    "tenancy::messaging::texts::store::ALL",
    "tenancy::messaging::texts::store::COUNT",
    "tenancy::providers::store::COUNT",
    "tenancy::providers::store::ENABLED",
    "tenancy::teams::store::DELETE_CLAIMS",
    "tenancy::teams::store::DELETE_TEAM",
    "tenancy::tenants::store::DELETE_ORIGINS",
    // A few keys.
    "tenancy::keys::store::PUBLISHED",
    // Requests and devices that wait live for minutes.
    "provider::clients::store::DELETE",
    "provider::clients::store::PURGE_DOCUMENTS",
    // From the first token of one tenant to the first of the next.
    "provider::tokens::purge::PURGE_ACCESS_TOKENS",
    // A figure of the metrics, over a narrow index.
    "store::jobs::COUNT_JOBS",
];
