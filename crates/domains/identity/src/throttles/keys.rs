//! What is counted together, as keyed digests: the table tells nobody who failed from where.

use std::net::IpAddr;

use edge::Context;
use kernel::TenantId;
use vault::Vault;

use super::Scope;
use crate::{auth::Identifier, identifiers::Contact};

/// An account as it was typed, whether or not there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account(String);

impl Account {
    pub(crate) fn of(identifier: &Identifier) -> Self {
        match identifier {
            Identifier::Email(email) => Self(format!("email {}", email.key())),
            Identifier::Phone(phone) => Self(format!("phone {}", phone.as_str())),
            Identifier::Username(username) => Self(format!("username {}", username.key())),
        }
    }
}

impl From<&Contact> for Account {
    fn from(contact: &Contact) -> Self {
        match contact {
            Contact::Email(email) => Self(format!("email {}", email.key())),
            Contact::Phone(phone) => Self(format!("phone {}", phone.as_str())),
        }
    }
}

/// Where an attempt comes from.
struct Place<'a> {
    ip: Option<IpAddr>,
    /// As limits count it.
    address: Option<[u8; 16]>,
    agent: Option<&'a str>,
}

/// The digests under which one attempt is counted, one for each scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Keys([[u8; 32]; 4]);

impl Keys {
    /// Of an attempt on an account, or of somebody who has proven which account is theirs and fails no more.
    pub(crate) fn of(cx: &Context, account: Option<&Account>) -> Self {
        let place = Place { ip: cx.ip(), address: cx.network(), agent: cx.user_agent() };
        Self::new(cx.vault(), cx.tenant_id(), account, &place)
    }

    fn new(vault: &Vault, tenant: TenantId, account: Option<&Account>, place: &Place<'_>) -> Self {
        let account = account.map_or(&[][..], |account| account.0.as_bytes());
        let digest = |scope: Scope, parts: [&[u8]; 3]| {
            vault.mac("throttle", &[tenant.as_bytes(), scope.name().as_bytes(), parts[0], parts[1], parts[2]])
        };
        // The program too: whoever guesses behind the same address must not lock its other people out. One that changes its name
        // for each guess is what the count of the account is for.
        let agent = place.agent.unwrap_or_default().as_bytes();
        let pair = digest(Scope::Pair, [account, &place.address.unwrap_or_default(), agent]);
        let network = match place.ip {
            // This machine is no network of strangers: everything behind a proxy that nobody named comes from it.
            Some(ip) if ip.to_canonical().is_loopback() => digest(Scope::Network, [&pair, &[], &[]]),
            ip => digest(Scope::Network, [&neighbourhood(ip), &[], &[]]),
        };
        Self([
            pair,
            digest(Scope::Account, [account, &[], &[]]),
            network,
            // In eight shares, so that not every failure of an application waits for one row.
            digest(Scope::Tenant, [&[pair[0] % 8], &[], &[]]),
        ])
    }

    pub(crate) const fn get(&self, scope: Scope) -> &[u8; 32] {
        let Self([pair, account, network, tenant]) = self;
        match scope {
            Scope::Pair => pair,
            Scope::Account => account,
            Scope::Network => network,
            Scope::Tenant => tenant,
        }
    }

    pub(crate) fn scope_of(&self, key: &[u8; 32]) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| self.get(*scope) == key)
    }
}

/// The network around an address: an IPv4 /24, an IPv6 /64.
pub(crate) fn neighbourhood(ip: Option<IpAddr>) -> [u8; 9] {
    let mut network = [0; 9];
    match ip.map(|ip| ip.to_canonical()) {
        Some(IpAddr::V4(ip)) => {
            network[0] = 4;
            network[1..4].copy_from_slice(&ip.octets()[..3]);
        }
        Some(IpAddr::V6(ip)) => {
            network[0] = 6;
            network[1..].copy_from_slice(&ip.octets()[..8]);
        }
        None => {}
    }
    network
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_one_network() {
        let of = |text: &str| neighbourhood(Some(text.parse().unwrap()));
        assert_eq!(of("203.0.113.7"), of("203.0.113.250"));
        assert_eq!(of("203.0.113.7"), of("::ffff:203.0.113.9"));
        assert_ne!(of("203.0.113.7"), of("203.0.114.7"));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    }
}
