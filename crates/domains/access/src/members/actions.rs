//! Coming into an organization, changing in it, leaving it.

use ::store::Tx;
use edge::{Context, Failure};
use identity::{
    holdings::{self, Rank},
    users::UserId,
};
use kernel::{Page, PageRequest, Refusal};
use tenancy::settings_of;

use super::{
    MOST_ROLES,
    error::MemberError,
    event::{MemberRemoved, MemberUpdated},
    model::{Member, must_keep_owner},
    store,
};
use crate::{
    organizations::{
        OrganizationError,
        authority::Act,
        joining::{give, join, owned},
        named,
        seat::Seat,
        store as organizations,
    },
    roles::{self, Role},
};

/// Somebody who is to be in an organization.
pub(super) struct NewMember {
    pub(super) user_id: UserId,
    pub(super) rank: Rank,
    pub(super) roles: Vec<String>,
}

/// What to change about a member.
pub(super) struct MemberChanges {
    pub(super) rank: Option<Rank>,
    pub(super) roles: Option<Vec<String>>,
}

pub(super) async fn list(
    cx: &Context,
    seat: &Seat,
    rank: Option<Rank>,
    request: &PageRequest<UserId>,
) -> Result<Page<Member, UserId>, Failure> {
    seat.must(Act::See)?;
    Ok(store::page(&cx.read(), seat.organization.id, rank, request).await?)
}

pub(super) async fn add(cx: &Context, seat: &Seat, new: NewMember) -> Result<Member, Failure> {
    seat.must(Act::Add(new.rank))?;
    if seat.member.is_some() && !settings_of(cx.tenant()).organizations.user_adds_members {
        return Err(MemberError::InvitationRequired.into());
    }
    let id = seat.organization.id;
    let roles = roles_to_give(cx, seat, &new.roles, &[]).await?;
    let tx = cx.tx().await?;
    if !holdings::note(tx, new.user_id).await? {
        return Err(MemberError::UnknownUser.into());
    }
    join(cx, id, new.user_id, new.rank, &roles).await?;
    seat.still(tx, Act::Add(new.rank)).await?;
    Ok(store::find(tx, id, new.user_id).await?.ok_or_else(Refusal::not_found)?)
}

/// A change that changes nothing is no change: no new version, no event.
pub(super) async fn update(cx: &Context, seat: &Seat, user: UserId, changes: MemberChanges) -> Result<Member, Failure> {
    let id = seat.organization.id;
    let before = store::find(&cx.read(), id, user).await?.ok_or_else(Refusal::not_found)?;
    cx.expect_version(before.version)?;
    let rank = changes.rank.unwrap_or(before.rank);
    seat.must(Act::Promote { from: before.rank, to: rank })?;
    let roles = match changes.roles {
        Some(names) => Some(roles_to_give(cx, seat, &names, &before.roles).await?),
        None => None,
    };
    let mut names = roles.as_ref().map_or_else(|| before.roles.clone(), |roles| names_of(roles));
    names.sort();
    if (rank, &names) == (before.rank, &before.roles) {
        return Ok(before);
    }
    let tx = cx.tx().await?;
    if !organizations::hold(tx, id).await? {
        return Err(Refusal::not_found().into());
    }
    seat.still(tx, Act::Promote { from: before.rank, to: rank }).await?;
    must_keep_owner(before.rank, Some(rank), store::other_owners(tx, id, user).await?)?;
    if !store::update(tx, id, &before, rank, cx.now()).await? {
        return Err(MemberError::Changed.into());
    }
    must_own_no_more(cx, seat, tx, user).await?;
    if let Some(roles) = roles {
        store::take_all(tx, id, user).await?;
        give(tx, id, user, &roles).await?;
    }
    tx.emit(&MemberUpdated { organization_id: id, user_id: user, rank, roles: names.clone() });
    Ok(Member { version: before.version + 1, rank, roles: names, updated_at: cx.now(), ..before })
}

/// An end user makes nobody own more than the application lets a person found.
async fn must_own_no_more(cx: &Context, seat: &Seat, tx: &Tx, user: UserId) -> Result<(), Failure> {
    let most = i64::from(settings_of(cx.tenant()).organizations.max_owned);
    if seat.member.is_some() && owned(tx, user).await? > most { Err(OrganizationError::TooMany.into()) } else { Ok(()) }
}

/// They lose it at once: sessions of theirs that act in it act for themselves alone from now on.
pub(super) async fn remove(cx: &Context, seat: &Seat, user: UserId) -> Result<(), Failure> {
    let id = seat.organization.id;
    let before = store::find(&cx.read(), id, user).await?.ok_or_else(Refusal::not_found)?;
    let leaves = seat.member.is_some_and(|seated| seated.user_id == user);
    let act = if leaves { Act::Leave } else { Act::Remove(before.rank) };
    seat.must(act)?;
    let tx = cx.tx().await?;
    if !organizations::hold(tx, id).await? {
        return Err(Refusal::not_found().into());
    }
    seat.still(tx, act).await?;
    must_keep_owner(before.rank, None, store::other_owners(tx, id, user).await?)?;
    if !store::delete(tx, id, &before).await? {
        return Err(MemberError::Changed.into());
    }
    holdings::leave(tx, named(id), user).await?;
    tx.emit(&MemberRemoved { organization_id: id, user_id: user });
    Ok(())
}

/// The roles of these names, if whoever acts may give those that the member doesn't have yet: an owner any, an admin what they hold there
/// themselves.
async fn roles_to_give(cx: &Context, seat: &Seat, names: &[String], had: &[String]) -> Result<Vec<Role>, Failure> {
    if names.len() > MOST_ROLES {
        return Err(MemberError::TooManyRoles.into());
    }
    let roles = roles::within_organizations(cx, names).await?;
    let is_confined = seat.member.filter(|seated| seated.rank != Rank::Owner);
    let Some(caller) = is_confined.and(cx.session()) else { return Ok(roles) };
    let held = holdings::of_caller(cx, caller).await?.in_organization(named(seat.organization.id));
    let holds = |word: &String| held.as_ref().is_some_and(|held| held.permissions.contains(word));
    for role in roles.iter().filter(|role| !had.contains(&role.name)) {
        if !role.permissions().iter().all(holds) {
            return Err(MemberError::RoleNotHeld { name: role.name.clone() }.into());
        }
    }
    Ok(roles)
}

fn names_of(roles: &[Role]) -> Vec<String> {
    roles.iter().map(|role| role.name.clone()).collect()
}
