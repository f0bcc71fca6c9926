//! Second factors: authenticator apps, codes by message, passkeys, recovery codes, and devices that are not asked again.
//!
//! Owns enrolling, proving and removing them, how often an account may be guessed at, trusted devices, and the reset by an
//! administrator. Does not own when a second factor is asked for (`flows`), passkeys themselves (`passkeys`), nor the codes that
//! are sent (`challenges`).

mod budget;
mod dashboard;
mod data_plane;
pub(crate) mod devices;
pub mod doors;
mod enroller;
mod enrolment;
mod error;
mod event;
mod keys;
mod listing;
mod me;
mod messages;
mod model;
mod platform;
mod qr;
mod recovery;
mod recovery_set;
mod removal;
mod store;
mod trusted_devices;
mod verification;
mod views;

use ::store::{Db, Query, StoreError};
use edge::{Context, Endpoint, SealedColumn};
use kernel::{EventFacts, Timestamp};

pub(crate) use enroller::must_be_strong;
pub use error::FactorError;
pub(crate) use event::{FactorEnrolled, FactorRemoved};
pub use model::Held;
pub(crate) use model::{Factor, FactorFacts, FactorKind, is_allowed};
pub(crate) use platform::proof;
pub(crate) use store::held_rows;
pub(crate) use verification::{Proof, complete};
pub(crate) use views::{DataPlaneFactorView, FactorView};

use crate::{flows::Method, users::UserId};

kernel::resource! { Factor, prefix: "factor", noun: "factor" }

pub(crate) const EVENTS: &[EventFacts] = event::CATALOGUE;

pub(crate) const SEALED: &[SealedColumn] = &[SealedColumn { table: "factors", column: "secret", row: "id" }];

pub(crate) fn endpoints() -> Vec<Endpoint> {
    let platform = platform::endpoints().into_iter().chain(trusted_devices::endpoints());
    platform.chain(data_plane::endpoints()).chain(me::endpoints()).chain(dashboard::endpoints()).collect()
}

/// What a person has enrolled, passkeys among them, and whether they have to enrol: one read.
pub(crate) async fn held(db: &impl Query, user: UserId) -> Result<Held, StoreError> {
    store::held(db, user).await
}

async fn of_user(cx: &Context, user: UserId) -> Result<Held, StoreError> {
    held(&cx.read(), user).await
}

/// The kinds that somebody may enrol who has proven so much.
pub(crate) fn enrollable(cx: &Context, proven: &[Method], wanted: Option<u8>) -> Vec<FactorKind> {
    let mut kinds = model::enrollable_kinds(&tenancy::settings_of(cx.tenant()).mfa, proven);
    // The highest level is reached by attested hardware alone.
    kinds.retain(|kind| wanted != Some(3) || *kind == FactorKind::Webauthn);
    kinds
}

/// Is there a factor that could be enrolled here and reaches this assurance level?
pub(crate) fn can_reach(cx: &Context, level: u8) -> bool {
    let settings = tenancy::settings_of(cx.tenant());
    let is_attested = settings.mfa.attestation.is_asked() && !settings.passkeys.attestation_roots.is_empty();
    !enrollable(cx, &[], Some(level)).is_empty() && (level < 3 || is_attested)
}

/// Forget trusted devices whose days are over, in small bites. How many are gone.
pub async fn purge_devices(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    devices::purge(db, now).await
}
