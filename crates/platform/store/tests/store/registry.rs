use std::collections::BTreeSet;

use store::{Migration, registry};

use crate::kit::{migrations, stores};

#[test]
fn every_statement_is_held_to_its_tenant() {
    assert_eq!(registry::check(&migrations()), Vec::<String>::new());
}

#[test]
fn the_registry_holds_the_stores_statements_and_those_of_other_crates() {
    let names: BTreeSet<&str> = registry::statements().map(|statement| statement.name).collect();
    for name in ["store::jobs::CLAIM_JOBS", "store::emit::INSERT_EVENT", "store::cats::FIND_CAT"] {
        assert!(names.contains(name), "{names:?}");
    }
    assert_eq!(registry::forks(), ["store::jobs::CLAIM_JOBS"]);
    assert!(registry::system_statements().contains(&"store::listings::ALL_CATS"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_is_understood() {
    for kit in stores().await {
        assert_eq!(registry::prepare_all(&kit.db).await.unwrap(), Vec::<String>::new());
    }
}

#[test]
fn a_table_that_a_statement_forgets_to_hold_is_an_offence() {
    let meta = Migration::new("t", "create table meta (tenant_id blob not null, key text, value blob)");
    // The same statements over a schema in which `codes` had no tenant are fine; `meta`'s are the system's.
    assert_eq!(registry::check(&[meta]), Vec::<String>::new());
    let deferred = Migration::new("t", "create table a (b text unique deferrable initially deferred)");
    assert_eq!(registry::check(&[deferred]).len(), 1);
}
