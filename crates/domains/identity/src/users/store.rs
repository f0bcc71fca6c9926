//! Rows of users and their identifiers. No decisions.

use kernel::{Id, Page, PageRequest};
use serde_json::Value as Json;
use store::{Query, Row, Statement, StoreError, Tx, listing, params, sql};

use super::{
    User, UserState,
    input::{UserFilter, UserKey},
    model::{Email, Metadata, Phone, Profile},
};
use crate::identifiers::{Contact, EmailAddress, PhoneNumber, Username};

/// What [`user_at`] reads.
macro_rules! user_columns {
    () => {
        "u.id, u.version, u.state, e.address, e.verified_at, p.number, p.verified_at, u.username, u.external_id,
         u.name, u.given_name, u.family_name, u.picture, u.locale,
         u.public_metadata, u.private_metadata, u.unsafe_metadata, u.created_at, u.updated_at, u.last_sign_in_at, u.is_anonymous,
         u.has_holdings"
    };
}

/// The tables that `user_columns` names, behind one that names the user `u`.
macro_rules! user_joins {
    () => {
        " left join user_emails e on e.tenant_id = u.tenant_id and e.user_id = u.id and e.is_primary
          left join user_phones p on p.tenant_id = u.tenant_id and p.user_id = u.id and p.is_primary"
    };
}

macro_rules! select_users {
    ($where:literal) => {
        concat!("select ", user_columns!(), " from users u", user_joins!(), " where u.tenant_id = $1", $where)
    };
}

pub(crate) use {user_columns, user_joins};

sql! {
    FIND = select_users!(" and u.id = $2");
    FIND_BY_EMAIL = select_users!(" and u.id = (select user_id from user_emails where tenant_id = $1 and address_key = $2)");
    FIND_BY_PHONE = select_users!(" and u.id = (select user_id from user_phones where tenant_id = $1 and number = $2)");
    FIND_BY_USERNAME = select_users!(" and u.username_key = $2");
    FIND_BY_EXTERNAL_ID = select_users!(" and u.external_id = $2");
    INSERT = "insert into users (tenant_id, id, version, state, username, username_key, external_id, name, name_key, given_name, family_name,
                                 picture, locale, public_metadata, private_metadata, unsafe_metadata, created_at, updated_at,
                                 is_anonymous)
              values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";
    UPDATE = "update users
              set version = $4, state = $5, username = $6, username_key = $7, external_id = $8, name = $9, name_key = $10, given_name = $11,
                  family_name = $12, picture = $13, locale = $14, public_metadata = $15, private_metadata = $16, unsafe_metadata = $17,
                  updated_at = $18, is_anonymous = $19
              where tenant_id = $1 and id = $2 and version = $3";
    DELETE = "delete from users where tenant_id = $1 and id = $2";
    INSERT_EMAIL = "insert into user_emails (tenant_id, user_id, address, address_key, is_primary, verified_at, created_at)
                    values ($1, $2, $3, $4, true, $5, $6)";
    CLAIM_EMAIL = "insert into user_emails (tenant_id, user_id, address, address_key, is_primary, verified_at, created_at)
                   values ($1, $2, $3, $4, true, $5, $6)
                   on conflict (tenant_id, address_key) do nothing";
    DELETE_EMAIL = "delete from user_emails where tenant_id = $1 and user_id = $2 and is_primary";
    INSERT_PHONE = "insert into user_phones (tenant_id, user_id, number, is_primary, verified_at, created_at)
                    values ($1, $2, $3, true, $4, $5)";
    CLAIM_PHONE = "insert into user_phones (tenant_id, user_id, number, is_primary, verified_at, created_at)
                   values ($1, $2, $3, true, $4, $5)
                   on conflict (tenant_id, number) do nothing";
    DELETE_PHONE = "delete from user_phones where tenant_id = $1 and user_id = $2 and is_primary";
    // Changes nothing: whoever else would change what hangs on this person waits here.
    HOLD = "update users set version = version where tenant_id = $1 and id = $2";
    NOTE_HOLDINGS = "update users set has_holdings = true where tenant_id = $1 and id = $2";
    SIGNED_IN = "update users set last_sign_in_at = $3 where tenant_id = $1 and id = $2";
}

