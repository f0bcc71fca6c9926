//! Networks with a bad name, out of plain lists. Pure.

use std::{net::IpAddr, str::FromStr};

/// Ranges of addresses, sorted and apart, so that a search is a few comparisons however long the lists are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Networks(Vec<(u128, u128)>);

/// A line that is neither a network nor a comment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {0} is no network")]
pub struct BadLine(pub usize);

impl Networks {
    /// One address or CIDR network a line; `#` and `;` begin comments.
    pub(super) fn parse(text: &str) -> Result<Self, BadLine> {
        let mut ranges = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let entry = line.split(['#', ';']).next().unwrap_or_default().trim();
            if !entry.is_empty() {
                ranges.push(range(entry).ok_or(BadLine(number + 1))?);
            }
        }
        Ok(Self::of(ranges))
    }

    /// All of these together.
    pub(super) fn joined(lists: impl IntoIterator<Item = Self>) -> Self {
        Self::of(lists.into_iter().flat_map(|list| list.0).collect())
    }

    fn of(mut ranges: Vec<(u128, u128)>) -> Self {
        ranges.sort_unstable();
        let mut apart: Vec<(u128, u128)> = Vec::with_capacity(ranges.len());
        for (first, last) in ranges {
            match apart.last_mut() {
                Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
                _ => apart.push((first, last)),
            }
        }
        apart.shrink_to_fit();
        Self(apart)
    }

    pub(super) fn contains(&self, ip: IpAddr) -> bool {
        let ip = bits(ip);
        let after = self.0.partition_point(|(first, _)| *first <= ip);
        after.checked_sub(1).is_some_and(|at| ip <= self.0[at].1)
    }

    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }
}

fn range(entry: &str) -> Option<(u128, u128)> {
    let (address, length) = match entry.split_once('/') {
        Some((address, length)) => (IpAddr::from_str(address).ok()?, Some(length.parse::<u32>().ok()?)),
        None => (IpAddr::from_str(entry).ok()?, None),
    };
    let width = if address.is_ipv4() { 32 } else { 128 };
    let host_bits = u32::checked_sub(width, length.unwrap_or(width))?;
    let mask = if host_bits == 128 { u128::MAX } else { (1_u128 << host_bits) - 1 };
    let address = bits(address);
    Some((address & !mask, address | mask))
}

/// IPv4 addresses stand where IPv6 maps them (RFC 4291, section 2.5.5.2).
fn bits(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().to_bits(),
        IpAddr::V6(ip) => ip.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection, prelude::*};

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn lists_hold_addresses_networks_and_comments() {
        let list = "# bad\n203.0.113.0/24 ; office\n198.51.100.7\n\n2001:db8::/32\n10.0.0.0/9\n10.128.0.0/9";
        let networks = Networks::parse(list).unwrap();
        for (address, is_listed) in [
            ("203.0.113.0", true),
            ("203.0.113.255", true),
            ("203.0.114.0", false),
            ("198.51.100.7", true),
            ("198.51.100.8", false),
            ("::ffff:198.51.100.7", true),
            ("2001:db8:ffff::1", true),
            ("2001:db9::1", false),
            ("10.200.0.1", true),
        ] {
            assert_eq!(networks.contains(ip(address)), is_listed, "{address}");
        }
        assert_eq!(networks.len(), 4, "neighbours are one range");
    }

    #[test]
    fn what_is_no_network_is_named() {
        for (text, line) in [("x", 1), ("10.0.0.0/8\n10.0.0.0/33", 2), ("2001:db8::/129", 1), ("10.0.0.0/", 1)] {
            assert_eq!(Networks::parse(text), Err(BadLine(line)), "{text}");
        }
        assert!(Networks::parse("0.0.0.0/0\n::/0").unwrap().contains(ip("8.8.8.8")));
    }

    proptest! {
        #[test]
        fn a_search_finds_what_going_through_finds(
            entries in collection::vec((any::<u32>(), 8_u32..=32), 0..40),
            asked in any::<u32>(),
        ) {
            let text: Vec<String> = entries
                .iter()
                .map(|(address, length)| format!("{}/{length}", std::net::Ipv4Addr::from_bits(*address)))
                .collect();
            let is_listed = entries.iter().any(|(address, length)| address >> (32 - length) == asked >> (32 - length));
            let networks = Networks::parse(&text.join("\n")).unwrap();
            prop_assert_eq!(networks.contains(IpAddr::V4(std::net::Ipv4Addr::from_bits(asked))), is_listed);
        }
    }
}
