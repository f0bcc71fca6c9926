//! Writes the list of throw-away mail services as one text. As a table of slices each of its tens of thousands of names would cost the
//! binary a pointer, a length and a relocation, and the start of the process the work to apply it.

use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let mut domains = mailchecker::blacklist();
    // The search wants them in order.
    domains.sort_unstable();
    domains.dedup();
    let path = Path::new(&env::var("OUT_DIR").expect("cargo names the folder")).join("disposable.txt");
    fs::write(path, domains.join("\n")).expect("the folder can be written");
}
