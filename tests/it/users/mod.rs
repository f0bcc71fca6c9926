//! `/v1/users` and `/api/v1/users`: one set of people, two faces.

mod creating;
mod data_plane;
mod erasing;
mod listing;
mod passwords;
mod states;
mod updating;

use serde_json::Value;

use crate::kit::Reply;

/// One user without what belongs to them: what a change answers with.
fn record(shown: &Reply) -> Value {
    let mut user = shown.data().clone();
    let fields = user.as_object_mut().unwrap();
    for list in ["identities", "factors", "roles", "groups"] {
        assert!(fields.remove(list).is_some_and(|list| list.is_array()), "{list}: {shown}");
    }
    user
}