listing! {
    USERS = {
        select: select_users!(""),
        filters: {
            // By prefix, over what an administrator types; U+10FFFF ends the range of texts that begin with it.
            text: "u.id in (select user_id from user_emails where tenant_id = $1 and address_key >= ? and address_key < (? || '\u{10FFFF}')
                            union all select id from users where tenant_id = $1 and username_key >= ? and username_key < (? || '\u{10FFFF}')
                            union all select id from users where tenant_id = $1 and name_key >= ? and name_key < (? || '\u{10FFFF}')
                            union all select user_id from user_phones where tenant_id = $1 and number >= ? and number < (? || '\u{10FFFF}'))",
            email: "u.id in (select user_id from user_emails where tenant_id = $1 and address_key = ?)",
            phone: "u.id in (select user_id from user_phones where tenant_id = $1 and number = ?)",
            username: "u.username_key = ?",
            external_id: "u.external_id = ?",
            state: "u.state = ?",
            // Tables of `access`, over which this domain has no other word: a page of users, newest first, is one statement or none.
            role: "u.id in (select h.user_id from role_holders h join roles r on r.tenant_id = h.tenant_id and r.id = h.role_id
                            where h.tenant_id = $1 and r.name = ?
                            union all select m.user_id from roles r
                            join group_roles g on g.tenant_id = r.tenant_id and g.role_id = r.id
                            join group_members m on m.tenant_id = g.tenant_id and m.group_id = g.group_id
                            where r.tenant_id = $1 and r.name = ?)",
            organization_id: "u.id in (select user_id from organization_members where tenant_id = $1 and organization_id = ?)",
            group_id: "u.id in (select user_id from group_members where tenant_id = $1 and group_id = ?)",
            created_from: "u.created_at >= ?",
            created_to: "u.created_at < ?",
        },
        order: "u.created_at desc, u.id desc",
        keyset: "(u.created_at, u.id) < (?, ?)",
    };
}

pub(crate) async fn find(db: &impl Query, id: Id<User>) -> Result<Option<User>, StoreError> {
    db.one(&FIND, params![id], user).await
}

/// The row is held still until the transaction ends.
pub(crate) async fn hold(tx: &Tx, id: Id<User>) -> Result<(), StoreError> {
    tx.execute(&HOLD, params![id]).await.map(drop)
}

/// The row is held still until the transaction ends; `false` where there is none.
pub(crate) async fn note_holdings(tx: &Tx, id: Id<User>) -> Result<bool, StoreError> {
    Ok(tx.execute(&NOTE_HOLDINGS, params![id]).await? == 1)
}

pub(crate) async fn find_by_email(db: &impl Query, email: &EmailAddress) -> Result<Option<User>, StoreError> {
    db.one(&FIND_BY_EMAIL, params![email.key()], user).await
}

pub(crate) async fn find_by_phone(db: &impl Query, phone: &PhoneNumber) -> Result<Option<User>, StoreError> {
    db.one(&FIND_BY_PHONE, params![phone.as_str()], user).await
}

pub(crate) async fn find_by_username(db: &impl Query, username: &Username) -> Result<Option<User>, StoreError> {
    db.one(&FIND_BY_USERNAME, params![username.key()], user).await
}

/// By the application's own id for the person, byte for byte.
pub async fn find_by_external_id(db: &impl Query, external_id: &str) -> Result<Option<User>, StoreError> {
    db.one(&FIND_BY_EXTERNAL_ID, params![external_id], user).await
}

pub(crate) async fn find_by_contact(db: &impl Query, contact: &Contact) -> Result<Option<User>, StoreError> {
    match contact {
        Contact::Email(email) => find_by_email(db, email).await,
        Contact::Phone(phone) => find_by_phone(db, phone).await,
    }
}

