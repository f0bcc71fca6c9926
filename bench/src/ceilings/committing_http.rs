//! A bare server that makes, for each request, the same durable commit and the same signatures as a refresh.

use std::{path::PathBuf, sync::Arc};

use anyhow::Result;
use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use bytes::Bytes;

use super::{
    bare_signature::Signer,
    commit_postgres::Postgres,
    commit_sqlite::Sqlite,
    http_server::{self, body, json_reply},
};

/// As many sessions as connections refresh at most.
pub(super) const ROWS: i64 = 512;

/// Where the commits go.
pub(super) enum Place {
    Sqlite(PathBuf),
    Postgres(String),
}

pub(super) enum Store {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Store {
    pub(super) async fn open(place: Place) -> Result<Self> {
        Ok(match place {
            Place::Sqlite(path) => Self::Sqlite(Sqlite::open(&path)?),
            Place::Postgres(url) => Self::Postgres(Postgres::open(&url).await?),
        })
    }

    pub(super) async fn commit(&self) -> Result<()> {
        match self {
            Self::Sqlite(store) => store.commit().await,
            Self::Postgres(store) => store.commit().await,
        }
    }

    pub(super) async fn read(&self) -> Result<()> {
        match self {
            Self::Sqlite(store) => store.read(),
            Self::Postgres(store) => store.read().await,
        }
    }
}

struct Work {
    store: Store,
    signer: Signer,
    signatures: u32,
    body: Bytes,
}

impl Work {
    async fn reply(&self) -> Response {
        for _ in 0..self.signatures {
            self.signer.sign_tokens();
        }
        match self.store.commit().await {
            Ok(()) => json_reply(self.body.clone()),
            Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error:#}")).into_response(),
        }
    }
}

pub(super) fn serve(length: usize, signatures: u32, place: Place) -> Result<()> {
    http_server::serve(async move || {
        let store = Store::open(place).await?;
        let work = Arc::new(Work { store, signer: Signer::new()?, signatures, body: body(length) });
        // The body of the request is read, as the product must.
        let handler = async move |_body: Bytes| work.reply().await;
        Ok(Router::new().route("/", post(handler)))
    })
}
