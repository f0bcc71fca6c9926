//! `/v1/organizations`: for the application, and for members on their own.

use edge::{
    At, Body, CanOrSelf, Endpoint, Listed, Nothing, Paging, Query, Reply, SignedIn, created, listed, no_content,
    versioned,
};
use identity::{
    sessions::{AccessTokenView, with_access_token},
    users::{Metadata, User},
};
use kernel::{Id, Patch, Timestamp};
use macros::endpoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Organization, OrganizationError, OrganizationId, OrganizationsRead, OrganizationsWrite,
    actions::{self, OrganizationChanges, OrganizationFilter},
    authority::Act,
    seat::Seat,
};

/// A customer of the application.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Organization")]
struct OrganizationView {
    id: Id<Organization>,
    name: String,
    /// For addresses; unique in the application.
    slug: String,
    logo_url: Option<String>,
    /// Read by its members, written by its admins and by you.
    public_metadata: Metadata,
    /// Read and written by you alone: absent where a member reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    private_metadata: Option<Metadata>,
    /// Must its members have a second factor?
    mfa_required: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Organization> for OrganizationView {
    fn from(organization: Organization) -> Self {
        let Organization { id, name, slug, logo_url, mfa_required, created_at, updated_at, .. } = organization;
        Self {
            id,
            name,
            slug,
            logo_url,
            public_metadata: organization.public_metadata,
            private_metadata: Some(organization.private_metadata),
            mfa_required,
            created_at,
            updated_at,
        }
    }
}

impl OrganizationView {
    /// Without what is for the application alone, where a member asks.
    fn for_whom(self, is_member: bool) -> Self {
        if is_member { Self { private_metadata: None, ..self } } else { self }
    }
}

/// An organization to create.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct OrganizationCreate {
    name: Patch<String>,
    /// Lower-case letters and digits with single dashes between them; absent: made of the name.
    slug: Patch<String>,
    /// An https URL.
    logo_url: Patch<String>,
    /// Up to 16 KiB.
    public_metadata: Patch<Metadata>,
    /// Up to 16 KiB. Not by an end user.
    private_metadata: Patch<Metadata>,
    /// Must its members have a second factor?
    mfa_required: Option<bool>,
    /// Who owns it from the start. An end user owns what they create, and leaves it out.
    owner_id: Option<Id<User>>,
}

/// What to change about an organization: an absent field stays, `null` clears it.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct OrganizationUpdate {
    /// Can't be cleared.
    name: Patch<String>,
    /// `null`: made of the name.
    slug: Patch<String>,
    /// An https URL.
    logo_url: Patch<String>,
    /// Up to 16 KiB; replaced whole.
    public_metadata: Patch<Metadata>,
    /// Up to 16 KiB; replaced whole. Not by an end user.
    private_metadata: Patch<Metadata>,
    /// Must its members have a second factor? By an owner.
    mfa_required: Option<bool>,
}

/// Which organizations to list; all that are given must hold.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct OrganizationListQuery {
    /// Beginning of the name or the slug.
    q: Option<String>,
    /// Those that this user is in. An end user sees their own and may leave it out.
    user_id: Option<Id<User>>,
}

pub(super) fn endpoints() -> [Endpoint; 7] {
    [
        list_organizations(),
        create_organization(),
        get_organization(),
        update_organization(),
        delete_organization(),
        activate_organization(),
        deactivate_organization(),
    ]
}

/// List organizations
///
/// Newest first. An end user sees those that they are in.
#[endpoint(GET "/v1/organizations", id = "organizations.list")]
async fn list_organizations(
    cx: CanOrSelf<OrganizationsRead>,
    query: Query<OrganizationListQuery>,
    page: Paging<OrganizationId>,
) -> Reply<Listed<OrganizationView>> {
    let OrganizationListQuery { q, user_id } = query.0;
    let filter = OrganizationFilter { text: q.map(|text| text.trim().to_lowercase()), user: user_id };
    let found = actions::list(&cx, filter, &page.0).await?;
    let is_member = cx.confined_to().is_some();
    listed(&cx, found.map(|organization| OrganizationView::from(organization).for_whom(is_member)))
}

