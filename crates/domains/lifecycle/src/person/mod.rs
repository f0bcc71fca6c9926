//! All that is held on one person, as one document (GDPR, articles 15 and 20).
//!
//! Owns the document. Does not own what stands in it: each domain lists its tables, what of them leaves and what doesn't.

mod platform;
mod rows;

use edge::{Endpoint, PersonalData};

/// Every table that names a user: `modules.rs` gathers it from the modules and puts it among the parts.
#[derive(Clone, Debug)]
pub struct Personal(pub Vec<PersonalData>);

pub(crate) fn endpoints() -> Vec<Endpoint> {
    platform::endpoints().into()
}
