//! Where an address is, in words, for people who look at sessions: never for a decision.

use std::net::IpAddr;

use edge::Context;
use maxminddb::{Reader, path};
use schemars::JsonSchema;
use serde::Serialize;

use super::Intelligence;

/// Where an address is, as far as the operator's GeoIP file tells. Names are English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Place")]
pub(crate) struct NamedPlace {
    /// For example `Munich`.
    city: Option<String>,
    /// The largest part of the country that it is in, for example `Bavaria`.
    region: Option<String>,
    /// ISO 3166-1 alpha-2, for example `DE`.
    country: String,
}

impl NamedPlace {
    /// Looked up anew whenever it is shown: nothing of it is kept with the session.
    pub(crate) fn of(cx: &Context, ip: Option<&str>) -> Option<Self> {
        cx.part::<Intelligence>().named_place(ip?.parse().ok()?)
    }

    /// Text by text: a record holds each name in eight languages, and much that nobody asks for.
    pub(super) fn read(places: &Reader<Vec<u8>>, ip: IpAddr) -> Option<Self> {
        let found = places.lookup(ip).ok()?;
        Some(Self {
            country: found.decode_path(&path!["country", "iso_code"]).ok()??,
            region: found.decode_path(&path!["subdivisions", 0, "names", "en"]).ok()?,
            city: found.decode_path(&path!["city", "names", "en"]).ok()?,
        })
    }

    /// For people, for example `Munich, Bavaria, DE`.
    pub(crate) fn words(&self) -> String {
        // Berlin is a part of the country too.
        let region = self.region.as_deref().filter(|region| self.city.as_deref() != Some(region));
        let parts = [self.city.as_deref(), region, Some(&self.country)];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_as_far_as_it_is_known() {
        let place = |city: Option<&str>, region: Option<&str>| {
            let text = |name: Option<&str>| name.map(str::to_owned);
            NamedPlace { city: text(city), region: text(region), country: "DE".to_owned() }.words()
        };
        assert_eq!(place(Some("Munich"), Some("Bavaria")), "Munich, Bavaria, DE");
        assert_eq!(place(Some("Berlin"), Some("Berlin")), "Berlin, DE");
        assert_eq!(place(None, None), "DE");
    }
}
