//! The rules themselves, over plain values.
//!
//! `base <- protocols`, `base <- platform`, both `<- domains <- server <- tests`. Among domains the right to use another
//! is listed; what is not listed is refused, so a new domain starts with the right to use `tenancy` alone.

use super::manifests::Member;

/// A room of the house, told by the folder a crate lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    Base,
    Protocols,
    Platform,
    Domains,
    Server,
    /// `tests`: the whole product through its public door.
    Tests,
    /// `bench` and `xtask`: beside the product.
    Tools,
}

impl Layer {
    /// The layer of a folder relative to the root, `None` where the plan knows no such room.
    pub(super) fn of(folder: &str) -> Option<Self> {
        let mut parts = folder.split('/');
        match (parts.next()?, parts.next()) {
            ("crates", Some("base")) => Some(Self::Base),
            ("crates", Some("protocols")) => Some(Self::Protocols),
            ("crates", Some("platform")) => Some(Self::Platform),
            ("crates", Some("domains")) => Some(Self::Domains),
            ("crates", Some("server")) => Some(Self::Server),
            ("tests", None) => Some(Self::Tests),
            ("bench" | "xtask", None) => Some(Self::Tools),
            _ => None,
        }
    }

    /// Whether a crate of this layer may depend on one of `other`.
    fn may_use(self, other: Self) -> bool {
        match self {
            Self::Base => matches!(other, Self::Base),
            Self::Protocols => matches!(other, Self::Base | Self::Protocols),
            Self::Platform => matches!(other, Self::Base | Self::Platform),
            Self::Domains => matches!(other, Self::Base | Self::Protocols | Self::Platform | Self::Domains),
            Self::Server => !matches!(other, Self::Tests | Self::Tools),
            Self::Tests => !matches!(other, Self::Tools),
            // The tools build without the product, so that a check does not wait for it.
            Self::Tools => false,
        }
    }

    /// Whether a crate of this layer may name the runtime, the web framework, the databases and the HTTP client.
    pub(super) fn may_do_io(self) -> bool {
        matches!(self, Self::Platform | Self::Server | Self::Tests | Self::Tools)
    }
}

/// Libraries through which a crate reaches the outside: the named five and their close kin.
pub(super) const IO_LIBRARIES: &[&str] = &[
    "axum",
    "axum-core",
    "axum-extra",
    "deadpool-postgres",
    "hyper",
    "hyper-util",
    "libsqlite3-sys",
    "postgres",
    "reqwest",
    "rusqlite",
    "sqlx",
    "tokio",
    "tokio-postgres",
    "tokio-postgres-rustls",
    "tokio-rustls",
    "tokio-util",
    "tower",
    "tower-http",
];

/// Which domains a domain may use besides `tenancy`, which everyone may.
const DOMAIN_USES: &[(&str, &[&str])] = &[
    ("access", &["identity"]),
    ("lifecycle", &["identity"]),
    ("hosted", &["identity", "federation", "lifecycle"]),
    ("provider", &["identity", "access", "hosted"]),
    ("federation", &["identity", "access"]),
    ("billing", &["identity", "access"]),
    ("governance", &["identity", "access"]),
];

fn domain_may_use(domain: &str, other: &str) -> bool {
    let listed = DOMAIN_USES.iter().find(|(name, _)| *name == domain).map_or(&[][..], |(_, uses)| *uses);
    (other == "tenancy" && domain != "tenancy") || listed.contains(&other)
}

/// What this crate's manifest does against the plan, one sentence each.
pub(super) fn offences(member: &Member) -> Vec<String> {
    let name = &member.name;
    let Some(layer) = member.layer else {
        return vec![format!(
            "{name}: lies in no known folder (crates/{{base,protocols,platform,domains,server}}, tests)"
        )];
    };
    let mut found = Vec::new();
    for (used, used_layer) in &member.inside {
        match used_layer {
            Some(other) if !layer.may_use(*other) => {
                found.push(format!("{name} ({layer:?}) may not depend on {used} ({other:?})"));
            }
            Some(Layer::Domains) if layer == Layer::Domains && !domain_may_use(name, used) => found.push(format!(
                "domain {name} may not use domain {used}: listen to its events, or ask a port of the kernel"
            )),
            _ => {}
        }
    }
    if !layer.may_do_io() {
        for library in member.outside.iter().filter(|library| IO_LIBRARIES.contains(&library.as_str())) {
            found.push(format!("{name} ({layer:?}) may not name {library}: only platform, server and tests may"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(folder: &str, name: &str, inside: &[(&str, &str)], outside: &[&str]) -> Member {
        Member {
            name: name.to_owned(),
            layer: Layer::of(folder),
            inside: inside.iter().map(|(name, folder)| ((*name).to_owned(), Layer::of(folder))).collect(),
            outside: outside.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    #[test]
    fn every_arrow_of_the_plan_is_allowed_and_its_reverse_is_not() {
        let arrows = [
            ("crates/base/kernel", "crates/protocols/jose"),
            ("crates/base/kernel", "crates/platform/store"),
            ("crates/protocols/jose", "crates/domains/tenancy"),
            ("crates/platform/store", "crates/domains/tenancy"),
            ("crates/domains/tenancy", "crates/server"),
            ("crates/server", "tests"),
        ];
        for (lower, upper) in arrows {
            assert!(offences(&member(upper, "upper", &[("lower", lower)], &[])).is_empty(), "{upper} -> {lower}");
            assert_eq!(offences(&member(lower, "lower", &[("upper", upper)], &[])).len(), 1, "{lower} -> {upper}");
        }
    }

    #[test]
    fn protocols_and_platform_do_not_know_each_other() {
        let jose = member("crates/protocols/jose", "jose", &[("store", "crates/platform/store")], &[]);
        let edge = member("crates/platform/edge", "edge", &[("jose", "crates/protocols/jose")], &[]);
        assert_eq!((offences(&jose).len(), offences(&edge).len()), (1, 1));
    }

    #[test]
    fn domains_use_only_what_is_listed() {
        assert!(domain_may_use("identity", "tenancy") && domain_may_use("a_new_one", "tenancy"));
        assert!(domain_may_use("access", "identity") && domain_may_use("billing", "access"));
        assert!(!domain_may_use("identity", "access") && !domain_may_use("events", "identity"));
        assert!(!domain_may_use("tenancy", "identity") && !domain_may_use("access", "provider"));
        let events = member("crates/domains/events", "events", &[("identity", "crates/domains/identity")], &[]);
        assert!(offences(&events)[0].contains("listen to its events"));
    }

    #[test]
    fn only_platform_server_and_tests_name_the_outside() {
        for folder in ["crates/base/kernel", "crates/protocols/jose", "crates/domains/tenancy"] {
            assert_eq!(offences(&member(folder, "x", &[], &["tokio", "serde"])).len(), 1, "{folder}");
        }
        for folder in ["crates/platform/edge", "crates/server", "tests", "bench"] {
            assert!(offences(&member(folder, "x", &[], &["tokio", "axum"])).is_empty(), "{folder}");
        }
    }

    #[test]
    fn a_crate_outside_the_plan_is_an_offence() {
        assert!(offences(&member("crates/misc", "misc", &[], &[]))[0].contains("no known folder"));
    }
}