/// Create an organization
///
/// By your backend, or by an end user where the settings let them (`organizations.user_creation`), who then owns it.
#[endpoint(POST "/v1/organizations", id = "organizations.create", errors = OrganizationError)]
async fn create_organization(
    cx: CanOrSelf<OrganizationsWrite>,
    body: Body<OrganizationCreate>,
) -> Reply<OrganizationView> {
    let OrganizationCreate { name, slug, logo_url, public_metadata, private_metadata, mfa_required, owner_id } = body.0;
    let changes = OrganizationChanges { name, slug, logo_url, public_metadata, private_metadata, mfa_required };
    let organization = actions::create(&cx, changes, owner_id).await?;
    let (version, path) = (organization.version, format!("/v1/organizations/{}", organization.id));
    let view = OrganizationView::from(organization).for_whom(cx.confined_to().is_some());
    Ok(created(view)?.version(version).location(&path))
}

/// Get an organization
///
/// An end user sees one that they are in.
#[endpoint(GET "/v1/organizations/{organization_id}", id = "organizations.get", errors = OrganizationError)]
async fn get_organization(cx: CanOrSelf<OrganizationsRead>, id: At<Organization>) -> Reply<OrganizationView> {
    let seat = Seat::at(&cx, *id).await?;
    seat.must(Act::See)?;
    versioned(seat.organization.version, OrganizationView::from(seat.organization).for_whom(seat.member.is_some()))
}

/// Update an organization
///
/// A merge patch (RFC 7396), by your backend, its admins and its owners. Whether its members must have a second factor is for owners to
/// say; whoever has none then enrols one at their next sign-in, and sessions of one factor no longer act in it.
#[endpoint(PATCH "/v1/organizations/{organization_id}", id = "organizations.update", errors = OrganizationError)]
async fn update_organization(
    cx: CanOrSelf<OrganizationsWrite>,
    id: At<Organization>,
    body: Body<OrganizationUpdate>,
) -> Reply<OrganizationView> {
    let seat = Seat::at(&cx, *id).await?;
    let is_member = seat.member.is_some();
    let OrganizationUpdate { name, slug, logo_url, public_metadata, private_metadata, mfa_required } = body.0;
    let changes = OrganizationChanges { name, slug, logo_url, public_metadata, private_metadata, mfa_required };
    let organization = actions::update(&cx, seat, changes).await?;
    versioned(organization.version, OrganizationView::from(organization).for_whom(is_member))
}

/// Delete an organization
///
/// By your backend or an owner. Nobody is in it any more, and no session acts in it; its members' accounts stay.
#[endpoint(DELETE "/v1/organizations/{organization_id}", id = "organizations.delete", errors = OrganizationError)]
async fn delete_organization(cx: CanOrSelf<OrganizationsWrite>, id: At<Organization>) -> Reply<Nothing> {
    let seat = Seat::at(&cx, *id).await?;
    actions::delete(&cx, seat).await?;
    no_content()
}

/// Act in an organization
///
/// The session acts in it from now on: the new access token says so in `org` and `org_role`, and so do those that follow, as long as the
/// person is in it. It comes the way the presented one came, in the body or in its cookie. An organization that asks for a second factor is acted in by sessions of two (`step_up_required`).
#[endpoint(POST "/v1/organizations/{organization_id}/activate", id = "organizations.activate", errors = OrganizationError)]
async fn activate_organization(cx: SignedIn, id: At<Organization>) -> Reply<AccessTokenView> {
    let opened = actions::activate(&cx, cx.caller(), *id).await?;
    with_access_token(&cx, opened)
}

/// Act in an organization no more
///
/// The session acts for the person alone again, with an access token that says so.
#[endpoint(POST "/v1/organizations/{organization_id}/deactivate", id = "organizations.deactivate", errors = OrganizationError)]
async fn deactivate_organization(cx: SignedIn, id: At<Organization>) -> Reply<AccessTokenView> {
    let opened = actions::deactivate(&cx, cx.caller(), *id).await?;
    with_access_token(&cx, opened)
}
