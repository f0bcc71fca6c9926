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
    let product: Vec<&str> = registry::system_statements().into_iter().filter(|name| !name.starts_with("it::")).collect();
    assert_eq!(product, SYSTEM);
}

/// The list only shrinks.
const FORKS: [&str; 0] = [];

/// Each of them is read with care; the list only shrinks.
const SYSTEM: [&str; 0] = [];
