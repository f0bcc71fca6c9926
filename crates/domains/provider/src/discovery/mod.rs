//! Where standard libraries look first: the issuer's metadata, and that of its own API.
//!
//! Owns the three documents and says in them what is served and nothing else. The key set beside them is `tenancy`'s.

mod metadata;
mod resource;
mod well_known;

use edge::Endpoint;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    well_known::endpoints().into()
}
