//! `/api/v1/me`: what a person may read and change about themselves on the data plane.

mod data_plane;

use edge::Endpoint;

kernel::permissions! {
    /// Read one's own profile and sessions.
    MeRead = "me:read",
    /// Change one's own profile and password.
    MeWrite = "me:write",
    /// Read and end one's own sessions.
    MeSessions = "me:sessions",
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    data_plane::endpoints().into()
}
