//! npm `oidc-provider` in a process of its own, on the servers' core.

use std::{
    collections::BTreeMap,
    env,
    fs::File,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use super::{
    flow,
    side::{Machine, REDIRECT, Side},
};
use crate::{
    cpu::Account,
    http::{Client, Reply, Request},
    measurements::stage::Stage,
    process::{CeilingServer, free_address},
};

/// As long as a secret that the product makes.
const SECRET: &str = "peer-0123456789abcdef0123456789abcdef0123456789";
/// To sign in takes three.
const REDIRECTS: usize = 5;

pub(super) struct Peer {
    process: CeilingServer,
    /// Of itself and of Node.js.
    pub(super) versions: String,
    pub(super) side: Side,
}

impl Peer {
    /// With its rows in SQLite or in memory, and as many people signed in as there are connections.
    pub(super) fn start(stage: &Stage<'_>, is_stored: bool) -> Result<Self> {
        let node = which("node")?;
        let name = if is_stored { "peer-sqlite" } else { "peer-memory" };
        let mut command = Command::new(&node);
        command.current_dir(&stage.options.peer).arg("server.js").arg(free_address()?.port().to_string()).arg(SECRET);
        if is_stored {
            command.arg(stage.scratch_file(&format!("{name}.db"))?);
        }
        command.stderr(File::create(stage.scratch_file(&format!("{name}.log"))?)?);
        let process = CeilingServer::of(&mut command, stage.cores).context("the peer did not start")?;
        let machine = |id| Machine::new(id, SECRET);
        let mut side = Side {
            address: process.address,
            account: Account { server: process.id(), database: None },
            eddsa: machine("eddsa"),
            es256: machine("es256"),
            opaque: machine("opaque"),
            web: machine("web"),
            for_jwts: "&resource=https%3A%2F%2Feddsa.bench.example",
            browsers: Vec::new(),
        };
        for _ in 0..stage.options.connections {
            side.browsers.push(sign_in(&side)?);
        }
        Ok(Self { process, versions: versions(stage, &node)?, side })
    }

    pub(super) fn id(&self) -> u32 {
        self.process.id()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "children get an empty environment, so that programs are looked for here"
)]
fn which(program: &str) -> Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file());
    found.with_context(|| format!("{program} is missing"))
}

fn versions(stage: &Stage<'_>, node: &Path) -> Result<String> {
    let text = std::fs::read_to_string(stage.options.peer.join("node_modules/oidc-provider/package.json"))?;
    let package: serde_json::Value = serde_json::from_str(&text)?;
    let node = Command::new(node).arg("--version").output()?;
    let node = String::from_utf8_lossy(&node.stdout).trim().to_owned();
    Ok(format!("oidc-provider {}, Node.js {node}", package["version"].as_str().unwrap_or("?")))
}

/// The cookies of a browser in which the next person has signed in.
fn sign_in(side: &Side) -> Result<String> {
    let mut client = Client::connect(side.address)?;
    let (mut jar, mut path) = (BTreeMap::new(), flow::authorization(side, true));
    for _ in 0..REDIRECTS {
        let cookies = header(&jar);
        let request = Request::get(&path).cookie(&cookies).to_bytes(side.address);
        let to = client.send(&request, |reply| {
            keep(&mut jar, &reply);
            reply.location().map(str::to_owned)
        })?;
        if to.starts_with(REDIRECT) {
            jar.retain(|name, _| name.starts_with("_session"));
            return Ok(header(&jar));
        }
        to.strip_prefix(&format!("http://{}", side.address)).unwrap_or(&to).clone_into(&mut path);
    }
    bail!("the peer signs nobody in; it leads to {path}")
}

fn keep(jar: &mut BTreeMap<String, String>, reply: &Reply<'_>) {
    for cookie in reply.headers("set-cookie") {
        if let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) {
            jar.insert(name.to_owned(), value.to_owned());
        }
    }
}

fn header(jar: &BTreeMap<String, String>) -> String {
    jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}
