//! The keys above all keys, and the file or variable they live in.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use base64::{
    Engine,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use kernel::env::Entropy;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::digest::digest;

/// What every text starts with that this module writes.
const PREAMBLE: &str = "\
# Master keys: they unlock every secret in the database. Keep a copy apart from the database's backups.
# The first key seals; the others only open what was sealed before a rotation.
";

/// 256 random bits. Wiped when dropped; never printed.
#[derive(Clone)]
pub struct MasterKey {
    bytes: Zeroizing<[u8; 32]>,
    id: [u8; 8],
}

impl MasterKey {
    pub fn new(bytes: [u8; 32]) -> Self {
        let mut id = [0; 8];
        id.copy_from_slice(&digest(&bytes)[..8]);
        Self { bytes: Zeroizing::new(bytes), id }
    }

    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(&mut *bytes);
        Self::new(*bytes)
    }

    /// The first eight bytes of the key's SHA-256, which stand in every envelope. Not secret.
    pub const fn id(&self) -> [u8; 8] {
        self.id
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// From 64 hexadecimal digits, or base64 in either alphabet with or without padding.
    fn parse(word: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        if word.len() == 64 {
            for (byte, digits) in bytes.iter_mut().zip(word.as_bytes().chunks_exact(2)) {
                let [high, low] = [digits[0], digits[1]].map(|digit| char::from(digit).to_digit(16));
                *byte = u8::try_from(high? << 4 | low?).ok()?;
            }
        } else {
            let alphabet = if word.contains(['-', '_']) { &URL_SAFE } else { &STANDARD };
            let padding = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
            let decoded = Zeroizing::new(GeneralPurpose::new(alphabet, padding).decode(word).ok()?);
            if decoded.len() != bytes.len() {
                return None;
            }
            bytes.copy_from_slice(&decoded);
        }
        // One byte over and over is a placeholder that somebody meant to replace.
        let is_placeholder = bytes.iter().all(|byte| *byte == bytes[0]);
        (!is_placeholder).then(|| Self::new(*bytes))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

/// The key that seals, and those that still open what was sealed before them.
#[derive(Clone, Debug)]
pub struct MasterKeys {
    pub active: MasterKey,
    pub retired: Vec<MasterKey>,
}

#[derive(Debug, Error)]
pub enum MasterKeyError {
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error(
        "{} may be read by others than its owner (mode {mode:03o}): it holds the keys to every secret. Run `chmod 600 {}`",
        path.display(), path.display()
    )]
    Exposed { path: PathBuf, mode: u32 },
    #[error("line {line} is not a master key: 32 random bytes in base64 or hexadecimal")]
    Line { line: usize },
    #[error("line {line} repeats a key")]
    Repeated { line: usize },
    #[error("there is no master key: one a line, the first one seals")]
    Empty,
    #[error("{} holds a key that would be lost; what it sealed could never be opened again", path.display())]
    WouldLose { path: PathBuf },
}

impl MasterKeys {
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self { active: MasterKey::generate(entropy), retired: Vec::new() }
    }

    /// The set after a rotation: a new key seals, all former ones open.
    #[must_use]
    pub fn rotated(&self, entropy: &dyn Entropy) -> Self {
        Self { active: MasterKey::generate(entropy), retired: self.iter().cloned().collect() }
    }

    /// Active first.
    pub fn iter(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.active).chain(&self.retired)
    }

    /// One key a line, the first is active; `#` starts a comment. Commas and spaces part keys too, because a line break
    /// is hard to put into an environment variable. Errors name the line, never its text.
    pub fn parse(text: &str) -> Result<Self, MasterKeyError> {
        let mut keys: Vec<MasterKey> = Vec::new();
        for (line, content) in (1..).zip(text.lines()) {
            let content = content.split('#').next().unwrap_or_default();
            for word in content.split([',', ' ', '\t', '\r']).filter(|word| !word.is_empty()) {
                let key = MasterKey::parse(word).ok_or(MasterKeyError::Line { line })?;
                if keys.iter().any(|known| known.id == key.id) {
                    return Err(MasterKeyError::Repeated { line });
                }
                keys.push(key);
            }
        }
        if keys.is_empty() {
            return Err(MasterKeyError::Empty);
        }
        let retired = keys.split_off(1);
        keys.pop().map(|active| Self { active, retired }).ok_or(MasterKeyError::Empty)
    }

    /// The text that [`Self::parse`] reads.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(PREAMBLE.len() + 48 * (1 + self.retired.len())));
        text.push_str(PREAMBLE);
        for key in self.iter() {
            base64::engine::general_purpose::STANDARD.encode_string(key.bytes(), &mut text);
            text.push('\n');
        }
        text
    }

    /// Refuses a file that anyone but its owner may read: the check costs one `chmod`, the leak costs every secret.
    pub fn load_file(path: &Path) -> Result<Self, MasterKeyError> {
        let io = |source| MasterKeyError::Io { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(io)?;
        // Of the opened file, not of the path, which may be exchanged in between.
        let mode = file.metadata().map_err(io)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(MasterKeyError::Exposed { path: path.to_owned(), mode });
        }
        let mut text = Zeroizing::new(String::with_capacity(4_096));
        file.read_to_string(&mut text).map_err(io)?;
        Self::parse(&text)
    }

    /// Writes the file whole or not at all, readable by its owner alone.
    ///
    /// An existing file is replaced only if none of its keys would be lost. Of two processes that create it at once, one
    /// fails with [`io::ErrorKind::AlreadyExists`] and should load what the other wrote.
    pub fn write_file(&self, path: &Path) -> Result<(), MasterKeyError> {
        let io = |source| MasterKeyError::Io { path: path.to_owned(), source };
        let exists = path.try_exists().map_err(io)?;
        if exists {
            let present = Self::load_file(path)?;
            if present.iter().any(|key| self.iter().all(|kept| kept.id != key.id)) {
                return Err(MasterKeyError::WouldLose { path: path.to_owned() });
            }
        }
        let mut draft = path.as_os_str().to_owned();
        draft.push(format!(".{}.new", std::process::id()));
        let draft = PathBuf::from(draft);
        let written = self.write_draft(&draft).and_then(|()| {
            // A link fails where the name has been taken meanwhile; a rename would replace it silently.
            if exists { fs::rename(&draft, path) } else { fs::hard_link(&draft, path) }
        });
        let removed = fs::remove_file(&draft);
        written.map_err(io)?;
        if !exists {
            removed.map_err(io)?;
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(io)
    }

    fn write_draft(&self, draft: &Path) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)?;
        file.write_all(self.to_text().as_bytes())?;
        file.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sealing::tests::Seeded;

    #[test]
    fn the_text_reads_back() {
        let entropy = Seeded::new(1);
        let keys = MasterKeys::generate(&entropy).rotated(&entropy).rotated(&entropy);
        let read = MasterKeys::parse(&keys.to_text()).unwrap();
        assert_eq!(read.active.bytes(), keys.active.bytes());
        let ids = |keys: &MasterKeys| keys.iter().map(MasterKey::id).collect::<Vec<_>>();
        assert_eq!(ids(&read), ids(&keys));
        assert_eq!(keys.retired.len(), 2);
    }

    #[test]
    fn each_spelling_of_a_key_reads_alike() {
        let bytes: Vec<u8> = (0..32).map(|byte| byte * 8 + 3).collect();
        let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        let standard = base64::engine::general_purpose::STANDARD.encode(&bytes);
        let url_safe = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&bytes);
        assert_ne!(standard.trim_end_matches('='), url_safe);
        for text in [hex.clone(), hex.to_uppercase(), standard.clone(), standard.replace('=', ""), url_safe] {
            for text in [text.clone(), format!("# note\n\n  {text}\t# the key\r\n"), format!("{text},")] {
                assert_eq!(MasterKeys::parse(&text).unwrap().active.bytes()[..], bytes[..], "{text}");
            }
        }
    }

    #[test]
    fn several_keys_fit_into_one_line() {
        let text = format!("{} , {}", "ab".repeat(31) + "00", "cd".repeat(31) + "00");
        let keys = MasterKeys::parse(&text).unwrap();
        assert_eq!((keys.active.bytes()[0], keys.retired[0].bytes()[0]), (0xab, 0xcd));
    }

    #[test]
    fn a_bad_line_is_named_and_not_shown() {
        let good = "ab".repeat(31) + "00";
        for (text, message) in [
            (String::new(), "there is no master key"),
            ("# only a comment".to_owned(), "there is no master key"),
            (format!("{good}\n\nsecret-but-wrong"), "line 3 is not"),
            (good[2..].to_owned(), "line 1 is not"),
            (format!("{good}00"), "line 1 is not"),
            ("00".repeat(32), "line 1 is not"),
            ("zz".repeat(32), "line 1 is not"),
            (format!("{}é", &good[2..]), "line 1 is not"),
            (format!("{good}\n{good}"), "line 2 repeats"),
        ] {
            let error = MasterKeys::parse(&text).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
            assert!(!error.contains("secret") && !error.contains("abab"));
        }
    }

    #[test]
    fn debug_shows_no_key() {
        let keys = MasterKeys::generate(&Seeded::new(2));
        let text = format!("{keys:?}");
        assert_eq!(text, "MasterKeys { active: MasterKey(..), retired: [] }");
    }

    #[test]
    fn the_file_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.keys");
        let keys = MasterKeys::generate(&Seeded::new(3));
        keys.write_file(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(MasterKeys::load_file(&path).unwrap().active.id(), keys.active.id());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
        for mode in [0o640, 0o604, 0o660, 0o644, 0o620] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let error = MasterKeys::load_file(&path).unwrap_err();
            assert!(matches!(error, MasterKeyError::Exposed { mode: found, .. } if found == mode));
            assert!(error.to_string().contains("chmod 600"));
        }
    }

    #[test]
    fn a_rotation_replaces_the_file_and_a_stranger_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.keys");
        let entropy = Seeded::new(4);
        let keys = MasterKeys::generate(&entropy);
        keys.write_file(&path).unwrap();
        let rotated = keys.rotated(&entropy);
        rotated.write_file(&path).unwrap();
        assert_eq!(MasterKeys::load_file(&path).unwrap().active.id(), rotated.active.id());
        let stranger = MasterKeys::generate(&entropy);
        assert!(matches!(stranger.write_file(&path), Err(MasterKeyError::WouldLose { .. })));
        assert_eq!(MasterKeys::load_file(&path).unwrap().active.id(), rotated.active.id());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn a_missing_file_or_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("absent").join("master.keys");
        assert!(MasterKeys::load_file(&path).unwrap_err().to_string().contains("absent"));
        assert!(MasterKeys::generate(&Seeded::new(5)).write_file(&path).is_err());
    }
}
