//! `/api/v1/me`: what a person may read and change about themselves on the data plane.

mod data_plane;

use edge::Endpoint;
use kernel::Permission;

kernel::permissions! {
    /// Read one's own profile and sessions.
    MeRead = "me:read",
    /// Change one's own profile and password.
    MeWrite = "me:write",
    /// Read and end one's own sessions.
    MeSessions = "me:sessions",
}

/// To look at one's own sessions, who may read the profile may too.
pub struct MeSessionsRead;

impl Permission for MeSessionsRead {
    const NAME: &'static str = MeSessions::NAME;
    const ALSO: Option<&'static str> = Some(MeRead::NAME);
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    data_plane::endpoints().into()
}
