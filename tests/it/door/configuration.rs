use super::process::{binary, command, run};

#[test]
fn a_wrong_value_stops_the_start_with_one_line_that_names_it() {
    let Some(binary) = binary() else { return };
    let folder = tempfile::tempdir().unwrap();
    for (arguments, key) in [
        (["serve", "--listen", "nowhere"], "listen"),
        (["serve", "--store", "mysql://x"], "store"),
        (["serve", "--public-url", "example.com"], "public_url"),
        (["serve", "--durability", "hope"], "durability"),
    ] {
        let output = run(&binary, folder.path(), &arguments);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
        assert_eq!(text.trim_end().lines().count(), 1, "{arguments:?}: {text}");
        assert!(text.contains(key), "{arguments:?}: {text}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn the_environment_and_the_file_are_checked_alike() {
    let Some(binary) = binary() else { return };
    let folder = tempfile::tempdir().unwrap();
    let output =
        command(&binary, folder.path(), &["serve"]).env("PORTCULLIS_REQUEST_DEADLINE", "soon").output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), text.trim_end().lines().count()), (Some(2), 1), "{text}");
    assert!(text.contains("PORTCULLIS_REQUEST_DEADLINE"), "{text}");
    std::fs::write(folder.path().join("portcullis.toml"), "lisen = \"127.0.0.1:1\"\n").unwrap();
    let output = run(&binary, folder.path(), &["serve", "--config", "portcullis.toml"]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), text.trim_end().lines().count()), (Some(2), 1), "{text}");
    assert!(text.contains("lisen"), "{text}");
}
