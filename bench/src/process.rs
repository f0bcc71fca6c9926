//! Children of the driver: servers and ceilings. None outlives its guard.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::{pinning::Cores, stopwatch};

/// After SIGTERM; then it is killed.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running child. Dropped, it is killed by its id.
#[derive(Debug)]
pub(crate) struct Running(Child);

impl Running {
    /// Start on the servers' core with an empty environment, so that no variable of the caller changes what is measured.
    pub(crate) fn start(command: &mut Command, cores: Cores) -> Result<Self> {
        command.env_clear().stdin(Stdio::null());
        let program = command.get_program().display().to_string();
        cores.on_servers_core(|| command.spawn().with_context(|| format!("{program} can't be started"))).map(Self)
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Fails once it has ended by itself.
    pub(crate) fn check_alive(&mut self) -> Result<()> {
        match self.0.try_wait()? {
            Some(status) => bail!("it ended: {status}"),
            None => Ok(()),
        }
    }

    /// Ask it to stop and wait until it has.
    pub(crate) fn stop(mut self) -> Result<()> {
        kill_process(Pid::from_child(&self.0), Signal::TERM)?;
        let asked = stopwatch::now();
        while asked.elapsed() < PATIENCE {
            if self.0.try_wait()?.is_some() {
                return Ok(());
            }
            sleep(Duration::from_millis(5));
        }
        bail!("process {} did not stop within {PATIENCE:?}", self.id())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only where it has ended and was waited for.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server to compare with, that tells its address on its first line: one of this binary's own ceilings, or a peer.
pub(crate) struct CeilingServer {
    process: Running,
    pub(crate) address: SocketAddr,
}

impl CeilingServer {
    pub(crate) fn start(arguments: &[String], cores: Cores) -> Result<Self> {
        Self::of(&mut own_ceiling(arguments)?, cores)
            .with_context(|| format!("the ceiling {arguments:?} did not start"))
    }

    pub(crate) fn of(command: &mut Command, cores: Cores) -> Result<Self> {
        command.stdout(Stdio::piped());
        let mut process = Running::start(command, cores)?;
        let output = process.0.stdout.take().context("it has no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim().parse().with_context(|| format!("it said {line:?} instead of its address"))?;
        Ok(Self { process, address })
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }
}

/// Run a ceiling that ends by itself, and take what it printed.
pub(crate) fn run_ceiling(arguments: &[String], cores: Cores) -> Result<String> {
    let mut command = own_ceiling(arguments)?;
    command.env_clear().stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = cores.on_servers_core(|| command.output().context("the ceiling can't be started"))?;
    if !output.status.success() {
        bail!("the ceiling {arguments:?} failed: {}", output.status);
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn own_ceiling(arguments: &[String]) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("ceiling").args(arguments);
    Ok(command)
}

/// A loopback address that is free now. Another process could take it before the server does; then the start fails.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

/// Both outputs of a child in one file, for whoever looks for the cause of a failure.
pub(crate) fn log_to(command: &mut Command, path: &Path) -> Result<()> {
    let log = File::options().create(true).append(true).open(path).with_context(|| path.display().to_string())?;
    command.stdout(log.try_clone()?).stderr(log);
    Ok(())
}
