//! Which signatures a client may make, and the server for it.

use jose::Algorithm;

use crate::names::Profile;

/// What clients sign their assertions, request objects and proofs with. FAPI 2.0 Security Profile, section 5.4.1, leaves PKCS #1
/// v1.5 out.
pub const fn client_algorithms(profile: Profile) -> &'static [Algorithm] {
    match profile {
        Profile::Fapi2 => &[Algorithm::Ps256, Algorithm::Es256, Algorithm::EdDsa],
        Profile::Standard | Profile::Mcp => &[Algorithm::Ps256, Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256],
    }
}

/// What the server may sign with for such a client.
pub const fn server_algorithms(profile: Profile) -> &'static [Algorithm] {
    match profile {
        Profile::Fapi2 => &[Algorithm::EdDsa, Algorithm::Es256, Algorithm::Ps256],
        Profile::Standard | Profile::Mcp => &Algorithm::ALL,
    }
}

/// The one that was registered, if it is allowed, or all that are.
pub(crate) fn narrowed(registered: Option<Algorithm>, profile: Profile) -> Vec<Algorithm> {
    let allowed = client_algorithms(profile).iter().copied();
    allowed.filter(|algorithm| registered.is_none_or(|one| one == *algorithm)).collect()
}
