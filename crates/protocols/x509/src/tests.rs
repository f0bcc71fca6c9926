//! Paths that lead to an authority, and paths that are wrong in one thing.

use kernel::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};

use super::Authorities;

/// 2026-01-01.
const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2025, 1, 1);
    params.not_after = date_time_ymd(2027, 1, 1);
    params
}

fn issuer_params(name: &str) -> CertificateParams {
    let mut params = named(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

fn key() -> KeyPair {
    KeyPair::generate().unwrap()
}

fn root(name: &str) -> Issuer {
    CertifiedIssuer::self_signed(issuer_params(name), key()).unwrap()
}

fn leaf_of(issuer: &Issuer, bend: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
    let mut params = named("client");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    bend(&mut params);
    params.signed_by(&key(), issuer).unwrap().der().to_vec()
}

fn listed(roots: &[&Issuer]) -> Authorities {
    Authorities::from_pem(&roots.iter().map(|root| root.pem()).collect::<Vec<_>>()).unwrap()
}

#[test]
fn a_certificate_leads_to_its_own_authority_alone() {
    let (own, other) = (root("one"), root("one"));
    let leaf = leaf_of(&own, |_| {});
    assert!(listed(&[&own]).vouch_for(&leaf, &[], NOW));
    assert!(listed(&[&other, &own]).vouch_for(&leaf, &[], NOW));
    assert!(!listed(&[&other]).vouch_for(&leaf, &[], NOW), "the same name, another key");
    assert!(!Authorities::default().vouch_for(&leaf, &[], NOW));
    let mut bent = leaf.clone();
    *bent.last_mut().unwrap() ^= 1;
    for wrong in [&bent[..], &leaf[1..], &[], b"x"] {
        assert!(!listed(&[&own]).vouch_for(wrong, &[], NOW));
    }
}

#[test]
fn a_leaf_must_hold_now_and_be_for_clients() {
    let root = root("root");
    for (what, bend, is_good) in [
        ("as it is", (|_| {}) as fn(&mut CertificateParams), true),
        ("for anything", |params| params.extended_key_usages.clear(), true),
        ("for both", |params| params.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth), true),
        ("for servers", |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth], false),
        ("expired", |params| params.not_after = date_time_ymd(2025, 12, 31), false),
        ("not yet valid", |params| params.not_before = date_time_ymd(2026, 1, 2), false),
        ("an issuer itself", |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained), false),
    ] {
        assert_eq!(listed(&[&root]).vouch_for(&leaf_of(&root, bend), &[], NOW), is_good, "{what}");
    }
}

#[test]
fn what_signed_itself_leads_nowhere() {
    let root = root("root");
    let own = named("root").self_signed(&key()).unwrap();
    assert!(!listed(&[&root]).vouch_for(own.der(), &[own.der()], NOW));
}

fn below(root: &Issuer, bend: impl FnOnce(&mut CertificateParams)) -> Issuer {
    let mut params = issuer_params("between");
    bend(&mut params);
    CertifiedIssuer::signed_by(params, key(), root).unwrap()
}

#[test]
fn those_between_are_sent_along_and_may_issue() {
    let root = root("root");
    let between = below(&root, |_| {});
    let leaf = leaf_of(&between, |_| {});
    let authorities = listed(&[&root]);
    assert!(authorities.vouch_for(&leaf, &[between.der()], NOW));
    assert!(authorities.vouch_for(&leaf, &[b"no certificate", between.der()], NOW));
    assert!(!authorities.vouch_for(&leaf, &[], NOW), "nobody sent it");
    assert!(listed(&[&between]).vouch_for(&leaf, &[], NOW), "it is listed itself");
    for (what, bend) in [
        ("no issuer", (|params| params.is_ca = IsCa::ExplicitNoCa) as fn(&mut CertificateParams)),
        ("expired", |params| params.not_after = date_time_ymd(2025, 12, 31)),
        ("for servers", |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth]),
    ] {
        let between = below(&root, bend);
        assert!(!authorities.vouch_for(&leaf_of(&between, |_| {}), &[between.der()], NOW), "{what}");
    }
    // A client that issues certificates with its own.
    let client = below(&root, |params| params.is_ca = IsCa::NoCa);
    assert!(!authorities.vouch_for(&leaf_of(&client, |_| {}), &[client.der()], NOW));
}

#[test]
fn a_chain_has_an_end() {
    let root = root("root");
    let mut issuers = vec![below(&root, |_| {})];
    for _ in 0..8 {
        issuers.push(below(&issuers[issuers.len() - 1], |_| {}));
    }
    let leaf = leaf_of(&issuers[8], |_| {});
    let above: Vec<&[u8]> = issuers.iter().map(|issuer| issuer.der().as_ref()).collect();
    assert!(!listed(&[&root]).vouch_for(&leaf, &above, NOW));
}

#[test]
fn an_authority_that_is_past_its_time_vouches_for_nobody() {
    let root = root("root");
    let leaf = leaf_of(&root, |params| params.not_after = date_time_ymd(2030, 1, 1));
    let year = std::time::Duration::from_hours(24 * 365);
    assert!(listed(&[&root]).vouch_for(&leaf, &[], NOW));
    assert!(!listed(&[&root]).vouch_for(&leaf, &[], NOW + year + year));
}

#[test]
fn authorities_are_certificates_that_may_issue() {
    let root = root("root");
    let bundle = Authorities::from_pem(&[format!("{}\n{}", root.pem(), root.pem())]).unwrap();
    assert!(bundle.len() == 2 && bundle.are_issuers() && bundle.contains(root.der()));
    let client = named("client").self_signed(&key()).unwrap();
    assert!(!Authorities::from_pem(&[client.pem()]).unwrap().are_issuers());
    for flawed in ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        assert!(Authorities::from_pem(&[flawed]).is_none(), "{flawed}");
    }
}
