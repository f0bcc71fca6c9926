//! Builds again when the API reference page was built: its folder is embedded, and may appear after the first build. Packs the
//! documents that a release carries. And has the linker keep one of functions that are the same to the byte: every crate brings its
//! own copy of a shared one; and packs relocations, where the C library can unpack them.
#![expect(clippy::disallowed_methods, reason = "cargo tells a build script its target by the environment")]

use std::{env, fs, io::Write, path::Path};

use flate2::{Compression, write::GzEncoder};
use serde_json::Value;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // The parent, because a watched path that does not exist would rebuild this crate every time.
    println!("cargo::rerun-if-changed=../../web/reference");
    if is("PROFILE", "release") {
        pack_documents();
    }
    if has_lld() {
        println!("cargo::rustc-link-arg-bins=-Wl,--icf=all");
        if has_packed_relocations() {
            println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
        }
    }
}

/// See `src/documents`: what a development build made and the repository keeps.
fn pack_documents() {
    for surface in ["platform", "data-plane"] {
        let text = read(&format!("../../openapi/{surface}.json"));
        let document: Value = serde_json::from_str(&text).expect("cargo xtask openapi writes JSON");
        pack(&format!("{surface}.json"), &document.to_string());
        pack(&format!("{surface}.yaml"), &serde_norway::to_string(&document).expect("YAML can say what JSON can"));
    }
    pack("events.md", &read("../../docs/events.md"));
}

fn read(path: &str) -> String {
    println!("cargo::rerun-if-changed={path}");
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn pack(name: &str, text: &str) {
    let folder = env::var("OUT_DIR").expect("cargo names the folder");
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    let packed = packed.write_all(text.as_bytes()).and_then(|()| packed.finish());
    fs::write(Path::new(&folder).join(format!("{name}.gz")), packed.expect("memory takes it"))
        .expect("the folder can be written");
}

/// Where the compiler links with LLVM's linker of its own accord; others do not know the option.
fn has_lld() -> bool {
    is("CARGO_CFG_TARGET_ARCH", "x86_64") && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu")
}

/// Does the C library of this machine, for which the binary is linked, take them (glibc 2.36)? Elsewhere it would not start.
fn has_packed_relocations() -> bool {
    let is_native = env::var("HOST").is_ok_and(|host| is("TARGET", &host));
    let folders = ["/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/usr/lib"];
    let library = folders.iter().find_map(|folder| fs::read(Path::new(folder).join("libc.so.6")).ok());
    let marker = b"GLIBC_ABI_DT_RELR";
    is_native && library.is_some_and(|library| library.windows(marker.len()).any(|bytes| bytes == marker))
}

fn is(name: &str, value: &str) -> bool {
    env::var(name).is_ok_and(|found| found == value)
}
