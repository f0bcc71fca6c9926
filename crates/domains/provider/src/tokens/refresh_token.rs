//! What a refresh token is: a MAC over tenant, grant, generation and the grant's nonce. It is nowhere at rest, not even as a hash,
//! and its successor can be made again for a client that lost the answer.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{Id, Secret, TenantId};
use vault::Vault;

use crate::grants::{Grant, GrantId};

pub(crate) const PREFIX: &str = "pc_or_";
const BYTES: usize = 16 + 4 + 32;

/// Taken apart, and not yet proven.
pub(crate) struct PresentedRefresh {
    pub(crate) grant: GrantId,
    pub(crate) generation: u32,
    mac: [u8; 32],
}

impl PresentedRefresh {
    pub(crate) fn parse(token: &str) -> Option<Self> {
        let bytes: [u8; BYTES] = URL_SAFE_NO_PAD.decode(token.strip_prefix(PREFIX)?).ok()?.try_into().ok()?;
        let (grant, rest) = bytes.split_first_chunk::<16>()?;
        let (generation, mac) = rest.split_first_chunk::<4>()?;
        Some(Self {
            grant: Id::from_slice(grant)?,
            generation: u32::from_be_bytes(*generation),
            mac: mac.try_into().ok()?,
        })
    }

    /// Did this server make it, for this tenant and this very grant?
    pub(crate) fn is_genuine(&self, vault: &Vault, tenant: TenantId, grant: &Grant) -> bool {
        self.grant == grant.id && vault::constant_time_eq(&self.mac, &mac(vault, tenant, grant, self.generation))
    }
}

/// The refresh token of this generation.
pub(crate) fn refresh_token(vault: &Vault, tenant: TenantId, grant: &Grant, generation: u32) -> Secret {
    let mut bytes = Vec::with_capacity(BYTES);
    bytes.extend_from_slice(grant.id.as_bytes());
    bytes.extend_from_slice(&generation.to_be_bytes());
    bytes.extend_from_slice(&mac(vault, tenant, grant, generation));
    Secret::new(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

fn mac(vault: &Vault, tenant: TenantId, grant: &Grant, generation: u32) -> [u8; 32] {
    let parts = [tenant.as_bytes(), grant.id.as_bytes(), &generation.to_be_bytes()[..], &grant.refresh.nonce[..]];
    vault.mac("oauth refresh", &parts)
}
