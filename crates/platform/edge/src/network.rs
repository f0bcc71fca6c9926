//! Who is at the other end of the wire, and which headers of a proxy count.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use ipnet::IpNet;

use crate::certificate::PeerCertificate;

/// Who is at the other end of a connection, as the server that accepted it knows it.
#[derive(Clone)]
pub struct Sender {
    pub address: SocketAddr,
    pub certificate: Option<PeerCertificate>,
}

/// Networks whose `X-Forwarded-For` and `X-Forwarded-Host` are believed; empty by default.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(pub Vec<IpNet>);

impl TrustedProxies {
    fn trusts(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&ip.to_canonical()))
    }

    /// Does whoever is at the other end speak for others?
    pub(crate) fn is_one(&self, peer: Option<IpAddr>) -> bool {
        !self.0.is_empty() && peer.is_some_and(|peer| self.trusts(peer))
    }

    /// The client: the rightmost forwarded address that no trusted proxy holds, or the peer itself.
    pub(crate) fn client(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        let peer = peer?.to_canonical();
        if self.0.is_empty() || !self.trusts(peer) {
            return Some(peer);
        }
        let hops: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        let mut client = peer;
        for hop in hops.iter().rev() {
            // What stands further left was written by whoever stands here: an unreadable hop ends the trust.
            let Some(ip) = parse_hop(hop) else { break };
            client = ip;
            if !self.trusts(ip) {
                break;
            }
        }
        Some(client)
    }

    /// The host that the client asked for: `X-Forwarded-Host` from a trusted proxy, else `Host`.
    pub(crate) fn forwarded_host<'a>(&self, peer: Option<IpAddr>, headers: &'a HeaderMap) -> Option<&'a str> {
        if !self.is_one(peer) {
            return None;
        }
        headers.get("x-forwarded-host")?.to_str().ok()?.rsplit(',').next().map(str::trim)
    }
}

fn parse_hop(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let ip = hop.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()));
    ip.or_else(|| hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok()).map(|ip: IpAddr| ip.to_canonical())
}

/// The address as limits count it: IPv6 by /64, since one customer holds that many.
pub(crate) fn counted_as(ip: IpAddr) -> u128 {
    match ip.to_canonical() {
        IpAddr::V4(ip) => u128::from(ip.to_bits()),
        IpAddr::V6(ip) => ip.to_bits() >> 64 << 64 | 1 << 63,
    }
}

#[cfg(test)]
mod tests {
    use std::{
        iter,
        net::{Ipv4Addr, Ipv6Addr},
    };

    use proptest::{collection, prelude::*};

    use super::*;

    fn host(forwarded: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-host", forwarded.parse().unwrap());
        headers
    }

    fn headers(forwarded: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        headers
    }

    #[test]
    fn forwarded_addresses_count_only_from_trusted_proxies() {
        let trusting = TrustedProxies(vec!["10.0.0.0/8".parse().unwrap()]);
        let ip = |text: &str| Some(text.parse::<IpAddr>().unwrap());
        for (peer, forwarded, client) in [
            ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
            ("10.0.0.1", "1.1.1.1, 203.0.113.7, 10.9.9.9", "203.0.113.7"),
            ("10.0.0.1", "203.0.113.7:4711", "203.0.113.7"),
            ("10.0.0.1", "1.1.1.1, junk", "10.0.0.1"),
            ("198.51.100.9", "203.0.113.7", "198.51.100.9"),
            ("::ffff:10.0.0.1", "::ffff:203.0.113.7", "203.0.113.7"),
        ] {
            assert_eq!(trusting.client(ip(peer), &headers(forwarded)), ip(client), "{peer} {forwarded}");
        }
        assert_eq!(TrustedProxies::default().client(ip("10.0.0.1"), &headers("203.0.113.7")), ip("10.0.0.1"));
    }

