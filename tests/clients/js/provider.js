// OAuth clients of the server under test, and openid-client set up for each.

import assert from "node:assert/strict";

import { calculateJwkThumbprint, exportJWK, generateKeyPair } from "jose";
import * as client from "openid-client";

import { apiKey, baseUrl } from "./api.js";
import { Browser } from "./browser.js";

/** Nothing listens there: what the browser would bring is read from the address. */
export const REDIRECT = "http://localhost:4321/callback";
export const SIGNED_OUT = "http://localhost:4321/bye";

/** One call of the data plane with the application's key: its `data`. */
export async function manage(method, path, body) {
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  const reply = await fetch(baseUrl + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await reply.text();
  assert.ok(reply.ok, `${method} ${path}: ${reply.status} ${text}`);
  return JSON.parse(text).data;
}

/** A new client of the type: what the server answers. */
export function register(type, more = {}) {
  const addresses = type === "m2m" ? {} : { redirect_uris: [REDIRECT], post_logout_redirect_uris: [SIGNED_OUT] };
  return manage("POST", "/api/v1/applications", { type, name: `Client of ${type}`, ...addresses, ...more });
}

/** openid-client for a client: from the discovery document, and what the client was registered to be answered with. */
export function configure(registered, authentication, execute = []) {
  const proof = authentication ?? (registered.client_secret ? client.ClientSecretBasic(registered.client_secret) : client.None());
  const signed = Object.entries(registered).filter(([name, value]) => name.endsWith("_signed_response_alg") && value !== null);
  const options = { execute: [client.allowInsecureRequests, ...execute] };
  return client.discovery(new URL(baseUrl), registered.client_id, Object.fromEntries(signed), proof, options);
}

/** The parameters of a request for a code with PKCE, and what belongs to its answer. */
export async function request({ scope = "openid profile email offline_access", ...more } = {}) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  // Without `openid` there is no ID token that could bring a nonce back.
  const expectedNonce = scope.split(" ").includes("openid") ? client.randomNonce() : undefined;
  const expectedState = client.randomState();
  const parameters = {
    redirect_uri: REDIRECT, scope, state: expectedState, ...(expectedNonce && { nonce: expectedNonce }),
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: "S256", ...more,
  };
  return { parameters, checks: { pkceCodeVerifier, expectedState, expectedNonce } };
}

/** The whole way: the browser there and back, and the code for tokens. */
export async function signIn(config, who, { browser = new Browser(), options, ...more } = {}) {
  const { parameters, checks } = await request(more);
  const back = await browser.authorize(client.buildAuthorizationUrl(config, parameters), who);
  const tokens = await client.authorizationCodeGrant(config, back, checks, undefined, options);
  return { back, browser, checks, tokens };
}

/** Fails unless the token endpoint, or its neighbour, refuses with that code. */
export function refuses(promise, error) {
  return assert.rejects(promise, (seen) => {
    assert.equal(seen.error, error, `${seen.stack}\n${JSON.stringify(seen.cause)}`);
    return true;
  });
}

/** Fails unless a protected resource refuses the token with that code in its challenge. */
export function challenges(promise, error) {
  return assert.rejects(promise, (seen) => {
    assert.equal(seen.cause?.[0]?.parameters?.error, error, seen.stack);
    return true;
  });
}

/** A key pair, and the public one as a client registers it. */
export async function keyPair(alg = "ES256") {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), alg, use: "sig" };
  const kid = await calculateJwkThumbprint(jwk);
  return { key: { key: privateKey, kid }, jwks: { keys: [{ ...jwk, kid }] } };
}
