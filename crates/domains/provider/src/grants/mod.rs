//! What a person allowed a client, in one authorization: every code and token of it hangs on the grant and dies with it.

mod code;
mod event;
mod model;
pub(crate) mod store;

use kernel::Id;

pub(crate) use code::{Carried, Code, KeptCode, MAX_CODE_AGE, ShownCode, new_code};
pub(crate) use event::ApplicationAuthorized;
pub(crate) use model::{Grant, GrantEnd, RefreshLine};
pub use store::END_GRANTS;
pub(crate) use store::{
    end, end_of_client, end_of_session, end_of_user_at_client, insert, insert_redeemed, insert_with_code, redeem,
    rotate,
};

kernel::resource! { Grant, prefix: "grant", noun: "grant" }

pub(crate) const EVENTS: &[kernel::EventFacts] = event::CATALOGUE;

pub(crate) type GrantId = Id<Grant>;
