//! `deps`: the folders are the architecture, and this is where that sentence is enforced.
//!
//! Two readings of the tree: the manifests (which crate depends on which) and the sources of the lower layers (a crate
//! can name a library it does not list, through a re-export).

mod manifests;
mod rules;
mod sources;

use std::process::ExitCode;

use anyhow::Result;

use crate::verdict;

pub(crate) fn run() -> Result<ExitCode> {
    let members = manifests::members()?;
    let mut offences: Vec<String> = members.iter().flat_map(rules::offences).collect();
    offences.extend(sources::offences()?);
    for offence in &offences {
        println!("error: {offence}");
    }
    let edges: usize = members.iter().map(|member| member.inside.len()).sum();
    println!("{} crates, {edges} dependencies between them, {} offences", members.len(), offences.len());
    Ok(verdict(offences.len()))
}
