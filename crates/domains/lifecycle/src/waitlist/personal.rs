//! Whose an entry is: what leaves with a person's export and goes with the person.
//!
//! Theirs is the entry that they redeemed, and one that nobody has redeemed and that waits under an address which is proven to be
//! theirs: they may have got an account by another door. An address that nobody has proven claims no entry: anybody could have typed
//! it, to read what somebody else has said of themselves or to take them off the list. An administrator who knows better says so
//! with `email_verified`.

use edge::{Export, Merge, PersonalColumn, PersonalData};
use identity::users::{ErasesAlong, UserId};
use kernel::Id;
use store::{Query, StoreError, Tx, params, sql};

use super::{WaitlistEntry, event::WaitlistErased};

/// The ids of a person's entries. Over `user_emails` this domain has no other word, and both tables keep an address under the same
/// key. A redeemed entry stays with whom it became, though somebody else has the address by now.
macro_rules! theirs {
    () => {
        "(select id from waitlist_entries where tenant_id = $1 and user_id = $2
          union all
          select w.id
          from user_emails e join waitlist_entries w on w.tenant_id = e.tenant_id and w.email_key = e.address_key
          where e.tenant_id = $1 and e.user_id = $2 and e.verified_at is not null and w.user_id is null)"
    };
}

sql! {
    EXPORT = concat!(
        "select email, name, locale, state, created_at, decided_at
         from waitlist_entries
         where tenant_id = $1 and id in ", theirs!(), " limit 10001");
    MOVE = "update waitlist_entries set user_id = $3 where tenant_id = $1 and user_id = $2";
    ERASE = concat!("delete from waitlist_entries where tenant_id = $1 and id in ", theirs!(), " returning id");
}

const COLUMNS: &[(&str, PersonalColumn)] = &[
    ("email", PersonalColumn::Text),
    ("name", PersonalColumn::Text),
    ("locale", PersonalColumn::Text),
    ("state", PersonalColumn::Text),
    ("created_at", PersonalColumn::Time),
    ("decided_at", PersonalColumn::Time),
];

/// In a merge the entries that are known by an address follow it by themselves.
pub(crate) const PERSONAL: PersonalData = PersonalData {
    table: "waitlist_entries",
    export: Export::Rows { section: "waitlist_entries", columns: COLUMNS, select: &EXPORT },
    merge: Merge::Move(&MOVE),
};

/// What `identity` calls when a person is erased.
pub const ERASES: ErasesAlong = |tx, user| Box::pin(erase(tx, user));

async fn erase(tx: &Tx, user: UserId) -> Result<(), StoreError> {
    let erased = tx.all(&ERASE, params![user], |row| row.get::<Id<WaitlistEntry>>(0)).await?;
    for entry_id in erased {
        tx.emit(&WaitlistErased { entry_id });
    }
    Ok(())
}
