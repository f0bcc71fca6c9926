//! Who somebody is, and all that their sign-in is judged by: one read for a door that has nothing but an address or an id.

use edge::{Context, Failure};
use store::{Query, Statement, params, sql};

use crate::{
    factors::{Held, held_rows},
    identifiers::Contact,
    risk::{Seen, seen_rows},
    users::{
        User, UserId,
        store::{user_at, user_columns, user_joins},
    },
};

/// Columns of the user, which stand before the others.
const USER: usize = 22;

/// A user, and what is known of an attempt to be let in as that user.
pub(crate) struct Known {
    pub(crate) user: User,
    pub(crate) seen: Seen,
    pub(crate) held: Held,
}

/// The user is repeated on each row, and has one where nothing is known.
macro_rules! known {
    ($user:literal) => {
        concat!(
            "select ",
            user_columns!(),
            ", x.id, x.kind, x.name, x.address, x.since, x.last, x.number, x.other from users u",
            user_joins!(),
            " left join (",
            held_rows!($user),
            " union all ",
            seen_rows!($user),
            ") x on true
                 where u.tenant_id = $1 and u.id = ",
            $user,
            " order by x.since, x.id"
        )
    };
}

sql! {
    KNOWN = known!("$2");
    KNOWN_BY_EMAIL = known!("(select user_id from user_emails where tenant_id = $1 and address_key = $2)");
    KNOWN_BY_PHONE = known!("(select user_id from user_phones where tenant_id = $1 and number = $2)");
}

/// What is known of this user.
pub(super) async fn of(cx: &Context, user: UserId) -> Result<Option<Known>, Failure> {
    read(cx, &KNOWN, user.into()).await
}

/// What is known of whoever has this address now.
pub(crate) async fn by_contact(cx: &Context, contact: &Contact) -> Result<Option<Known>, Failure> {
    match contact {
        Contact::Email(email) => read(cx, &KNOWN_BY_EMAIL, email.key().into()).await,
        Contact::Phone(phone) => read(cx, &KNOWN_BY_PHONE, phone.as_str().into()).await,
    }
}

async fn read(cx: &Context, statement: &'static Statement, user: store::Value<'_>) -> Result<Option<Known>, Failure> {
    let (mut seen, mut held) = (Seen::begin(cx, None), Held::default());
    let [pair, account, network] = seen.sought();
    let mut found = None;
    cx.read()
        .all(statement, params![user, pair, account, network], |row| {
            if found.is_none() {
                found = Some(user_at(row, 0)?);
            }
            if row.get::<Option<String>>(USER + 1)?.is_some() && !held.take(row, USER)? {
                seen.take(row, USER)?;
            }
            Ok(())
        })
        .await?;
    Ok(found.map(|user| Known { user, seen, held }))
}
