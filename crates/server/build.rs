//! Builds again when the API reference page was built: its folder is embedded, and may appear after the first build. And has the
//! linker keep one of functions that are the same to the byte: every crate brings its own copy of a shared one.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // The parent, because a watched path that does not exist would rebuild this crate every time.
    println!("cargo::rerun-if-changed=../../web/reference");
    if has_lld() {
        println!("cargo::rustc-link-arg-bins=-Wl,--icf=all");
    }
}

/// Where the compiler links with LLVM's linker of its own accord; others do not know the option.
#[expect(clippy::disallowed_methods, reason = "cargo tells a build script its target by the environment")]
fn has_lld() -> bool {
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    is("CARGO_CFG_TARGET_ARCH", "x86_64") && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu")
}
