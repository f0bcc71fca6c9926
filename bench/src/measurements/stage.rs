//! What every measurement of one store shares.

use std::{cell::Cell, net::SocketAddr, path::PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::plan::Plan;
use crate::{
    ceilings::TokenWork,
    command_line::Options,
    cpu::Account,
    http::{Client, Request},
    installation::{Installation, Server},
    load::{Conversation, Driver, Lane, Repeat},
    pinning::Cores,
    postgres,
    process::CeilingServer,
};

/// Where the data lies.
#[derive(Clone, Debug)]
pub(super) enum Place {
    Sqlite,
    /// The address of a database beside which others may be made.
    Postgres(String),
}

pub(super) struct Stage<'a> {
    pub(super) options: &'a Options,
    pub(super) cores: Cores,
    pub(super) driver: &'a Driver,
    pub(super) plan: Plan,
    place: Place,
    postmaster: Option<u32>,
    /// Removed with the stage.
    scratch: TempDir,
    installations: Cell<u32>,
}

impl<'a> Stage<'a> {
    pub(super) fn new(
        options: &'a Options,
        cores: Cores,
        driver: &'a Driver,
        plan: Plan,
        place: Place,
    ) -> Result<Self> {
        let postmaster = match &place {
            Place::Sqlite => None,
            Place::Postgres(url) => Some(driver.run(postgres::postmaster(url))?),
        };
        // Not in /tmp: that may be memory, and then commits would cost nothing.
        std::fs::create_dir_all(&options.cache).with_context(|| options.cache.display().to_string())?;
        let scratch = tempfile::Builder::new().prefix("run-").tempdir_in(&options.cache)?;
        Ok(Self { options, cores, driver, plan, place, postmaster, scratch, installations: Cell::new(0) })
    }

    pub(super) fn name(&self) -> &'static str {
        match self.place {
            Place::Sqlite => "SQLite",
            Place::Postgres(_) => "PostgreSQL",
        }
    }

    pub(super) fn is_sqlite(&self) -> bool {
        matches!(self.place, Place::Sqlite)
    }

    pub(super) fn say(&self, what: &str) {
        eprintln!("{}: {what}", self.name());
    }

    /// An empty place for an installation.
    pub(super) fn new_installation(&self) -> Result<Installation> {
        let number = self.installations.replace(self.installations.get() + 1);
        let folder = self.scratch.path().join(format!("installation-{number}"));
        self.installation_in(folder, &format!("bench_{number}"))
    }

    /// On PostgreSQL the database of that name is made anew.
    pub(super) fn installation_in(&self, folder: PathBuf, database: &str) -> Result<Installation> {
        let url = match &self.place {
            Place::Sqlite => None,
            Place::Postgres(url) => Some(self.driver.run(postgres::fresh_database(url, database))?),
        };
        Installation::in_folder(&self.options.server, folder, url)
    }

    /// Whose time counts when the product is under load.
    pub(super) fn account(&self, server: &Server) -> Account {
        Account { server: server.id(), database: self.postmaster }
    }

    /// The product, loaded by as many connections as there are conversations.
    pub(super) fn lane<C: Conversation>(
        &self,
        server: &Server,
        conversations: impl IntoIterator<Item = C>,
    ) -> Result<Lane<'a, C>> {
        Lane::open(self.driver, server.address, self.account(server), conversations)
    }

    /// The same conversation on every connection.
    pub(super) fn each<C: Clone>(&self, conversation: C) -> Vec<C> {
        vec![conversation; usize::from(self.options.connections)]
    }

    /// A bare axum reply, as long as the product's.
    pub(super) fn bare_http(&self, body: usize) -> Result<CeilingServer> {
        CeilingServer::start(&["http", "--body", &body.to_string()].map(str::to_owned), self.cores)
    }

    /// The least that answers for a session or a token. On SQLite nothing is read while nothing is committed; another database is
    /// asked each time, since nobody tells of its changes.
    pub(super) fn bare_answer(&self, body: usize) -> Result<(CeilingServer, &'static str)> {
        if self.is_sqlite() {
            return Ok((self.bare_http(body)?, "bare reply"));
        }
        let work = TokenWork { body, reads: 1, ..TokenWork::NOTHING };
        Ok((self.token_ceiling(work)?, "bare reply + read"))
    }

    /// A bare durable commit on this store, with so many signatures.
    pub(super) fn bare_commit(&self, body: usize, signatures: u32) -> Result<CeilingServer> {
        let mut arguments = ["commit", "--body", &body.to_string(), "--signatures", &signatures.to_string()]
            .map(str::to_owned)
            .to_vec();
        arguments.extend(self.place_of_ceiling()?);
        CeilingServer::start(&arguments, self.cores)
    }

    /// Where a ceiling keeps its rows.
    fn place_of_ceiling(&self) -> Result<[String; 2]> {
        Ok(match &self.place {
            Place::Sqlite => {
                let file = self.scratch.path().join("ceiling.db");
                ["--sqlite".to_owned(), file.display().to_string()]
            }
            Place::Postgres(url) => {
                let url = self.driver.run(postgres::fresh_database(url, "bench_ceiling"))?;
                ["--postgres".to_owned(), url]
            }
        })
    }

    /// A bare server with so much of a token server's work; on this store where it has to keep something.
    pub(super) fn token_ceiling(&self, work: TokenWork) -> Result<CeilingServer> {
        let TokenWork { body, eddsa, es256, checks, lookups, reads, commits } = work;
        let counts = [eddsa, es256, checks, lookups, reads, commits];
        let names = ["--eddsa", "--es256", "--checks", "--lookups", "--reads", "--commits"];
        let mut arguments = vec!["token".to_owned(), "--body".to_owned(), body.to_string()];
        for (name, count) in names.into_iter().zip(counts) {
            arguments.extend([name.to_owned(), count.to_string()]);
        }
        if reads + commits > 0 {
            arguments.extend(self.place_of_ceiling()?);
        }
        CeilingServer::start(&arguments, self.cores)
    }

    /// A file that goes with the stage.
    pub(super) fn scratch_file(&self, name: &str) -> Result<PathBuf> {
        // The one who is told it may have a folder of its own.
        Ok(std::path::absolute(self.scratch.path().join(name))?)
    }

    /// A ceiling that is asked without a body, loaded by as many connections as the product.
    pub(super) fn ceiling_lane(&self, ceiling: &CeilingServer) -> Result<Lane<'a, Repeat>> {
        self.lane_of(ceiling, &Request::get("/"))
    }

    /// One that is asked with the body that the product is asked with.
    pub(super) fn commit_lane(&self, ceiling: &CeilingServer, body: &str) -> Result<Lane<'a, Repeat>> {
        self.lane_of(ceiling, &Request::post("/", body))
    }

    fn lane_of(&self, ceiling: &CeilingServer, request: &Request<'_>) -> Result<Lane<'a, Repeat>> {
        let account = Account { server: ceiling.id(), database: self.postmaster };
        let repeat = Repeat::ok(&request.to_bytes(ceiling.address));
        Lane::open(self.driver, ceiling.address, account, self.each(repeat))
    }
}

/// How long the body of the reply is; the status must be 200.
pub(super) fn body_length(address: SocketAddr, request: &[u8]) -> Result<usize> {
    Client::connect(address)?.send(request, |reply| reply.expect(200).map(|()| reply.body.len()))
}
