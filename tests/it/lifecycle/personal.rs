//! The registry of what is held on people, against the schema.

use std::collections::BTreeSet;

use edge::Merge;
use server::modules;

/// Tables that a migration makes with a column `user_id`, or gives one.
fn tables_of_users() -> BTreeSet<String> {
    let mut tables = BTreeSet::new();
    for migration in modules::migrations() {
        for statement in migration.sql.split(';') {
            let text: String =
                statement.lines().map(|line| line.split("--").next().unwrap()).collect::<Vec<_>>().join("\n");
            let words: Vec<&str> =
                text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
            let makes = words.first() == Some(&"create") && words.get(1) == Some(&"table");
            let changes = words.first() == Some(&"alter") && words.contains(&"add");
            if (makes || changes) && words.contains(&"user_id") {
                tables.insert(words[2].to_owned());
            }
        }
    }
    tables
}

#[test]
fn every_table_that_names_a_user_says_what_leaves_with_an_export_and_what_a_merge_does() {
    let listed: Vec<&str> = modules::all().iter().flat_map(|module| module.personal).map(|data| data.table).collect();
    for table in tables_of_users() {
        assert!(listed.contains(&table.as_str()), "{table} has a user_id and stands in no module's `personal`");
    }
    let distinct: BTreeSet<&&str> = listed.iter().collect();
    assert_eq!(distinct.len(), listed.len(), "a table stands there twice: {listed:?}");
}

#[test]
fn what_is_sealed_for_one_user_is_not_moved_to_another() {
    let modules = modules::all();
    for sealed in modules.iter().flat_map(|module| module.sealed).filter(|sealed| sealed.row == "user_id") {
        let data = modules.iter().flat_map(|module| module.personal).find(|data| data.table == sealed.table);
        assert!(matches!(data.unwrap().merge, Merge::Leave(_)), "{} could not be opened any more", sealed.table);
    }
}

#[test]
fn whatever_is_withheld_or_left_behind_has_its_reason() {
    for data in modules::all().iter().flat_map(|module| module.personal) {
        let reasons = [
            match data.export {
                edge::Export::Withheld(reason) => reason,
                edge::Export::Rows { section, .. } => section,
            },
            match data.merge {
                Merge::Leave(reason) | Merge::Stay(reason) => reason,
                _ => "moved",
            },
        ];
        assert!(reasons.iter().all(|reason| reason.len() > 3), "{}: {reasons:?}", data.table);
    }
}
