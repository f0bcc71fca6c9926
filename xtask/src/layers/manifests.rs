//! The workspace's crates as cargo itself reads them: where each lies, and what it names.

use anyhow::{Context, Result};
use cargo_metadata::{MetadataCommand, Package};

use super::rules::Layer;
use crate::tree;

/// One crate of the workspace.
pub(super) struct Member {
    pub(super) name: String,
    /// `None` for a crate outside the known folders.
    pub(super) layer: Option<Layer>,
    /// Crates of this workspace it depends on, in any role (normal, dev, build).
    pub(super) inside: Vec<(String, Option<Layer>)>,
    /// Crates from elsewhere it depends on, in any role.
    pub(super) outside: Vec<String>,
}

pub(super) fn members() -> Result<Vec<Member>> {
    let metadata = MetadataCommand::new()
        .manifest_path(tree::root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("cargo metadata")?;
    let root = metadata.workspace_root.as_str().to_owned();
    let mut members: Vec<Member> = metadata.packages.iter().map(|package| member(package, &root)).collect();
    members.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(members)
}

fn member(package: &Package, root: &str) -> Member {
    let mut inside = Vec::new();
    let mut outside = Vec::new();
    for dependency in &package.dependencies {
        match &dependency.path {
            Some(path) => inside.push((dependency.name.clone(), layer(path.as_str(), root))),
            None => outside.push(dependency.name.clone()),
        }
    }
    let folder = package.manifest_path.parent().map_or("", |folder| folder.as_str());
    Member { name: package.name.to_string(), layer: layer(folder, root), inside, outside }
}

fn layer(folder: &str, root: &str) -> Option<Layer> {
    folder.strip_prefix(root).and_then(|inside| Layer::of(inside.trim_start_matches('/')))
}
