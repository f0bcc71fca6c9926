//! What the operator knows of networks and places: files, read at the start and again when they change.

use std::{
    fs,
    net::IpAddr,
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    thread,
    time::{Duration, SystemTime},
};

use arc_swap::ArcSwap;
use maxminddb::{Reader, geoip2};

use super::{
    named::NamedPlace,
    networks::{BadLine, Networks},
    places::Place,
};

/// How often the files are looked at.
const LOOKED_AT_EVERY: Duration = Duration::from_mins(1);

/// Where the files are; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Lists of networks with a bad name: an address or CIDR network a line, `#` begins a comment.
    pub lists: Vec<PathBuf>,
    /// A MaxMind DB file of cities.
    pub geoip: Option<PathBuf>,
}

/// A file that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum IntelligenceError {
    #[error("{0} can't be read: {1}")]
    Unreadable(PathBuf, std::io::Error),
    #[error("{0}: {1}")]
    BadLine(PathBuf, BadLine),
    #[error("{0} is no MaxMind DB file: {1}")]
    BadDatabase(PathBuf, maxminddb::MaxMindDbError),
    #[error("no thread to watch the files: {0}")]
    NoThread(std::io::Error),
}

/// Cheap to clone; the last clone ends the watch over the files.
#[derive(Clone, Default)]
pub struct Intelligence(Arc<Inner>);

#[derive(Default)]
struct Inner {
    known: Arc<ArcSwap<Known>>,
    /// Dropped, it ends the thread that watches.
    _watch: Option<mpsc::SyncSender<()>>,
}

#[derive(Default)]
struct Known {
    networks: Networks,
    places: Option<Reader<Vec<u8>>>,
    /// Of each file, as it was when it was read.
    stamps: Vec<Option<(SystemTime, u64)>>,
}

impl Intelligence {
    /// Reads the files. Later changes are picked up within a minute; a change that makes a file unusable leaves what was known.
    pub fn open(sources: Sources) -> Result<Self, IntelligenceError> {
        if sources == Sources::default() {
            return Ok(Self::default());
        }
        let known = Arc::new(ArcSwap::from_pointee(Known::read(&sources)?));
        let (watch, ended) = mpsc::sync_channel(0);
        let shared = Arc::clone(&known);
        thread::Builder::new()
            .name("risk-files".to_owned())
            .spawn(move || {
                while ended.recv_timeout(LOOKED_AT_EVERY) == Err(mpsc::RecvTimeoutError::Timeout) {
                    read_again(&shared, &sources);
                }
            })
            .map_err(IntelligenceError::NoThread)?;
        Ok(Self(Arc::new(Inner { known, _watch: Some(watch) })))
    }

    pub(super) fn is_listed(&self, ip: IpAddr) -> bool {
        self.0.known.load().networks.contains(ip)
    }

    pub(super) fn place(&self, ip: IpAddr) -> Option<Place> {
        let known = self.0.known.load();
        let city: geoip2::City<'_> = known.places.as_ref()?.lookup(ip).ok()?.decode().ok()??;
        Place::from_degrees(city.location.latitude?, city.location.longitude?)
    }

    pub(super) fn named_place(&self, ip: IpAddr) -> Option<NamedPlace> {
        NamedPlace::read(self.0.known.load().places.as_ref()?, ip)
    }
}

fn read_again(known: &ArcSwap<Known>, sources: &Sources) {
    if known.load().stamps == stamps(sources) {
        return;
    }
    match Known::read(sources) {
        Ok(new) => {
            tracing::info!(ranges = new.networks.len(), "the risk files were read again");
            known.store(Arc::new(new));
        }
        Err(error) => tracing::warn!(%error, "a risk file can't be used: what was known before stays"),
    }
}

impl Known {
    fn read(sources: &Sources) -> Result<Self, IntelligenceError> {
        // Before the content: a change in between is then seen at the next look.
        let stamps = stamps(sources);
        let list = |path: &PathBuf| {
            let text = fs::read_to_string(path).map_err(|error| IntelligenceError::Unreadable(path.clone(), error))?;
            Networks::parse(&text).map_err(|error| IntelligenceError::BadLine(path.clone(), error))
        };
        let lists: Vec<Networks> = sources.lists.iter().map(list).collect::<Result<_, _>>()?;
        let places = match &sources.geoip {
            Some(path) => {
                let bytes = fs::read(path).map_err(|error| IntelligenceError::Unreadable(path.clone(), error))?;
                let reader = Reader::from_source(bytes);
                Some(reader.map_err(|error| IntelligenceError::BadDatabase(path.clone(), error))?)
            }
            None => None,
        };
        Ok(Self { networks: Networks::joined(lists), places, stamps })
    }
}

fn stamps(sources: &Sources) -> Vec<Option<(SystemTime, u64)>> {
    let stamp = |path: &Path| {
        let facts = fs::metadata(path).ok()?;
        Some((facts.modified().ok()?, facts.len()))
    };
    sources.lists.iter().chain(&sources.geoip).map(|path| stamp(path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn lists_are_read_and_read_again_and_a_broken_one_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one.txt"), folder.path().join("two.txt"));
        fs::write(&one, "203.0.113.0/24\n").unwrap();
        fs::write(&two, "198.51.100.7\n").unwrap();
        let sources = Sources { lists: vec![one.clone(), two], geoip: None };
        let intelligence = Intelligence::open(sources.clone()).unwrap();
        assert!(intelligence.is_listed(ip("203.0.113.9")) && intelligence.is_listed(ip("198.51.100.7")));
        assert!(!intelligence.is_listed(ip("192.0.2.1")));
        assert_eq!(intelligence.place(ip("192.0.2.1")), None);
        fs::write(&one, "192.0.2.0/24 # moved\n").unwrap();
        read_again(&intelligence.0.known, &sources);
        assert!(intelligence.is_listed(ip("192.0.2.1")) && !intelligence.is_listed(ip("203.0.113.9")));
        fs::write(&one, "not a network at all\n").unwrap();
        read_again(&intelligence.0.known, &sources);
        assert!(intelligence.is_listed(ip("192.0.2.1")));
    }

    #[test]
    fn a_file_that_is_not_what_it_should_be_is_named_at_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        fs::write(&path, "10.0.0.0/8\nhello\n").unwrap();
        let told = |sources| Intelligence::open(sources).err().unwrap().to_string();
        assert!(told(Sources { lists: vec![path.clone()], geoip: None }).ends_with("x: line 2 is no network"));
        assert!(told(Sources { lists: Vec::new(), geoip: Some(path) }).contains("is no MaxMind DB file"));
        let missing = Sources { lists: vec!["/nowhere/at/all".into()], geoip: None };
        assert!(told(missing).contains("can't be read"));
    }
}
