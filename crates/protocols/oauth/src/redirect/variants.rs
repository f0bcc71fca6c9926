//! Three hundred ways to write an address that is almost the registered one: each is another one.

use std::collections::BTreeSet;

use super::is_registered;
use crate::names::ClientType;

const REGISTERED: &str = "https://app.example/oauth/callback";

const ADDED: &str = "/ // /x /../x /..;/x /%2e%2e/x /%2f.. %2f.. %2F..%2Fx ;x ;/ \\ /\\ ? ?a=b ?next=evil &a=b # #x \
    @evil.example .evil.example %00 \0 %20 %0d%0a * . .. \u{200b} \u{feff} \u{202e} é \u{fffd} % %zz | ^ \
    ` {} <> \" ' ~ ! $ : ,";
const SCHEMES: &str = "http HTTPS Https ftp ws wss file data javascript JaVaScRiPt view-source:https blob:https intent \
    com.example.app httpss shttp x-https \u{ff48}ttps";
const AUTHORITIES: &str = "evil.example app.example.evil.example evil-app.example evilapp.example app.example. app.example:443 \
    app.example:80 app.example: app.example:0443 app.example:8443 APP.example App.Example app.EXAMPLE \
    www.app.example example user@app.example user:pass@app.example @app.example app.example@evil.example \
    app.example:443@evil.example a@b@app.example app.example@@evil.example @@@@@evil.example \
    app.example%40evil.example app.example%2eevil.example app.example%00.evil.example \
    app.example\\.evil.example app.example\\@evil.example evil.example\\app.example \
    evil.example#app.example evil.example?app.example evil.example;app.example app\u{3002}example \
    app\u{ff0e}example \u{430}pp.example xn--pp-6kc.example app.ex\u{e1}mple app.examp1e app.example.com \
    localhost 127.0.0.1 [::1] 0x7f.1 2130706433 app.example,evil.example app.example&evil.example \
    app.example%23.evil.example app.example%2f@evil.example app.example%5c@evil.example app..example \
    .app.example *.example app.*";
const PATHS: &str = "/ /oauth /oauth/ /callback /oauth/callback/ /oauth//callback //oauth/callback /oauth/./callback \
    /oauth/x/../callback /./oauth/callback /../oauth/callback /oauth/%2e/callback \
    /oauth/%2e%2e/oauth/callback /oauth/..;/oauth/callback /oauth/;x=1/callback /oauth;x/callback \
    /OAuth/callback /oauth/Callback /oauth/CALLBACK /%6fauth/callback /oauth/%63allback \
    /oauth%2fcallback /oauth%2Fcallback /oauth%5ccallback /oauth\\callback /oauth/callback%3fa=b \
    /oauth/callback%23 /oauth/callback.html /oauth/callback/../../evil /oauth/callback/..%2f..%2fevil \
    /oauth/callback/..%252f..%252fevil /oauth/callback/..\\..\\evil /oauth/callback/%2e%2e%5cevil \
    /oauth/callback/..%c0%af /oauth/callback? /oauth/callback?? \
    /oauth/callback?redirect_uri=https://evil.example /oauth/callback?code=1 /oauth/callback?# \
    /oauth/callback#/../evil /oauth/callback&redirect_uri=https://evil.example /oauth/callback2 \
    /oauth/callbac /oauth/callback/https://evil.example /oauth/callback,https://evil.example \
    /o\u{430}uth/callback /oauth/callback\u{301} /oauth/\u{ff43}allback /oauth/call+back";

fn variants() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    added_anywhere(&mut all);
    schemes(&mut all);
    authorities(&mut all);
    paths(&mut all);
    single_characters(&mut all);
    all.remove(REGISTERED);
    all
}

/// Something before, behind, or between the parts.
fn added_anywhere(all: &mut BTreeSet<String>) {
    for added in ADDED.split(' ').chain(["\t", "\n", "\r\n", " "]) {
        for place in [
            "https",
            "https:",
            "https://",
            "https://app",
            "https://app.example",
            "https://app.example/oauth",
            REGISTERED,
        ] {
            let (head, tail) = REGISTERED.split_at(place.len());
            all.insert(format!("{head}{added}{tail}"));
        }
        all.insert(format!("{added}{REGISTERED}"));
    }
}

fn schemes(all: &mut BTreeSet<String>) {
    let rest = "//app.example/oauth/callback";
    for scheme in SCHEMES.split(' ') {
        all.insert(format!("{scheme}:{rest}"));
    }
    all.insert(rest.to_owned());
    all.insert("https:/app.example/oauth/callback".to_owned());
    all.insert("https:app.example/oauth/callback".to_owned());
    all.insert("https:\\\\app.example\\oauth\\callback".to_owned());
    all.insert("javascript:alert(1)//https://app.example/oauth/callback".to_owned());
    all.insert("data:text/html,https://app.example/oauth/callback".to_owned());
}

fn authorities(all: &mut BTreeSet<String>) {
    for authority in AUTHORITIES.split(' ').chain(["app.example evil.example"]) {
        all.insert(format!("https://{authority}/oauth/callback"));
    }
}

fn paths(all: &mut BTreeSet<String>) {
    for path in PATHS.split(' ').chain([
        "",
        "/oauth/callback https://evil.example",
        "/oauth/call\tback",
        "/oauth/call\nback",
        "/oauth/call back",
    ]) {
        all.insert(format!("https://app.example{path}"));
    }
}

/// Each character missing, twice, in the other case, or percent-encoded.
fn single_characters(all: &mut BTreeSet<String>) {
    for (at, c) in REGISTERED.char_indices() {
        let (head, tail) = (&REGISTERED[..at], &REGISTERED[at + 1..]);
        all.insert(format!("{head}{tail}"));
        all.insert(format!("{head}{c}{c}{tail}"));
        all.insert(format!("{head}{}{tail}", c.to_ascii_uppercase()));
        all.insert(format!("{head}%{:02x}{tail}", u32::from(c)));
    }
}

#[test]
fn every_variant_of_a_registered_address_is_refused() {
    let registered = [REGISTERED.to_owned()];
    let variants = variants();
    assert!(variants.len() >= 300, "{}", variants.len());
    for client in ClientType::ALL {
        assert!(is_registered(REGISTERED, &registered, *client));
        for variant in &variants {
            assert!(!is_registered(variant, &registered, *client), "{variant:?} {client}");
        }
    }
}
