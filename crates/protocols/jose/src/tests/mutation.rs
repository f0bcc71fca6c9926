//! No token but the one that was signed passes.

use proptest::prelude::*;
use serde_json::json;

use super::{KEYS, find};
use crate::verify;

#[derive(Clone, Debug)]
enum Mutation {
    Replace(char),
    Insert(char),
    Remove,
    Swap,
    Truncate,
    Repeat,
}

fn character() -> impl Strategy<Value = char> {
    prop_oneof![
        5 => prop::sample::select("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".chars().collect::<Vec<_>>()),
        1 => prop::sample::select(vec!['.', '=', '+', '/', ' ', '\n', '\0', 'é']),
    ]
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        4 => character().prop_map(Mutation::Replace),
        2 => character().prop_map(Mutation::Insert),
        2 => Just(Mutation::Remove),
        1 => Just(Mutation::Swap),
        1 => Just(Mutation::Truncate),
        1 => Just(Mutation::Repeat),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mutated_token_never_verifies(
        which in 0..3_usize,
        steps in prop::collection::vec((any::<prop::sample::Index>(), mutation()), 1..4),
    ) {
        let token = KEYS[which].0.sign("at+jwt", &json!({ "sub": "usr_1", "scope": "users:read" })).unwrap();
        let mut text: Vec<char> = token.chars().collect();
        for (index, mutation) in steps {
            if text.is_empty() {
                break;
            }
            let at = index.index(text.len());
            match mutation {
                Mutation::Replace(character) => text[at] = character,
                Mutation::Insert(character) => text.insert(at, character),
                Mutation::Remove => drop(text.remove(at)),
                Mutation::Swap => text.swap(at, 0),
                Mutation::Truncate => text.truncate(at),
                Mutation::Repeat => text.extend_from_within(at..),
            }
        }
        let mutated: String = text.into_iter().collect();
        prop_assert_eq!(verify(&mutated, "at+jwt", find).is_ok(), mutated == token);
    }

    #[test]
    fn no_text_makes_it_panic(text in "[ -~]{0,200}", dots in "[A-Za-z0-9_-]{0,60}\\.[A-Za-z0-9_-]{0,60}\\.[A-Za-z0-9_-]{0,90}") {
        prop_assert!(verify(&text, "at+jwt", find).is_err());
        prop_assert!(verify(&dots, "at+jwt", find).is_err());
    }
}
