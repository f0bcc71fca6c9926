//! Making, changing and deleting organizations, and acting in one.

use edge::{CanOrSelf, Context, Failure};
use identity::{
    holdings::{self, Rank},
    sessions::{self, Opened},
    users::{Metadata, UserId, is_too_large, line, picture},
};
use kernel::{Id, Page, PageRequest, Patch, Permission, Refusal, ports::SessionCaller};
use tenancy::{settings::MfaPolicy, settings_of};

use super::{
    Organization, OrganizationError, OrganizationId,
    authority::Act,
    event::{
        OrganizationActivated, OrganizationCreated, OrganizationDeactivated, OrganizationDeleted, OrganizationUpdated,
    },
    joining,
    model::slug_of,
    named,
    seat::{Seat, must_be_strong_enough},
    store,
};
use crate::slug::{SLUG, is_slug};

const MAX_NAME: usize = 200;

/// What is said of an organization: to create it, or to change it.
#[derive(Default)]
pub(super) struct OrganizationChanges {
    pub(super) name: Patch<String>,
    pub(super) slug: Patch<String>,
    pub(super) logo_url: Patch<String>,
    pub(super) public_metadata: Patch<Metadata>,
    pub(super) private_metadata: Patch<Metadata>,
    pub(super) mfa_required: Option<bool>,
}

/// Which organizations to list.
#[derive(Default)]
pub(super) struct OrganizationFilter {
    pub(super) text: Option<String>,
    pub(super) user: Option<UserId>,
}

/// An end user sees their own.
pub(super) async fn list(
    cx: &CanOrSelf<impl Permission>,
    filter: OrganizationFilter,
    request: &PageRequest<OrganizationId>,
) -> Result<Page<Organization, OrganizationId>, Failure> {
    let user = match cx.confined_to().map(|caller| Id::from_uuid(caller.user_id)) {
        Some(own) if filter.user.is_some_and(|named| named != own) => return Err(Refusal::not_found().into()),
        Some(own) => Some(own),
        None => filter.user,
    };
    Ok(store::page(&cx.read(), filter.text.as_deref(), user, request).await?)
}

/// An end user owns what they create, where the application lets them.
pub(super) async fn create(
    cx: &CanOrSelf<impl Permission>,
    changes: OrganizationChanges,
    owner: Option<UserId>,
) -> Result<Organization, Failure> {
    let settings = &settings_of(cx.tenant()).organizations;
    let owner = match cx.confined_to() {
        None => owner,
        Some(_) if owner.is_some() => return Err(OrganizationError::ApplicationOnly { field: "owner_id" }.into()),
        // A guest is nobody yet, and there are as many as anybody likes.
        Some(_) if !settings.user_creation || !identity::is_somebody(cx)? => {
            return Err(OrganizationError::CreationClosed.into());
        }
        Some(caller) => Some(Id::from_uuid(caller.user_id)),
    };
    if cx.confined_to().is_some() && changes.private_metadata.is_present() {
        return Err(OrganizationError::ApplicationOnly { field: "private_metadata" }.into());
    }
    let is_named = matches!(changes.slug, Patch::Value(_));
    let blank = Organization {
        id: cx.new_id(),
        version: 1,
        name: String::new(),
        slug: String::new(),
        logo_url: None,
        public_metadata: Metadata::default(),
        private_metadata: Metadata::default(),
        mfa_required: false,
        created_at: cx.now(),
        updated_at: cx.now(),
    };
    let mut organization = changed(cx, blank, changes)?;
    let tx = cx.tx().await?;
    if !is_named && store::has_slug(tx, &organization.slug).await? {
        let [a, b, c, d]: [u8; 4] = cx.env().random();
        organization.slug = format!("{}-{a:02x}{b:02x}{c:02x}{d:02x}", organization.slug);
    }
    store::insert(tx, &organization).await.map_err(OrganizationError::from)?;
    tx.emit(&OrganizationCreated {
        organization_id: organization.id,
        name: organization.name.clone(),
        slug: organization.slug.clone(),
        mfa_required: organization.mfa_required,
        owner_id: owner,
    });
    if let Some(owner) = owner {
        let most = cx.confined_to().map(|_| settings.max_owned);
        found(cx, &organization, owner, most).await?;
    }
    Ok(organization)
}

/// The first owner.
async fn found(
    cx: &Context,
    organization: &Organization,
    owner: UserId,
    max_owned: Option<u32>,
) -> Result<(), Failure> {
    let tx = cx.tx().await?;
    if !holdings::note(tx, owner).await? {
        return Err(OrganizationError::UnknownOwner.into());
    }
    joining::join(cx, organization.id, owner, Rank::Owner, &[]).await?;
    match max_owned {
        Some(most) if joining::owned(tx, owner).await? > i64::from(most) => Err(OrganizationError::TooMany.into()),
        _ => Ok(()),
    }
}

