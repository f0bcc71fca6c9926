//! A bare server that does, for each request, what a request to a provider of tokens can't do without: some signatures, a check, a
//! read, a durable commit.

use std::{
    collections::HashMap,
    hint::black_box,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result};
use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::any,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use clap::Args;
use serde_json::Value;

use super::{
    bare_signature::{Signer, verifier},
    committing_http::{Place, Store},
    http_server::{self, body, json_reply},
};

/// As a client's own access token has them (RFC 9068, section 2.2).
const CLAIMS: &str = "eyJpc3MiOiJodHRwOi8vMTI3LjAuMC4xOjgwODAiLCJzdWIiOiJhcHBfMDEyMzQ1Njc4OWFiY2RlZmdoaWprbCIsImF1ZCI6Imh0dHA6Ly8xMjcuMC4wLjE6ODA4MCIsImNsaWVudF9pZCI6ImFwcF8wMTIzNDU2Nzg5YWJjZGVmZ2hpamtsIiwiaWF0IjoxNzk1MzQ3NjMyLCJleHAiOjE3OTUzNTEyMzIsImp0aSI6IjAxMjM0NTY3ODlhYmNkZWZnaGlqNyJ9";
/// The beginning of theirs.
const JTI: &str = "0123456789abcdefghij";
const KNOWN: u64 = 64;
const SECRET: &str = "pc_cs_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

/// How much of it.
#[derive(Args, Clone, Copy)]
pub(crate) struct TokenWork {
    /// Bytes of the reply
    #[arg(long)]
    pub(crate) body: usize,
    /// Signatures by EdDSA
    #[arg(long, default_value_t = 0)]
    pub(crate) eddsa: u32,
    /// Signatures by ES256
    #[arg(long, default_value_t = 0)]
    pub(crate) es256: u32,
    /// EdDSA signatures to verify
    #[arg(long, default_value_t = 0)]
    pub(crate) checks: u32,
    /// Tokens whose claims are read, looked up by their `jti`, and written as an answer
    #[arg(long, default_value_t = 0)]
    pub(crate) lookups: u32,
    /// Rows to read by their key
    #[arg(long, default_value_t = 0)]
    pub(crate) reads: u32,
    /// Durable commits
    #[arg(long, default_value_t = 0)]
    pub(crate) commits: u32,
}

impl TokenWork {
    pub(crate) const NOTHING: Self = Self { body: 0, eddsa: 0, es256: 0, checks: 0, lookups: 0, reads: 0, commits: 0 };
}

struct Bare<V> {
    work: TokenWork,
    store: Option<Store>,
    signer: Signer,
    verify: V,
    /// By the `jti`.
    known: Mutex<HashMap<String, u64>>,
    body: Bytes,
}

impl<V: Fn() -> Result<()>> Bare<V> {
    async fn reply(&self) -> Response {
        match self.work().await {
            Ok(()) => json_reply(self.body.clone()),
            Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error:#}")).into_response(),
        }
    }

    async fn work(&self) -> Result<()> {
        let TokenWork { eddsa, es256, checks, lookups, reads, commits, .. } = self.work;
        (0..lookups).try_for_each(|_| self.look_up())?;
        (0..checks).try_for_each(|_| (self.verify)())?;
        if let Some(store) = &self.store {
            for _ in 0..reads {
                store.read().await?;
            }
        }
        (0..eddsa).for_each(|_| self.signer.eddsa());
        (0..es256).try_for_each(|_| self.signer.es256())?;
        if let Some(store) = &self.store {
            for _ in 0..commits {
                store.commit().await?;
            }
        }
        Ok(())
    }

    /// What is left of answering for a token whose signature was checked before: its digest and that of the asker's secret, its claims,
    /// what is known by the `jti`, and the answer written.
    fn look_up(&self) -> Result<()> {
        black_box([CLAIMS, SECRET].map(|text| digest(&SHA256, text.as_bytes())));
        let claims = URL_SAFE_NO_PAD.decode(black_box(CLAIMS))?;
        let claims: Value = serde_json::from_slice(&claims)?;
        let jti = claims["jti"].as_str().context("a jti")?;
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        black_box(known.get(jti).context("is known")?);
        black_box(serde_json::to_vec(&claims)?);
        Ok(())
    }
}

pub(super) fn serve(work: TokenWork, place: Option<Place>) -> Result<()> {
    http_server::serve(async move || {
        let store = match place {
            Some(place) => Some(Store::open(place).await?),
            None => None,
        };
        let known = Mutex::new((0..KNOWN).map(|number| (format!("{JTI}{number}"), number)).collect());
        let bare = Bare { work, store, signer: Signer::new()?, verify: verifier()?, known, body: body(work.body) };
        let bare = Arc::new(bare);
        // The body of the request is read, as the product must.
        let handler = async move |_body: Bytes| bare.reply().await;
        Ok(Router::new().route("/", any(handler)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_claims_are_of_one_that_is_known() {
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(CLAIMS).unwrap()).unwrap();
        assert_eq!(claims["jti"], format!("{JTI}7"));
    }
}
