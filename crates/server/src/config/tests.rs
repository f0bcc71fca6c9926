use std::{ffi::OsString, fs};

use super::*;

fn flags(set: &[(&'static str, &str)]) -> Flags {
    Flags { file: None, values: set.iter().map(|(name, text)| (*name, (*text).to_owned())).collect() }
}

fn variables(set: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    set.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect()
}

fn config(flags: &Flags, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::read(&Values::collect(KEYS, flags, variables(environment))?)
}

/// The line that the start would end with.
fn line(flags: &Flags, environment: &[(&str, &str)]) -> String {
    let line = config(flags, environment).unwrap_err().to_string();
    assert_eq!(line.lines().count(), 1, "{line}");
    line
}

struct File {
    folder: tempfile::TempDir,
}

impl File {
    fn of(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("portcullis.toml"), text).unwrap();
        Self { folder }
    }

    fn flags(&self, set: &[(&'static str, &str)]) -> Flags {
        Flags { file: Some(self.folder.path().join("portcullis.toml")), ..flags(set) }
    }
}

#[test]
fn nothing_needs_to_be_set() {
    let config = config(&Flags::default(), &[("HOME", "/home/ada"), ("PATH", "/bin")]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.origin(config.listen).as_str(), "http://localhost:8080");
    assert_eq!(format!("{:?}", config.store_url()), "sqlite:./data/portcullis.db");
    assert_eq!(config.master_key_path(), PathBuf::from("./data/master.key"));
    assert!(!config.dev && !config.is_sign_up_open());
    assert_eq!(config.log_format(true), LogFormat::Json);
}

#[test]
fn flags_win_over_variables_over_the_file_over_defaults() {
    let file = File::of("listen = \"127.0.0.1:1\"\nshutdown_grace = \"1s\"\nlog_level = \"warn\"\n");
    let environment = [("PORTCULLIS_LISTEN", "127.0.0.1:2"), ("PORTCULLIS_SHUTDOWN_GRACE", "2s")];
    let config = config(&file.flags(&[("listen", "127.0.0.1:3")]), &environment).unwrap();
    assert_eq!(config.listen.port(), 3, "flag");
    assert_eq!(config.shutdown_grace, Duration::from_secs(2), "variable");
    assert_eq!(config.log_level, LogLevel::Warn, "file");
    assert_eq!(config.request_deadline, Duration::from_secs(30), "default");
}

#[test]
fn the_file_can_be_named_by_a_variable() {
    let file = File::of("dev = true\ntrusted_proxies = [\"10.0.0.0/8\", \"192.0.2.7\"]\nmax_connections = 5\n");
    let path = file.folder.path().join("portcullis.toml");
    let config = config(&Flags::default(), &[("PORTCULLIS_CONFIG", path.to_str().unwrap())]).unwrap();
    assert!(config.dev && config.is_sign_up_open());
    assert_eq!(config.log_format(true), LogFormat::Text);
    assert_eq!(config.trusted_proxies.len(), 2);
    assert_eq!(config.max_connections.get(), 5);
}

#[test]
fn a_wrong_value_is_one_line_that_names_the_key_and_what_it_accepts() {
    assert_eq!(
        line(&flags(&[("listen", "8080")]), &[]),
        "listen (--listen): \"8080\" is not accepted; it is an IP address and a port, for example `127.0.0.1:8080` or \
         `[::]:8080`; port 0 takes a free one"
    );
    assert_eq!(
        line(&flags(&[]), &[("PORTCULLIS_LOG_LEVEL", "loud")]),
        "log_level (PORTCULLIS_LOG_LEVEL): \"loud\" is not accepted; it is `off`, `error`, `warn`, `info`, `debug`, `trace`"
    );
    let file = File::of("hash_nice = 20\n");
    let line = line(&file.flags(&[]), &[]);
    assert!(line.ends_with("portcullis.toml): \"20\" is not accepted; it is a whole number from 0 to 19"), "{line}");
}

#[test]
fn every_key_refuses_nonsense_in_one_line() {
    // What is a path accepts nearly any text.
    for key in KEYS.iter().filter(|key| !(key.accepts)().ends_with("a path")) {
        let line = line(&flags(&[]), &[(&key.variable(), "\u{fffd} nonsense!\nsecond line")]);
        assert!(line.starts_with(key.name) && line.ends_with(&(key.accepts)()), "{line}");
    }
}

#[test]
fn an_unknown_key_is_named_with_the_known_ones() {
    let line_of = line(&flags(&[]), &[("PORTCULLIS_LISSEN", "x")]);
    assert!(
        line_of.starts_with("environment: unknown key `PORTCULLIS_LISSEN`, perhaps `listen` is meant; the keys are ")
    );
    assert!(line_of.contains("PORTCULLIS_PUBLIC_URL"), "{line_of}");
    let file = File::of("colour = \"red\"\n");
    let line_of = line(&file.flags(&[]), &[]);
    assert!(line_of.contains("portcullis.toml: unknown key `colour`; the keys are listen, public_url"), "{line_of}");
    let file = File::of("[server]\nlisten = \"127.0.0.1:1\"\n");
    assert!(line(&file.flags(&[]), &[]).contains("unknown key `server`"));
}

#[test]
fn what_others_set_with_our_prefix_is_left_alone() {
    let environment = [
        ("PORTCULLIS_SERVICE_HOST", "10.0.0.1"),
        ("PORTCULLIS_PORT", "tcp://10.0.0.1:8080"),
        ("PORTCULLIS_PORT_8080_TCP_ADDR", "10.0.0.1"),
    ];
    assert!(config(&Flags::default(), &environment).is_ok());
    for key in KEYS {
        assert!(!key.variable().starts_with("PORTCULLIS_PORT") && !key.variable().starts_with("PORTCULLIS_SERVICE_"));
    }
}

#[test]
fn a_broken_file_is_one_line_with_its_place() {
    let file = File::of("dev = true\nlisten = = 3\n");
    let line_of = line(&file.flags(&[]), &[]);
    assert!(line_of.contains("portcullis.toml: line 2: "), "{line_of}");
    let file = File::of("listen = { port = 3 }\n");
    assert!(line(&file.flags(&[]), &[]).starts_with("listen ("));
    let missing = Flags { file: Some("absent/portcullis.toml".into()), values: Vec::new() };
    assert!(line(&missing, &[]).starts_with("absent/portcullis.toml: "));
}

#[test]
fn secrets_are_never_shown() {
    for (name, value) in [("PORTCULLIS_MASTER_KEY", "enigma"), ("PORTCULLIS_STORE", "postgresx://ada:enigma@db/x")] {
        let line = line(&flags(&[]), &[(name, value)]);
        assert!(line.contains(name) && !line.contains("enigma"), "{line}");
    }
    let key = "ab".repeat(31) + "00";
    let config =
        config(&flags(&[("store", "postgres://ada:enigma@db/x")]), &[("PORTCULLIS_MASTER_KEY", &key)]).unwrap();
    let shown = format!("{config:?}");
    assert!(!shown.contains("enigma") && !shown.contains(&key), "{shown}");
}

#[test]
fn the_master_key_is_read_from_the_environment_alone() {
    let file = File::of("master_key = \"x\"\n");
    assert!(line(&file.flags(&[]), &[]).contains("unknown key `master_key`"));
    let key = "ab".repeat(31) + "00";
    let both = [("PORTCULLIS_MASTER_KEY", key.as_str()), ("PORTCULLIS_MASTER_KEY_FILE", "k")];
    assert!(line(&flags(&[]), &both).starts_with("master_key and master_key_file are both set"));
}

#[test]
fn keys_that_need_each_other_are_set_together() {
    for (set, begin) in [
        (&[("tls_certificate", "c.pem")][..], "tls_certificate and tls_key need each other"),
        (&[("tls_key", "k.pem")], "tls_certificate and tls_key need each other"),
        (&[("tls_client_certificates", "optional")], "tls_client_certificates needs tls_certificate"),
        (&[("client_certificate_header", "client-cert")], "client_certificate_header needs trusted_proxies"),
        (&[("mtls_listen", "127.0.0.1:8443")], "mtls_listen needs tls_certificate"),
        (&[("mtls_public_url", "https://mtls.example.com")], "mtls_public_url needs a way for certificates"),
        (
            &[
                ("mtls_public_url", "http://mtls.example.com"),
                ("client_certificate_header", "client-cert"),
                ("trusted_proxies", "10.0.0.0/8"),
            ],
            "mtls_public_url begins with https://",
        ),
    ] {
        assert!(line(&flags(set), &[]).starts_with(begin), "{set:?}");
    }
    let config = config(&flags(&[("tls_certificate", "c.pem"), ("tls_key", "k.pem")]), &[]).unwrap();
    assert_eq!(config.origin(config.listen).as_str(), "https://localhost:8080");
}

#[test]
fn clients_with_a_certificate_have_an_address_of_their_own() {
    let own = [("tls_certificate", "c.pem"), ("tls_key", "k.pem"), ("public_url", "https://auth.example.com")];
    for (more, base_hosts, mtls_url, is_asking) in [
        (&[][..], &["auth.example.com"][..], None, false),
        (&[("tls_client_certificates", "optional")], &["auth.example.com"], None, true),
        (&[("mtls_listen", "[::]:8443")], &["auth.example.com"], Some("https://auth.example.com:8443"), true),
        (
            &[("mtls_listen", "[::]:8443"), ("mtls_public_url", "https://mtls.example.com")],
            &["auth.example.com", "mtls.example.com"],
            Some("https://mtls.example.com"),
            true,
        ),
    ] {
        let config = config(&flags(&[&own[..], more].concat()), &[]).unwrap();
        let origin = config.origin(config.listen);
        let mtls = config.mtls_origin(&origin, config.mtls_listen);
        let edge = config.edge_settings(&origin, mtls.as_ref());
        assert_eq!(
            (edge.base_hosts, edge.mtls_url.as_deref()),
            (base_hosts.iter().map(|host| (*host).to_owned()).collect(), mtls_url)
        );
        assert_eq!(edge.asks_for_certificates, is_asking, "{more:?}");
    }
}

#[test]
fn every_key_is_documented_in_the_reference() {
    let text = reference();
    for key in KEYS {
        assert!(
            text.contains(&format!("| `{}`", key.name)) && key.summary().ends_with('.') | key.summary().ends_with('?')
        );
    }
    assert_eq!(text.lines().filter(|line| line.starts_with("| `")).count(), KEYS.len());
}
