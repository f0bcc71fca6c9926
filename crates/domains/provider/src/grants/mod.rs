//! What a person allowed a client, in one authorization: every code and token of it hangs on the grant and dies with it.

mod model;
mod store;

use kernel::Id;

pub(crate) use model::{Grant, GrantEnd, Rotation};
pub(crate) use store::{end, end_of_client, end_of_session, end_of_user_at_client, find, insert, rotate};

pub(crate) type GrantId = Id<Grant>;