pub(crate) async fn page(
    db: &impl Query,
    filter: &UserFilter,
    request: &PageRequest<UserKey>,
) -> Result<Page<User, UserKey>, StoreError> {
    let mut query = USERS.query().limit(request.fetch());
    if let Some(text) = &filter.text {
        query = query.filter("text", text);
    }
    if let Some(email) = &filter.email {
        query = query.filter("email", email.key());
    }
    if let Some(phone) = &filter.phone {
        query = query.filter("phone", phone.as_str());
    }
    if let Some(username) = &filter.username {
        query = query.filter("username", username);
    }
    if let Some(external_id) = &filter.external_id {
        query = query.filter("external_id", external_id);
    }
    if let Some(state) = filter.state {
        query = query.filter("state", state.as_str());
    }
    if let Some(role) = &filter.role {
        query = query.filter("role", role);
    }
    if let Some(organization) = filter.organization {
        query = query.filter("organization_id", organization);
    }
    if let Some(group) = filter.group {
        query = query.filter("group_id", group);
    }
    if let Some(from) = filter.created_from {
        query = query.filter("created_from", from);
    }
    if let Some(to) = filter.created_to {
        query = query.filter("created_to", to);
    }
    if let Some((created_at, id)) = request.after {
        query = query.after(params![created_at, id]);
    }
    let rows = db.list(query, user).await?;
    Ok(request.page(rows, |user| (user.created_at.as_micros(), user.id)))
}

pub(crate) async fn insert(tx: &Tx, user: &User) -> Result<(), StoreError> {
    insert_row(tx, user).await?;
    insert_email(tx, &INSERT_EMAIL, user).await?;
    insert_phone(tx, &INSERT_PHONE, user).await?;
    Ok(())
}

/// Insert unless the email address or phone number is somebody's; `false` where it is. Either way about the same is written, so
/// that the time tells nothing, and of two at once the database lets one through.
pub(crate) async fn insert_if_free(tx: &Tx, user: &User) -> Result<bool, StoreError> {
    insert_row(tx, user).await?;
    let is_free = insert_email(tx, &CLAIM_EMAIL, user).await? && insert_phone(tx, &CLAIM_PHONE, user).await?;
    if !is_free {
        delete(tx, user.id).await?;
    }
    Ok(is_free)
}

/// Save a guest who becomes somebody, unless the email address or phone number is somebody's; `false` where it is.
pub(crate) async fn save_if_free(tx: &Tx, before: &User, after: &User) -> Result<bool, StoreError> {
    let is_free = insert_email(tx, &CLAIM_EMAIL, after).await? && insert_phone(tx, &CLAIM_PHONE, after).await?;
    if !is_free {
        return Ok(false);
    }
    // What was claimed must not stay with a row that says otherwise.
    let faster = || StoreError::Serialization("a guest changed meanwhile".to_owned());
    if save_row(tx, before, after).await? { Ok(true) } else { Err(faster()) }
}

async fn insert_row(tx: &Tx, user: &User) -> Result<(), StoreError> {
    let profile = &user.profile;
    tx.execute(
        &INSERT,
        params![
            user.id,
            user.version,
            user.state.as_str(),
            &user.username,
            key(user.username.as_deref()),
            &user.external_id,
            &profile.name,
            key(profile.name.as_deref()),
            &profile.given_name,
            &profile.family_name,
            &profile.picture,
            &profile.locale,
            metadata_text(&user.public_metadata),
            metadata_text(&user.private_metadata),
            metadata_text(&user.unsafe_metadata),
            user.created_at,
            user.updated_at,
            user.is_anonymous
        ],
    )
    .await
    .map(drop)
}

/// Save a changed user over the version it was made from; `false` where someone else was faster.
pub(crate) async fn save(tx: &Tx, before: &User, after: &User) -> Result<bool, StoreError> {
    if !save_row(tx, before, after).await? {
        return Ok(false);
    }
    if before.primary_email != after.primary_email {
        tx.execute(&DELETE_EMAIL, params![after.id]).await?;
        insert_email(tx, &INSERT_EMAIL, after).await?;
    }
    if before.primary_phone != after.primary_phone {
        tx.execute(&DELETE_PHONE, params![after.id]).await?;
        insert_phone(tx, &INSERT_PHONE, after).await?;
    }
    Ok(true)
}