/// A change that changes nothing is no change: no new version, no event.
pub(super) async fn update(cx: &Context, seat: Seat, changes: OrganizationChanges) -> Result<Organization, Failure> {
    cx.expect_version(seat.organization.version)?;
    seat.must(Act::Change)?;
    if changes.mfa_required.is_some_and(|required| required != seat.organization.mfa_required) {
        seat.must(Act::Secure)?;
    }
    if changes.private_metadata.is_present() {
        seat.must_be_application("private_metadata")?;
    }
    let before = seat.organization;
    let mut after = changed(cx, before.clone(), changes)?;
    if after == before {
        return Ok(before);
    }
    (after.version, after.updated_at) = (before.version + 1, cx.now());
    let tx = cx.tx().await?;
    if !store::update(tx, before.version, &after).await.map_err(OrganizationError::from)? {
        return Err(OrganizationError::Changed.into());
    }
    tx.emit(&OrganizationUpdated {
        organization_id: after.id,
        name: after.name.clone(),
        slug: after.slug.clone(),
        mfa_required: after.mfa_required,
    });
    Ok(after)
}

pub(super) async fn delete(cx: &Context, seat: Seat) -> Result<(), Failure> {
    let organization = &seat.organization;
    cx.expect_version(organization.version)?;
    seat.must(Act::Delete)?;
    let tx = cx.tx().await?;
    if !store::delete(tx, organization.id).await? {
        return Err(Refusal::not_found().into());
    }
    holdings::dissolve(tx, named(organization.id)).await?;
    tx.emit(&OrganizationDeleted { organization_id: organization.id, name: organization.name.clone() });
    Ok(())
}

/// The caller's session acts in the organization from now on, if the caller is in it and has proven enough.
pub(super) async fn activate(cx: &Context, caller: &SessionCaller, id: OrganizationId) -> Result<Opened, Failure> {
    let user_id = Id::from_uuid(caller.user_id);
    let (organization, _) = store::find_as(&cx.read(), id, user_id).await?.ok_or_else(Refusal::not_found)?;
    must_be_strong_enough(cx, &organization, caller)?;
    let held = holdings::of_caller(cx, caller).await?;
    let opened = sessions::act_in(cx, caller, Some(named(id)), &held).await?;
    // Alone with its members: somebody may have removed the caller since.
    let tx = cx.tx().await?;
    store::hold(tx, id).await?;
    store::find_as(tx, id, user_id).await?.ok_or_else(Refusal::not_found)?;
    tx.emit(&OrganizationActivated { organization_id: id, user_id });
    Ok(opened)
}

/// The caller's session acts in this organization no more. Saying so twice is no error.
pub(super) async fn deactivate(cx: &Context, caller: &SessionCaller, id: OrganizationId) -> Result<Opened, Failure> {
    let acts_in = holdings::acts_in(caller)?;
    if acts_in != Some(named(id)) {
        let user_id = Id::from_uuid(caller.user_id);
        store::find_as(&cx.read(), id, user_id).await?.ok_or_else(Refusal::not_found)?;
        let held = holdings::of_caller(cx, caller).await?;
        return sessions::renew(cx, caller, &held).await;
    }
    let held = holdings::of_caller(cx, caller).await?;
    let opened = sessions::act_in(cx, caller, None, &held).await?;
    let user_id = Id::from_uuid(caller.user_id);
    cx.tx().await?.emit(&OrganizationDeactivated { organization_id: id, user_id });
    Ok(opened)
}

fn changed(cx: &Context, before: Organization, changes: OrganizationChanges) -> Result<Organization, Failure> {
    let name = line("name", changes.name, MAX_NAME)?.apply(Some(before.name.clone()).filter(|name| !name.is_empty()));
    let name = name.ok_or_else(|| Refusal::validation("name", "required", "This field is required."))?;
    let kept = Some(before.slug).filter(|slug| !slug.is_empty());
    let slug = changes.slug.apply(kept).unwrap_or_else(|| slug_of(&name));
    if !is_slug(&slug) {
        return Err(Refusal::validation("slug", "invalid", SLUG).into());
    }
    let after = Organization {
        name,
        slug,
        logo_url: picture("logo_url", changes.logo_url)?.apply(before.logo_url),
        public_metadata: changes.public_metadata.apply(Some(before.public_metadata)).unwrap_or_default(),
        private_metadata: changes.private_metadata.apply(Some(before.private_metadata)).unwrap_or_default(),
        mfa_required: changes.mfa_required.unwrap_or(before.mfa_required),
        ..before
    };
    for (field, metadata) in
        [("public_metadata", &after.public_metadata), ("private_metadata", &after.private_metadata)]
    {
        if is_too_large(metadata) {
            return Err(OrganizationError::MetadataTooLarge { field }.into());
        }
    }
    if after.mfa_required && !before.mfa_required && settings_of(cx.tenant()).mfa.policy == MfaPolicy::Off {
        return Err(OrganizationError::MfaOff.into());
    }
    Ok(after)
}
