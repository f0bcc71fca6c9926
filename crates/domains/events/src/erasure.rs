//! A person leaves; the trail stays verifiable.
//!
//! The chain commits to an event's details through a salted digest only, so details and salt can go without breaking
//! it, and the digest alone tells nothing. The person's id stays as the pseudonym. The proof that an erasure was due is
//! in the chain too: the event [`PERSON_DELETED`] about that person, or [`ENTRY_ERASED`] about what they were before they
//! had an account.

use kernel::TenantId;
use store::{StoreError, Tx};
use uuid::Uuid;

/// The event that says of its target: this person was erased.
pub const PERSON_DELETED: &str = "user.deleted";

/// The event that says of its target: this entry of the waiting list was erased with its person. Who put it there was
/// nobody yet, so that the entry's id alone leads to what the trail holds about it.
pub const ENTRY_ERASED: &str = "waitlist.erased";

/// Does an event of this type prove that what the trail holds about its target had to go?
pub(crate) fn is_erasure(event_type: &str) -> bool {
    [PERSON_DELETED, ENTRY_ERASED].contains(&event_type)
}

/// All events about or by the person, or about the entry. The erasure itself keeps who asked for it from where, unless it was
/// the person.
#[rustfmt::skip]
macro_rules! erase_details {
    ($table:literal) => {
        concat!("
        update ", $table, "
           set details = null, salt = null
         where tenant_id = $1
           and (actor_id = $2 or (target_id = $2 and type not in ($3, $4)))
           and details is not null")
    };
}

store::sql! {
    ERASE_SEALED = erase_details!("events");
    /// No index leads to them, since they are a second's worth.
    ERASE_UNSEALED = erase_details!("unsealed_events");
}

/// Forget what the trail says about a person beyond the id; returns how many events that were.
///
/// For the transaction that deletes the person, after the row itself is gone, so that nobody can add to it any more.
/// That transaction emits [`PERSON_DELETED`]; when it is sealed the same is done once more, for what was written
/// meanwhile and for the deletion's own details.
pub async fn erase_person(tx: &Tx, person: Uuid) -> Result<u64, StoreError> {
    erase_in(tx, tx.origin().tenant, person).await
}

pub(crate) async fn erase_in(tx: &Tx, tenant: TenantId, target: Uuid) -> Result<u64, StoreError> {
    let mut erased = 0;
    for statement in [&ERASE_SEALED, &ERASE_UNSEALED] {
        erased += tx.execute_as(tenant, statement, store::params![target, PERSON_DELETED, ENTRY_ERASED]).await?;
    }
    Ok(erased)
}