async fn save_row(tx: &Tx, before: &User, after: &User) -> Result<bool, StoreError> {
    let profile = &after.profile;
    let saved = tx
        .execute(
            &UPDATE,
            params![
                after.id,
                before.version,
                after.version,
                after.state.as_str(),
                &after.username,
                key(after.username.as_deref()),
                &after.external_id,
                &profile.name,
                key(profile.name.as_deref()),
                &profile.given_name,
                &profile.family_name,
                &profile.picture,
                &profile.locale,
                metadata_text(&after.public_metadata),
                metadata_text(&after.private_metadata),
                metadata_text(&after.unsafe_metadata),
                after.updated_at,
                after.is_anonymous
            ],
        )
        .await?;
    Ok(saved == 1)
}

/// Everything that hangs on the row goes with it.
pub(crate) async fn delete(tx: &Tx, id: Id<User>) -> Result<bool, StoreError> {
    Ok(tx.execute(&DELETE, params![id]).await? == 1)
}

pub(crate) async fn note_sign_in(tx: &Tx, id: Id<User>, now: kernel::Timestamp) -> Result<(), StoreError> {
    tx.execute(&SIGNED_IN, params![id, now]).await.map(drop)
}

/// `false` where the statement found the address taken; a user without one takes nothing from anybody.
async fn insert_email(tx: &Tx, statement: &'static Statement, user: &User) -> Result<bool, StoreError> {
    let Some(email) = &user.primary_email else { return Ok(true) };
    // The stored address was parsed when it came in, so its key can be made again.
    let parsed: EmailAddress =
        email.address.parse().map_err(|_| StoreError::Internal("a stored email address does not parse".to_owned()))?;
    let values = params![user.id, &email.address, parsed.key(), email.verified_at, user.updated_at];
    Ok(tx.execute(statement, values).await? == 1)
}

async fn insert_phone(tx: &Tx, statement: &'static Statement, user: &User) -> Result<bool, StoreError> {
    let Some(phone) = &user.primary_phone else { return Ok(true) };
    let values = params![user.id, &phone.number, phone.verified_at, user.updated_at];
    Ok(tx.execute(statement, values).await? == 1)
}

/// Case-folded for search and uniqueness; usernames are ASCII, names are only searched.
fn key(text: Option<&str>) -> Option<String> {
    text.map(str::to_lowercase)
}

/// Metadata as a row keeps it.
pub fn metadata_text(metadata: &Metadata) -> String {
    serde_json::to_string(metadata).unwrap_or_else(|_| "{}".to_owned())
}

fn user(row: &Row<'_>) -> Result<User, StoreError> {
    user_at(row, 0)
}

/// The user whose columns begin at `at`.
pub(crate) fn user_at(row: &Row<'_>, at: usize) -> Result<User, StoreError> {
    let email = row.get::<Option<String>>(at + 3)?;
    let phone = row.get::<Option<String>>(at + 5)?;
    Ok(User {
        id: row.get(at)?,
        version: row.get(at + 1)?,
        state: row.named(at + 2, "a user state", UserState::from_name)?,
        primary_email: match email {
            Some(address) => Some(Email { address, verified_at: row.get(at + 4)? }),
            None => None,
        },
        primary_phone: match phone {
            Some(number) => Some(Phone { number, verified_at: row.get(at + 6)? }),
            None => None,
        },
        username: row.get(at + 7)?,
        external_id: row.get(at + 8)?,
        profile: Profile {
            name: row.get(at + 9)?,
            given_name: row.get(at + 10)?,
            family_name: row.get(at + 11)?,
            picture: row.get(at + 12)?,
            locale: row.get(at + 13)?,
        },
        public_metadata: metadata_at(row, at + 14)?,
        private_metadata: metadata_at(row, at + 15)?,
        unsafe_metadata: metadata_at(row, at + 16)?,
        created_at: row.get(at + 17)?,
        updated_at: row.get(at + 18)?,
        last_sign_in_at: row.get(at + 19)?,
        is_anonymous: row.get(at + 20)?,
        has_holdings: row.get(at + 21)?,
    })
}

/// Metadata out of a row.
pub fn metadata_at(row: &Row<'_>, column: usize) -> Result<Metadata, StoreError> {
    match serde_json::from_str(&row.get::<String>(column)?) {
        Ok(Json::Object(map)) => Ok(map),
        _ => Err(StoreError::corrupt(column, "a JSON object")),
    }
}