    #[test]
    fn an_ipv6_network_counts_as_one() {
        let counted = |text: &str| counted_as(text.parse().unwrap());
        assert_eq!(counted("2001:db8:1:2::1"), counted("2001:db8:1:2:ffff::9"));
        assert_ne!(counted("2001:db8:1:2::1"), counted("2001:db8:1:3::1"));
        assert_eq!(counted("::ffff:192.0.2.1"), counted("192.0.2.1"));
    }

    fn addresses() -> impl Strategy<Value = IpAddr> {
        prop_oneof![any::<Ipv4Addr>().prop_map(IpAddr::V4), any::<Ipv6Addr>().prop_map(IpAddr::V6), ours(), mapped()]
    }

    fn ours() -> impl Strategy<Value = IpAddr> {
        any::<[u8; 3]>().prop_map(|[b, c, d]| Ipv4Addr::new(10, b, c, d).into())
    }

    fn mapped() -> impl Strategy<Value = IpAddr> {
        any::<Ipv4Addr>().prop_map(|ip| ip.to_ipv6_mapped().into())
    }

    fn trusting() -> TrustedProxies {
        TrustedProxies(vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()])
    }

    proptest! {
        /// Whoever is not a proxy of ours may write what they like.
        #[test]
        fn a_stranger_is_who_they_are(peer in addresses(), forwarded in "[ -~]{0,80}") {
            let peer = peer.to_canonical();
            prop_assume!(!trusting().trusts(peer));
            prop_assert_eq!(trusting().client(Some(peer), &headers(&forwarded)), Some(peer));
            let evil = host("evil.example");
            prop_assert_eq!(trusting().forwarded_host(Some(peer), &evil), None);
        }

        /// What a client wrote stands left of what the proxy wrote, and changes nothing.
        #[test]
        fn a_client_can_not_choose_their_address(written in "[ -~]{0,80}", client in addresses(), proxies in collection::vec(ours(), 0..4)) {
            let client = client.to_canonical();
            prop_assume!(!trusting().trusts(client));
            let told: Vec<String> = iter::once(&client).chain(&proxies).map(ToString::to_string).collect();
            let peer = Some("10.1.2.3".parse().unwrap());
            let honest = headers(&told.join(", "));
            let forged = headers(&format!("{written}, {}", told.join(",")));
            prop_assert_eq!(trusting().client(peer, &honest), Some(client));
            prop_assert_eq!(trusting().client(peer, &forged), Some(client));
            // The same in two header lines, as proxies also send it.
            let mut lines = headers(&written);
            lines.append("x-forwarded-for", told.join(", ").parse().unwrap());
            prop_assert_eq!(trusting().client(peer, &lines), Some(client));
        }

        #[test]
        fn any_bytes_of_a_header_name_some_address_that_was_sent(value in collection::vec(any::<u8>(), 0..64)) {
            let Ok(value) = http::HeaderValue::from_bytes(&value) else { return Ok(()) };
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", value);
            let peer: IpAddr = "10.1.2.3".parse().unwrap();
            prop_assert!(trusting().client(Some(peer), &headers).is_some());
        }

        /// Every host of a customer's /64 shares one counter; no other network and no IPv4 address has it.
        #[test]
        fn a_customer_has_one_counter(network in any::<u64>(), other in any::<u64>(), hosts in any::<[u64; 2]>(), four in any::<Ipv4Addr>()) {
            let at = |network: u64, host: u64| IpAddr::V6(Ipv6Addr::from_bits(u128::from(network) << 64 | u128::from(host)));
            prop_assume!(network != 0 && network != other);
            prop_assert_eq!(counted_as(at(network, hosts[0])), counted_as(at(network, hosts[1])));
            prop_assert_ne!(counted_as(at(network, hosts[0])), counted_as(at(other, hosts[1])));
            prop_assert_ne!(counted_as(at(network, hosts[0])), counted_as(four.into()));
            prop_assert_eq!(counted_as(four.into()), counted_as(four.to_ipv6_mapped().into()));
        }
    }
}
