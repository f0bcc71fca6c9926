//! Builds again when the API reference page was built: its folder is embedded, and may appear after the first build.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // The parent, because a watched path that does not exist would rebuild this crate every time.
    println!("cargo::rerun-if-changed=../../web/reference");
}
