//! The facts of the first start as a file, for scripts and containers.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use serde::Serialize;

/// What a new installation is called by, and its two secrets, which exist nowhere else in readable form.
#[derive(Serialize)]
pub(crate) struct FirstFacts<'a> {
    pub base_url: &'a str,
    pub application_id: &'a str,
    pub api_key: &'a str,
    pub claim_url: &'a str,
}

/// A file that will be there whole or not at all, readable by its owner alone.
pub(crate) struct BootstrapFile {
    path: PathBuf,
    draft: PathBuf,
    file: File,
}

impl BootstrapFile {
    /// Opens the draft beside the target: a folder that can't be written to must stop the first start before it has made
    /// secrets that it could not hand over.
    pub(crate) fn prepare(path: &Path) -> io::Result<Self> {
        let mut draft = path.as_os_str().to_owned();
        draft.push(format!(".{}.new", std::process::id()));
        let draft = PathBuf::from(draft);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        Ok(Self { path: path.to_owned(), draft, file })
    }

    pub(crate) fn write(mut self, facts: &FirstFacts<'_>) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut self.file, facts)?;
        self.file.write_all(b"\n")?;
        self.file.sync_all()?;
        fs::rename(&self.draft, &self.path)?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    }
}

impl Drop for BootstrapFile {
    fn drop(&mut self) {
        // After a rename there is nothing left to remove.
        let _ = fs::remove_file(&self.draft);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const FACTS: FirstFacts<'static> = FirstFacts { base_url: "b", application_id: "a", api_key: "k", claim_url: "c" };

    #[test]
    fn the_file_is_its_owners_alone_and_leaves_no_draft() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bootstrap.json");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        BootstrapFile::prepare(&path).unwrap().write(&FACTS).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let facts: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(
            facts,
            serde_json::json!({ "base_url": "b", "application_id": "a", "api_key": "k", "claim_url": "c" })
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_is_not_needed_after_all_leaves_the_old_one_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bootstrap.json");
        fs::write(&path, "old").unwrap();
        drop(BootstrapFile::prepare(&path).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_is_missing_is_found_before_anything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        assert!(BootstrapFile::prepare(&folder.path().join("absent").join("b.json")).is_err());
    }
}
