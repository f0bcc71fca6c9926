//! Which addresses the server may call: the public internet and nothing that is near the server.
//!
//! The lists are the special-purpose registries of IANA (RFC 6890). What embeds an IPv4 address in an IPv6 one (mapped,
//! compatible, NAT64, 6to4, Teredo, ISATAP) is refused whatever it embeds: no public service is reached by such a name.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// May the server connect to this address?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    Public,
    Loopback,
    Forbidden,
}

pub(crate) fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(address) => reach_v4(address),
        IpAddr::V6(address) => reach_v6(address),
    }
}

/// Network and prefix length, from the registry of RFC 6890.
const FORBIDDEN_V4: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    // Shared by carriers (RFC 6598); some clouds keep their metadata here.
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    // Link-local, and with it the metadata service of most clouds.
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    // The relays of 6to4 (RFC 7526).
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    // One cloud's platform address, public by its bits and local by its meaning.
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    // Multicast.
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    // Reserved, and the broadcast address.
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

fn reach_v4(address: Ipv4Addr) -> Reach {
    if address.is_loopback() {
        return Reach::Loopback;
    }
    let bits = address.to_bits();
    let is_forbidden = FORBIDDEN_V4.iter().any(|(network, length)| {
        let shift = 32 - length;
        bits >> shift == network.to_bits() >> shift
    });
    if is_forbidden { Reach::Forbidden } else { Reach::Public }
}

/// Within the global unicast space, what is no plain public address. Everything outside of that space is refused anyway:
/// unspecified, mapped, compatible, NAT64, unique local, link-local, site-local, multicast.
const FORBIDDEN_V6: [(Ipv6Addr, u32); 5] = [
    // Protocol assignments, Teredo, benchmarking and ORCHID among them (RFC 2928).
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    // 6to4 (RFC 3056).
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    // Documentation (RFC 9637).
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
    // The 6bone, given back (RFC 3701).
    (Ipv6Addr::new(0x3ffe, 0, 0, 0, 0, 0, 0, 0), 16),
];

fn reach_v6(address: Ipv6Addr) -> Reach {
    if address == Ipv6Addr::LOCALHOST {
        return Reach::Loopback;
    }
    let bits = address.to_bits();
    let is_global_unicast = bits >> 125 == 0b001;
    // ISATAP writes `0:5efe` or `200:5efe` before an IPv4 address (RFC 5214, section 6.1).
    let is_isatap = (bits >> 32) & 0xfdff_ffff == 0x5efe;
    let is_special = FORBIDDEN_V6.iter().any(|(network, length)| {
        let shift = 128 - length;
        bits >> shift == network.to_bits() >> shift
    });
    if is_global_unicast && !is_isatap && !is_special { Reach::Public } else { Reach::Forbidden }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_addresses_are_not_reached() {
        for (text, wanted) in [
            ("93.184.216.34", Reach::Public),
            ("1.1.1.1", Reach::Public),
            ("100.63.255.255", Reach::Public),
            ("172.32.0.1", Reach::Public),
            ("127.0.0.1", Reach::Loopback),
            ("127.255.255.254", Reach::Loopback),
            ("0.0.0.0", Reach::Forbidden),
            ("0.1.2.3", Reach::Forbidden),
            ("10.0.0.1", Reach::Forbidden),
            ("100.64.0.1", Reach::Forbidden),
            ("100.100.100.200", Reach::Forbidden),
            ("168.63.129.16", Reach::Forbidden),
            ("169.254.169.254", Reach::Forbidden),
            ("169.254.170.2", Reach::Forbidden),
            ("172.16.0.1", Reach::Forbidden),
            ("172.31.255.255", Reach::Forbidden),
            ("192.0.0.192", Reach::Forbidden),
            ("192.0.2.1", Reach::Forbidden),
            ("192.88.99.1", Reach::Forbidden),
            ("192.168.1.1", Reach::Forbidden),
            ("198.19.255.255", Reach::Forbidden),
            ("198.51.100.1", Reach::Forbidden),
            ("203.0.113.1", Reach::Forbidden),
            ("224.0.0.1", Reach::Forbidden),
            ("239.255.255.255", Reach::Forbidden),
            ("240.0.0.1", Reach::Forbidden),
            ("255.255.255.255", Reach::Forbidden),
            ("2606:2800:220:1:248:1893:25c8:1946", Reach::Public),
            ("2a00:1450:4001:81b::200e", Reach::Public),
            ("::1", Reach::Loopback),
            ("::", Reach::Forbidden),
            ("::ffff:127.0.0.1", Reach::Forbidden),
            ("::ffff:93.184.216.34", Reach::Forbidden),
            ("::127.0.0.1", Reach::Forbidden),
            ("64:ff9b::7f00:1", Reach::Forbidden),
            ("64:ff9b:1::a9fe:a9fe", Reach::Forbidden),
            ("100::1", Reach::Forbidden),
            ("2001::1", Reach::Forbidden),
            ("2001:db8::1", Reach::Forbidden),
            ("2002:7f00:1::", Reach::Forbidden),
            ("2606::5efe:7f00:1", Reach::Forbidden),
            ("2606::200:5efe:7f00:1", Reach::Forbidden),
            ("3fff::1", Reach::Forbidden),
            ("3ffe::1", Reach::Forbidden),
            ("fc00::1", Reach::Forbidden),
            ("fd00:ec2::254", Reach::Forbidden),
            ("fd20:ce::254", Reach::Forbidden),
            ("fe80::1", Reach::Forbidden),
            ("fec0::1", Reach::Forbidden),
            ("ff02::1", Reach::Forbidden),
        ] {
            assert_eq!(reach(text.parse().unwrap()), wanted, "{text}");
        }
    }
}
