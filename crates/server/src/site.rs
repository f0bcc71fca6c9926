//! All that is served at one address: the endpoints, and the pages beside them.

use std::convert::Infallible;

use axum::{Router, body::Body, extract::Request, routing::future::RouteFuture};
use edge::{Answer, Routes, Sender};
use futures_util::future::Either;

use crate::http::Servable;

/// Cheap to clone.
#[derive(Clone)]
pub struct Site {
    endpoints: Routes,
    pages: Router,
}

impl Site {
    /// What neither knows is a 404 of the endpoints.
    pub fn new(endpoints: Routes, pages: Router) -> Self {
        let missing = endpoints.clone();
        Self { endpoints, pages: pages.fallback(move |request: Request| missing.clone().missing(request)) }
    }
}

impl Servable for Site {
    type Answer = Either<Answer, RouteFuture<Infallible>>;

    fn answer(&self, request: Request<Body>, sender: &Sender) -> Self::Answer {
        self.endpoints.answer(request, sender, |request| self.pages.answer(request, sender))
    }
}
