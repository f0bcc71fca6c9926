// An access token, verified by npm `jose` from nothing but the published key set.

import assert from "node:assert/strict";
import { before, test } from "node:test";

import { createRemoteJWKSet, decodeProtectedHeader, errors, jwtVerify } from "jose";

import { apiKey, applicationId, baseUrl, call, signedIn } from "./api.js";

const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", baseUrl));
const expected = { issuer: baseUrl, audience: applicationId, algorithms: ["EdDSA"] };
let person;

before(async () => {
  person = await signedIn();
});

test("a sign-in is complete and carries both tokens", () => {
  assert.equal(person.state, "complete");
  assert.equal(person.token_type, "Bearer");
  assert.equal(person.expires_in, 300);
  assert.ok(person.refresh_token);
});

test("the access token verifies, and says who, where, how and how long", async () => {
  const { payload } = await jwtVerify(person.access_token, keys, expected);
  assert.equal(payload.sub, person.user.id);
  assert.equal(payload.sid, person.session.id);
  assert.equal(payload.aal, 1);
  assert.equal(payload.exp - payload.iat, person.expires_in);
});

test("the header names the algorithm as every library knows it, and a published key", async () => {
  const header = decodeProtectedHeader(person.access_token);
  const { keys: published } = await (await fetch(new URL("/.well-known/jwks.json", baseUrl))).json();
  assert.equal(header.alg, "EdDSA");
  assert.ok(published.some((key) => key.kid === header.kid && key.alg === "EdDSA"), header.kid);
});

test("a token changed in any of its three parts is refused", async () => {
  const parts = person.access_token.split(".");
  for (const index of parts.keys()) {
    const changed = [...parts];
    // The middle of the part: the last character may hold bits that are not read.
    const at = Math.floor(parts[index].length / 2);
    changed[index] = parts[index].slice(0, at) + (parts[index][at] === "A" ? "B" : "A") + parts[index].slice(at + 1);
    await assert.rejects(jwtVerify(changed.join("."), keys, expected), errors.JOSEError, `part ${index}`);
  }
});

test("a token for another audience or issuer is refused", async () => {
  const wrong = [{ ...expected, audience: "another" }, { ...expected, issuer: "https://another.example" }];
  for (const options of wrong) {
    await assert.rejects(jwtVerify(person.access_token, keys, options), errors.JWTClaimValidationFailed);
  }
});

test("the refreshed token verifies too, for the same session", async () => {
  const renewed = await call("POST", "/v1/sessions/tokens", { body: { refresh_token: person.refresh_token } });
  const { payload } = await jwtVerify(renewed.access_token, keys, expected);
  assert.equal(payload.sid, person.session.id);
  assert.equal(payload.sub, person.user.id);
});

test("the secret API key lists the person", async () => {
  const headers = { authorization: `Bearer ${apiKey}` };
  const users = await call("GET", "/v1/users?limit=200", { headers });
  assert.ok(users.some((user) => user.id === person.user.id && user.primary_email === person.email));
});
