//! Packs the list of throw-away mail services into a transducer, which is searched as it lies in the binary. As a table of slices each
//! of its tens of thousands of names would cost a pointer, a length and a relocation, and the start of the process the work to apply it.
#![expect(clippy::disallowed_methods, reason = "cargo tells a build script its folder by the environment")]

use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let mut domains = mailchecker::blacklist();
    domains.sort_unstable();
    let set = fst::Set::from_iter(domains).expect("sorted names make a set");
    let path = Path::new(&env::var("OUT_DIR").expect("cargo names the folder")).join("disposable.fst");
    fs::write(path, set.as_fst().as_bytes()).expect("the folder can be written");
}
