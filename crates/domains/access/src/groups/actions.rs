//! Making, changing and filling groups.

use ::store::StoreError;
use edge::{Context, Failure};
use identity::{holdings, users::UserId, users::line};
use kernel::{Patch, Refusal};
use tenancy::{Permissions, settings_of};

use super::{
    Group, MOST, MOST_HELD,
    error::GroupError,
    event::{GroupCreated, GroupDeleted, GroupMemberAdded, GroupMemberRemoved, GroupUpdated},
    store,
};
use crate::{
    grant,
    slug::{SLUG, is_slug},
};

/// A group that is to be.
pub(super) struct NewGroup {
    pub(super) slug: String,
    pub(super) name: Patch<String>,
    pub(super) description: Patch<String>,
    pub(super) scopes: Vec<String>,
}

/// What to change about a group.
pub(super) struct GroupChanges {
    pub(super) name: Patch<String>,
    pub(super) description: Patch<String>,
    pub(super) scopes: Option<Vec<String>>,
}

const MAX_NAME: usize = 200;
const MAX_DESCRIPTION: usize = 500;

pub(super) async fn create(cx: &Context, new: NewGroup) -> Result<Group, Failure> {
    if !is_slug(&new.slug) {
        return Err(Refusal::validation("slug", "invalid", SLUG).into());
    }
    let group = Group {
        id: cx.new_id(),
        version: 1,
        name: line("name", new.name, MAX_NAME)?.apply(None).unwrap_or_else(|| new.slug.clone()),
        description: line("description", new.description, MAX_DESCRIPTION)?.apply(None),
        scopes: scopes(cx, &new.scopes, "").await?,
        slug: new.slug,
        created_at: cx.now(),
        updated_at: cx.now(),
    };
    let tx = cx.tx().await?;
    if store::count(tx).await? >= MOST {
        return Err(GroupError::TooMany.into());
    }
    store::insert(tx, &group).await.map_err(GroupError::from)?;
    tx.emit(&GroupCreated { group_id: group.id, slug: group.slug.clone(), scopes: group.scopes() });
    Ok(group)
}

/// A change that changes nothing is no change: no new version, no event.
pub(super) async fn update(cx: &Context, before: Group, changes: GroupChanges) -> Result<Group, Failure> {
    cx.expect_version(before.version)?;
    let name = line("name", changes.name, MAX_NAME)?;
    let mut after = Group {
        name: name.apply(Some(before.name.clone())).unwrap_or_else(|| before.slug.clone()),
        description: line("description", changes.description, MAX_DESCRIPTION)?.apply(before.description.clone()),
        ..before.clone()
    };
    if let Some(words) = changes.scopes {
        after.scopes = scopes(cx, &words, &before.scopes).await?;
    }
    if after == before {
        return Ok(before);
    }
    (after.version, after.updated_at) = (before.version + 1, cx.now());
    let tx = cx.tx().await?;
    if !store::update(tx, before.version, &after).await? {
        return Err(GroupError::Changed.into());
    }
    tx.emit(&GroupUpdated { group_id: after.id, slug: after.slug.clone(), scopes: after.scopes() });
    Ok(after)
}

/// An empty one alone: whoever is in it would lose what it gives without a word.
pub(super) async fn delete(cx: &Context, group: Group) -> Result<(), Failure> {
    cx.expect_version(group.version)?;
    let tx = cx.tx().await?;
    if !store::hold(tx, group.id).await? {
        return Err(Refusal::not_found().into());
    }
    if store::uses(tx, group.id).await? != (0, 0) {
        return Err(GroupError::InUse.into());
    }
    if !store::delete(tx, &group).await? {
        return Err(GroupError::Changed.into());
    }
    tx.emit(&GroupDeleted { group_id: group.id, slug: group.slug });
    Ok(())
}

/// Whoever is added holds what the group gives: so must who adds them. Adding twice is no error.
pub(super) async fn add(cx: &Context, group: &Group, user: UserId) -> Result<(), Failure> {
    if store::has(&cx.read(), group.id, user).await? {
        return Ok(());
    }
    let gives = store::gives(&cx.read(), group.id).await?;
    let words = gives.iter().map(String::as_str).chain([group.scopes.as_str()]);
    grant::must_hold(cx, words).await?;
    let tx = cx.tx().await?;
    if !store::hold(tx, group.id).await? {
        return Err(Refusal::not_found().into());
    }
    // It gives more since it was looked at: whether the caller may was not asked.
    if store::gives(tx, group.id).await? != gives {
        return Err(StoreError::Serialization("a group's roles and its members, set at once".to_owned()).into());
    }
    if !holdings::note(tx, user).await? {
        return Err(GroupError::UnknownUser.into());
    }
    if !store::add(tx, group.id, user, cx.now()).await? {
        return Ok(());
    }
    if store::count_of_user(tx, user).await? > MOST_HELD {
        return Err(GroupError::TooManyHeld.into());
    }
    tx.emit(&GroupMemberAdded { group_id: group.id, user_id: user });
    Ok(())
}

pub(super) async fn remove(cx: &Context, group: &Group, user: UserId) -> Result<(), Failure> {
    let tx = cx.tx().await?;
    if !store::remove(tx, group.id, user).await? {
        return Err(Refusal::not_found().into());
    }
    tx.emit(&GroupMemberRemoved { group_id: group.id, user_id: user });
    Ok(())
}

/// The scopes as they are kept: those that the tenant has registered, and permissions of this server that the caller holds. `before` are
/// those that the group has: what is gone from the settings since may stay.
async fn scopes(cx: &Context, words: &[String], before: &str) -> Result<String, Failure> {
    if words.len() > grant::MOST_WORDS {
        return Err(Refusal::validation("scopes", "too_many", format!("{} at most.", grant::MOST_WORDS)).into());
    }
    let registered = &settings_of(cx.tenant()).oauth.scopes;
    let is_known = |word: &str| {
        if grant::is_own(word) {
            return cx.part::<Permissions>().contains(word);
        }
        registered.iter().any(|scope| scope.name == word) || before.split(' ').any(|old| old == word)
    };
    if let Some(index) = words.iter().position(|word| !is_known(word)) {
        let message = "A scope of the tenant's settings, or a permission of this server.";
        return Err(Refusal::validation(format!("scopes.{index}"), "unknown", message).into());
    }
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.sort_unstable();
    words.dedup();
    let text = words.join(" ");
    grant::must_hold(cx, [text.as_str()]).await?;
    Ok(text)
}
