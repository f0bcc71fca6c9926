//! The two tokens of a session.
//!
//! An access token is a JWT (RFC 7519) of type `session+jwt`, so that it can't be taken for an OAuth access token or an ID token
//! (RFC 8725, section 3.11). A refresh token is a MAC over tenant, session, generation and the session's nonce: it is nowhere at
//! rest, not even as a hash, and its successor can be made again for a client that lost the answer.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{Id, Secret, TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use vault::Vault;

use super::{Session, SessionId, model::RefreshFamily};
use crate::holdings::{Holdings, InOrganization, OrganizationId, Rank};

pub(crate) const ACCESS_TOKEN_TYPE: &str = "session+jwt";
/// What a person's own session may do on the data plane without any client in between.
pub(crate) const FIRST_PARTY_SCOPES: &str = "me:read me:write me:sessions";

const REFRESH_PREFIX: &str = "pc_rt_";

/// Claims of an access token.
#[derive(Serialize)]
pub(crate) struct AccessClaims<'a> {
    pub(crate) iss: &'a str,
    /// Written as the surface that issued the token writes ids.
    pub(crate) sub: String,
    /// The application's id.
    pub(crate) aud: TenantId,
    pub(crate) exp: i64,
    pub(crate) iat: i64,
    pub(crate) jti: String,
    pub(crate) sid: SessionId,
    pub(crate) aal: u8,
    /// The same as a context class (OpenID Connect Core, section 2).
    pub(crate) acr: &'static str,
    pub(crate) amr: Vec<&'a str>,
    pub(crate) auth_time: i64,
    /// What the person may do in the whole application, beside what they may do with what is theirs.
    pub(crate) scope: Cow<'a, str>,
    /// Names of the person's roles in the whole application.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) roles: Vec<String>,
    #[serde(flatten)]
    pub(crate) organization: Option<OrganizationClaims>,
}

/// The organization that the session acts in, and what the person is and may do there.
#[derive(Serialize)]
pub(crate) struct OrganizationClaims {
    org: String,
    org_role: Rank,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    org_roles: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    org_permissions: Vec<String>,
}

/// So much of what somebody holds in the whole application goes into a token, roles and permissions together, and so much of what they hold
/// in the organization. Beyond that a browser would not keep the cookie, so that it is left out as a whole: the server still knows, and
/// says so on `/v1/auth/me`.
const MAX_BYTES: usize = 1_536;
const MAX_ORGANIZATION_BYTES: usize = 512;

/// What of somebody's holdings goes into a token.
#[derive(Default)]
pub(crate) struct HeldClaims {
    pub(crate) scope: Option<String>,
    pub(crate) roles: Vec<String>,
    pub(crate) organization: Option<OrganizationClaims>,
}

impl HeldClaims {
    /// `write` spells the organization's id as the surface does that issues the token.
    pub(crate) fn of(holdings: &Holdings, session: &Session, write: impl Fn(OrganizationId) -> String) -> Self {
        let (mut roles, mut permissions) = (holdings.roles(), holdings.permissions());
        let mut organization = session.organization_id.and_then(|id| holdings.in_organization(id));
        if !fit(&mut roles, &mut permissions, MAX_BYTES) {
            tracing::warn!(session = %session.id, "somebody holds more than goes into a token");
        }
        if let Some(held) = &mut organization
            && !fit(&mut held.roles, &mut held.permissions, MAX_ORGANIZATION_BYTES)
        {
            tracing::warn!(session = %session.id, "somebody holds more in an organization than goes into a token");
        }
        let scope = (!permissions.is_empty()).then(|| format!("{FIRST_PARTY_SCOPES} {}", permissions.join(" ")));
        Self { scope, roles, organization: organization.map(|held| OrganizationClaims::of(held, write)) }
    }
}

/// `false`: they are more than fits, and are left out.
fn fit(roles: &mut Vec<String>, permissions: &mut Vec<String>, most: usize) -> bool {
    let bytes: usize = roles.iter().chain(permissions.iter()).map(|word| word.len() + 3).sum();
    if bytes > most {
        roles.clear();
        permissions.clear();
    }
    bytes <= most
}

impl OrganizationClaims {
    fn of(held: InOrganization, write: impl Fn(OrganizationId) -> String) -> Self {
        let InOrganization { id, rank, roles, permissions, .. } = held;
        Self { org: write(id), org_role: rank, org_roles: roles, org_permissions: permissions }
    }
}

/// What is read back out of a verified token; the session's row says the rest.
#[derive(Deserialize)]
pub(crate) struct ReadClaims<'t> {
    #[serde(borrow)]
    pub(crate) iss: Cow<'t, str>,
    pub(crate) aud: TenantId,
    pub(crate) exp: i64,
    pub(crate) sid: SessionId,
    #[serde(borrow)]
    pub(crate) scope: Cow<'t, str>,
}

pub(crate) const fn acr(aal: u8) -> &'static str {
    match aal {
        3 => "urn:portcullis:aal:3",
        2 => "urn:portcullis:aal:2",
        _ => "urn:portcullis:aal:1",
    }
}

/// A refresh token, taken apart but not yet proven.
pub(crate) struct PresentedRefresh {
    pub(crate) session: SessionId,
    pub(crate) generation: u32,
    mac: [u8; 32],
}

impl PresentedRefresh {
    pub(crate) fn parse(token: &Secret) -> Option<Self> {
        let bytes: [u8; 52] =
            URL_SAFE_NO_PAD.decode(token.reveal().strip_prefix(REFRESH_PREFIX)?).ok()?.try_into().ok()?;
        let (session, rest) = bytes.split_first_chunk::<16>()?;
        let (generation, mac) = rest.split_first_chunk::<4>()?;
        Some(Self {
            session: Id::from_slice(session)?,
            generation: u32::from_be_bytes(*generation),
            mac: mac.try_into().ok()?,
        })
    }

    /// Did this server make it, for this tenant and this very session?
    pub(crate) fn is_genuine(&self, vault: &Vault, tenant: TenantId, family: &RefreshFamily) -> bool {
        vault::constant_time_eq(&self.mac, &mac(vault, tenant, self.session, family, self.generation))
    }
}

pub(crate) fn refresh_token(
    vault: &Vault,
    tenant: TenantId,
    session: SessionId,
    family: &RefreshFamily,
    generation: u32,
) -> Secret {
    let mut bytes = Vec::with_capacity(52);
    bytes.extend_from_slice(session.as_bytes());
    bytes.extend_from_slice(&generation.to_be_bytes());
    bytes.extend_from_slice(&mac(vault, tenant, session, family, generation));
    Secret::new(format!("{REFRESH_PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

fn mac(vault: &Vault, tenant: TenantId, session: SessionId, family: &RefreshFamily, generation: u32) -> [u8; 32] {
    vault.mac("refresh", &[tenant.as_bytes(), session.as_bytes(), &generation.to_be_bytes(), &family.nonce])
}

/// The client that refreshes, as far as it can be told apart without being followed.
pub(crate) fn client_digest(vault: &Vault, user_agent: Option<&str>) -> [u8; 16] {
    let digest = vault.mac("refresh client", &[user_agent.unwrap_or_default().as_bytes()]);
    let mut client = [0; 16];
    client.copy_from_slice(&digest[..16]);
    client
}

/// When an access token that is made now ends: never after its session.
pub(crate) fn access_expiry(session: &Session, now: Timestamp, lifetime: std::time::Duration) -> Timestamp {
    (now + lifetime).min(session.expires_at)
}
