# The commands of this repository. `make` alone lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# rustup's own folder, for shells that were opened before it was installed.
export PATH := $(HOME)/.cargo/bin:$(PATH)

# The revision whose clients must go on working (`make check`).
BASE ?= HEAD
# Arguments for the server in `make start`, for example ARGS="--listen 127.0.0.1:9000"; and for the driver in `make bench-peers`.
ARGS ?=

REFERENCE := web/reference/dist/index.html
PEER := bench/peer/node_modules/.package-lock.json

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# --- run ---------------------------------------------------------------------

.PHONY: start
start: release ## Build what is missing and run on http://localhost:8080, data under ./data
	@exec target/release/portcullis serve --dev $(ARGS)

.PHONY: release
release: tools reference ## Build the release binary, target/release/portcullis
	@echo "building the server (minutes the first time, a second when nothing changed)"
	@cargo build --release --package server

.PHONY: tools
tools:
	@xtask/install-tools

# The API reference page. Without Node the server builds and runs all the same, and the page says what is missing.
.PHONY: reference
reference:
	@if ! command -v npm > /dev/null; then \
	  echo "npm is missing: the server builds without the API reference page (Node 20 or later brings it)"; \
	elif ! $(MAKE) --silent $(REFERENCE); then \
	  echo "the API reference page could not be built: the server builds without it"; \
	  test -z "$${CI:-}"; \
	fi

$(REFERENCE): web/package-lock.json web/reference/package.json web/reference/build.js $(wildcard web/reference/src/*)
	npm --prefix web ci --no-audit --no-fund --loglevel=error
	npm --prefix web run build

# --- test --------------------------------------------------------------------

# Tests wait for the disk, the database and the browser more than they compute.
CORES := $(shell getconf _NPROCESSORS_ONLN 2> /dev/null || echo 2)
export RUST_TEST_THREADS ?= $(shell echo $$((2 * $(CORES))))
# What runs beside something else is shown when it ends, where make can do that (version 4).
TOGETHER := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
NODE_TEST := node --test --test-concurrency=$(RUST_TEST_THREADS)

.PHONY: test
test: test-sqlite test-postgres ## Everything: SQLite, PostgreSQL, foreign clients, pages in a browser
	@$(MAKE) --no-print-directory --jobs=3 $(TOGETHER) test-clients test-web test-browser

.PHONY: test-sqlite
test-sqlite: tools ## All crates' tests; the product's own on SQLite
	cargo test --workspace

.PHONY: test-postgres
test-postgres: tools ## The store's and the product's tests on a throw-away PostgreSQL
	cargo xtask pg run -- cargo test --workspace --test store --test it

.PHONY: test-clients
test-clients: tools ## Libraries that are not ours: sign in (openid-client, Authlib, openidconnect), verify (jose, PyJWT), take mail
	cargo binary
	PORTCULLIS_BIN=$(CURDIR)/target/debug/portcullis tests/clients/run

.PHONY: test-vectors
test-vectors: ## Wycheproof's vectors of JSON Web Signatures and Keys, which a module of Go carries; needs go
	@if command -v go > /dev/null; then cd tests/vectors && go mod download github.com/c2sp/wycheproof && \
	  WYCHEPROOF="$$(go list -m -f '{{.Dir}}' github.com/c2sp/wycheproof)/testvectors_v1" cargo test --package jose --lib wycheproof; \
	else echo "test-vectors: skipped, go is missing; the vectors of single signatures are in every cargo test"; fi

.PHONY: test-web
test-web: reference ## The built pages: their files, accessibility and behaviour in a real browser
	@if test -f $(REFERENCE); then npm --prefix web test; \
	else echo "test-web: skipped, the page is not built (npm is missing)"; test -z "$${CI:-}"; fi

.PHONY: test-browser
test-browser: tools ## The built server in a real browser: hosted pages, passkeys with a virtual authenticator
	cargo binary
	@if command -v node > /dev/null; then PORTCULLIS_BIN=$(CURDIR)/target/debug/portcullis $(NODE_TEST) tests/browser/*.test.js; \
	else echo "test-browser: skipped, node is missing"; test -z "$${CI:-}"; fi

# --- measure -----------------------------------------------------------------

.PHONY: bench
bench: release ## Requests per second, latencies and CPU per request on both stores, beside their ceilings; then bench-enumeration
	cargo build --release --package bench
	cargo xtask pg run --durable -- target/release/bench
	target/release/bench enumeration

.PHONY: bench-enumeration
bench-enumeration: release ## Known and unknown accounts at every door: status, body, mail and time, 2 × 2000 samples each
	cargo build --release --package bench
	target/release/bench enumeration

.PHONY: bench-peers
bench-peers: release $(PEER) ## The OAuth provider beside its ceilings and npm oidc-provider, in turns on one core; ARGS=--quick for a short run
	cargo build --release --package bench
	cargo xtask pg run --durable -- target/release/bench peers $(ARGS)

# From its registry, as the lock file has it; a minute, because its SQLite is compiled. Without npm the ceilings are measured alone.
$(PEER): bench/peer/package.json bench/peer/package-lock.json
	@if command -v npm > /dev/null; then npm --prefix bench/peer ci --no-audit --no-fund --loglevel=error && touch $@; \
	else echo "npm is missing: there will be no peer"; fi

.PHONY: bench-check
bench-check: release ## The tables of bench, failing where a ratio is worse than its goal × 1.25
	cargo build --release --package bench
	cargo xtask pg run --durable -- target/release/bench --check

# --- keep in order -----------------------------------------------------------

.PHONY: fmt
fmt: ## Format the Rust sources
	cargo fmt --all

.PHONY: docs
docs: ## Regenerate openapi/, docs/configuration.md and docs/events.md
	cargo xtask openapi
	cargo xtask pages

.PHONY: check
check: check-code check-generated check-supply ## Everything CI asks besides the tests

.PHONY: check-code
check-code: tools
	cargo fmt --all --check
	cargo xtask deps
	cargo xtask sizes
	cargo clippy --workspace --all-targets -- --deny warnings

.PHONY: check-generated
check-generated: tools
	cargo xtask openapi --check --base $(BASE)
	cargo xtask pages --check
	cargo xtask contract

.PHONY: check-supply
check-supply: tools
	@if ! command -v cargo-deny > /dev/null; then \
	  echo "cargo-deny is missing: cargo install --locked cargo-deny"; exit 1; fi
	cargo deny --log-level error check bans licenses sources
	@if cargo deny fetch db > /dev/null 2>&1; then cargo deny --log-level error check advisories; \
	else echo "the advisory database cannot be reached from here: advisories are not checked"; fi
