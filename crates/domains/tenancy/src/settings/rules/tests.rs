use super::*;

/// The fields that are refused after a change of the defaults.
fn flaws(change: impl FnOnce(&mut Settings)) -> Vec<String> {
    let mut settings = Settings::default();
    change(&mut settings);
    settings.check().err().map_or_else(Vec::new, |refusal| {
        assert_eq!(refusal.status(), 422);
        refusal.fields.into_iter().map(|field| format!("{} {}", field.field, field.code)).collect()
    })
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn origins_are_what_browsers_send() {
    let good = [
        "https://app.example.com",
        "https://app.example.com:8443",
        "http://localhost:3000",
        "http://127.0.0.1",
        "http://[::1]:5173",
        "http://acme.localhost",
    ];
    assert_eq!(flaws(|settings| settings.allowed_origins = texts(&good)), texts(&[]));
    for bad in [
        "",
        "*",
        "null",
        "app.example.com",
        "https://*.example.com",
        "https://App.example.com",
        "https://app.example.com/",
        "https://app.example.com/path",
        "https://app.example.com?q",
        "https://app.example.com#f",
        "https://app.example.com:443",
        "http://app.example.com",
        "http://localhost.example.com",
        "https://user@app.example.com",
        "javascript:alert(1)",
        "file:///etc",
        " https://app.example.com",
        "https://app.example.com\n",
        "https://bücher.example",
        "https://a.example,https://b.example",
    ] {
        assert_eq!(
            flaws(|settings| settings.allowed_origins = texts(&[bad])),
            ["allowed_origins.0 invalid"],
            "{bad:?}"
        );
    }
}

#[test]
fn redirect_uris_have_one_spelling() {
    let good = [
        "https://app.example.com/callback",
        "https://app.example.com/callback?a=b",
        "https://app.example.com/",
        "http://127.0.0.1:9000/cb",
        "http://localhost/cb",
    ];
    assert_eq!(flaws(|settings| settings.redirect_uris = texts(&good)), texts(&[]));
    for bad in [
        "",
        "/callback",
        "//app.example.com/cb",
        "https://app.example.com",
        "https://app.example.com/a/../b",
        "https://app.example.com\\@evil.example/",
        "https://app.example.com@evil.example/",
        "https://app.example.com/cb#f",
        "https://app.example.com/*",
        "https://*.example.com/cb",
        "HTTPS://app.example.com/cb",
        "https://APP.example.com/cb",
        "https://app.example.com:443/cb",
        "http://app.example.com/cb",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "com.example.app:/cb",
        "https://app.example.com/c b",
        "https://app.example.com/cb\t",
    ] {
        assert_eq!(flaws(|settings| settings.redirect_uris = texts(&[bad])), ["redirect_uris.0 invalid"], "{bad:?}");
    }
}

#[test]
fn lists_are_bounded_and_hold_each_thing_once() {
    let many: Vec<String> = (0..101).map(|n| format!("https://a{n}.example")).collect();
    assert_eq!(flaws(|settings| settings.allowed_origins = many), ["allowed_origins too_many"]);
    let twice = texts(&["https://a.example", "https://a.example"]);
    assert_eq!(flaws(|settings| settings.allowed_origins = twice), ["allowed_origins.1 duplicate"]);
    let long = format!("https://a.example/{}", "a".repeat(MAX_URI_BYTES));
    assert_eq!(flaws(|settings| settings.redirect_uris = vec![long]), ["redirect_uris.0 invalid"]);
}

#[test]
fn domains_are_names() {
    let good = texts(&["example.com", "mail.example.co.uk", "xn--bcher-kva.example"]);
    assert_eq!(flaws(|settings| settings.sign_up.allowed_domains = good), texts(&[]));
    for bad in [
        "",
        "com",
        "Example.com",
        "@example.com",
        ".example.com",
        "example.com.",
        "exa mple.com",
        "-a.example",
        "127.0.0.1",
        "a..b",
    ] {
        assert_eq!(
            flaws(|settings| settings.sign_up.blocked_domains = texts(&[bad])),
            ["sign_up.blocked_domains.0 invalid"],
            "{bad:?}"
        );
    }
    assert_eq!(flaws(|settings| settings.sign_up.mode = SignUpMode::Restricted), ["sign_up.allowed_domains required"]);
}

#[test]
fn rate_limits_are_known_and_within_reason() {
    let limit = |name: &str, requests, seconds| RateLimit { name: name.to_owned(), requests, seconds };
    assert_eq!(
        flaws(|settings| settings.rate_limits = Limit::ALL.map(|known| limit(known.name(), 1, 1)).into()),
        texts(&[])
    );
    assert_eq!(flaws(|settings| settings.rate_limits = vec![limit("other", 1, 1)]), ["rate_limits.0.name unknown"]);
    let twice = vec![limit("token", 1, 1), limit("token", 2, 1)];
    assert_eq!(flaws(|settings| settings.rate_limits = twice), ["rate_limits.1.name duplicate"]);
    let none = vec![limit("token", 0, 86_401)];
    assert_eq!(
        flaws(|settings| settings.rate_limits = none),
        ["rate_limits.0.requests out_of_range", "rate_limits.0.seconds out_of_range"]
    );
}

#[test]
fn lifetimes_fit_into_each_other() {
    let sessions = |change: fn(&mut SettingsSessions)| flaws(|settings| change(&mut settings.sessions));
    assert_eq!(
        sessions(|sessions| sessions.idle_seconds = sessions.lifetime_seconds + 1),
        ["sessions.idle_seconds too_long"]
    );
    assert_eq!(
        sessions(|sessions| (sessions.idle_seconds, sessions.access_token_seconds) = (60, 61)),
        ["sessions.access_token_seconds too_long"]
    );
    assert_eq!(sessions(|sessions| sessions.access_token_seconds = 59), ["sessions.access_token_seconds out_of_range"]);
    assert_eq!(
        sessions(|sessions| sessions.refresh_grace_seconds = 61),
        ["sessions.refresh_grace_seconds out_of_range"]
    );
    assert_eq!(sessions(|sessions| sessions.max_per_user = Some(0)), ["sessions.max_per_user out_of_range"]);
}

#[test]
fn passwords_are_never_cheap() {
    let passwords = |change: fn(&mut SettingsPasswords)| flaws(|settings| change(&mut settings.passwords));
    assert_eq!(passwords(|passwords| passwords.min_length = 7), ["passwords.min_length out_of_range"]);
    assert_eq!(passwords(|passwords| passwords.memory_kib = 8_192), ["passwords.memory_kib out_of_range"]);
    assert_eq!(passwords(|passwords| passwords.iterations = 0), ["passwords.iterations out_of_range"]);
    assert_eq!(passwords(|passwords| passwords.parallelism = 9), ["passwords.parallelism out_of_range"]);
}

#[test]
fn links_never_run() {
    let home = |url: &str| flaws(|settings| settings.urls.home_url = Some(url.to_owned()));
    assert_eq!(home("https://example.com/a"), texts(&[]));
    for bad in ["javascript:alert(1)", "http://example.com", "example.com", "https://a:b@example.com"] {
        assert_eq!(home(bad), ["urls.home_url invalid"], "{bad}");
    }
}

#[test]
fn every_flaw_is_told_at_once() {
    let found = flaws(|settings| {
        settings.allowed_origins = texts(&["x"]);
        settings.passwords.min_length = 1;
    });
    assert_eq!(found, ["allowed_origins.0 invalid", "passwords.min_length out_of_range"]);
}

#[test]
fn what_has_no_default_cannot_be_cleared() {
    assert_eq!(value_or_absent("name", Patch::Value(1)), Ok(Some(1)));
    assert_eq!(value_or_absent::<u8>("name", Patch::Absent), Ok(None));
    assert_eq!(value_or_absent::<u8>("name", Patch::Null).unwrap_err().status(), 422);
}

#[test]
fn names_are_lines() {
    assert_eq!(tenant_name("name", "  Acme  "), Ok("Acme".to_owned()));
    for bad in ["", "   ", "a\nb", "a\u{0}b", &"x".repeat(81)] {
        assert!(tenant_name("name", bad).is_err(), "{bad:?}");
    }
}
