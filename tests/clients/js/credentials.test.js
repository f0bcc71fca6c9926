// npm `openid-client` where a client proves itself: secrets, keys of its own, machines, introspection, revocation, registration.

import assert from "node:assert/strict";
import { before, test } from "node:test";

import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import * as client from "openid-client";

import { apiKey, baseUrl } from "./api.js";
import { person } from "./browser.js";
import { challenges, configure, keyPair, manage, refuses, register, REDIRECT, signIn } from "./provider.js";

const ALLOWED = { allowed_scopes: ["users:read", "invoices:read"] };
const API = "https://api.example.com/invoices";
let who;

before(async () => {
  who = await person("Grace Hopper");
});

test("a machine gets a token for itself, which the data plane takes for what its scope allows", async () => {
  const config = await configure(await register("m2m", ALLOWED));
  const { access_token, refresh_token, scope } = await client.clientCredentialsGrant(config, { scope: "users:read" });
  assert.deepEqual([refresh_token, scope], [undefined, "users:read"]);
  const users = new URL("/api/v1/users?limit=100", baseUrl);
  const reply = await client.fetchProtectedResource(config, access_token, users, "GET");
  assert.ok((await reply.json()).data.some((user) => user.email === who.email));
  const made = client.fetchProtectedResource(config, access_token, users, "POST", "{}", new Headers({ "content-type": "application/json" }));
  await challenges(made, "insufficient_scope");
});

test("a machine's token verifies from the key set as RFC 9068 says, for the API it was asked for", async () => {
  const machine = await register("m2m", { ...ALLOWED, allowed_resources: [API] });
  const config = await configure(machine);
  const { access_token } = await client.clientCredentialsGrant(config, { scope: "invoices:read", resource: API });
  const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri));
  const expected = { issuer: baseUrl, audience: API, typ: "at+jwt", algorithms: ["EdDSA"] };
  const { payload } = await jwtVerify(access_token, keys, expected);
  assert.equal(payload.client_id, machine.client_id);
  assert.equal(payload.sub, machine.client_id);
  assert.equal(payload.scope, "invoices:read");
  assert.equal(payload.exp - payload.iat, 3600);
  await assert.rejects(jwtVerify(access_token, keys, { ...expected, audience: baseUrl }), { code: "ERR_JWT_CLAIM_VALIDATION_FAILED" });
  await refuses(client.clientCredentialsGrant(config, { resource: "https://elsewhere.example" }), "invalid_target");
  await refuses(client.clientCredentialsGrant(config, { scope: "users:write" }), "invalid_scope");
});

test("a secret in the form does as well as one in the header, and a wrong one is refused", async () => {
  const registered = await register("m2m", { ...ALLOWED, token_endpoint_auth_method: "client_secret_post" });
  const config = await configure(registered, client.ClientSecretPost(registered.client_secret));
  assert.ok((await client.clientCredentialsGrant(config)).access_token);
  const wrong = await configure(registered, client.ClientSecretPost(`${registered.client_secret}x`));
  await refuses(client.clientCredentialsGrant(wrong), "invalid_client");
  // Only in the way that it is registered for.
  const header = await configure(registered, client.ClientSecretBasic(registered.client_secret));
  await assert.rejects(client.clientCredentialsGrant(header), (seen) => seen.cause?.[0]?.scheme === "basic");
});

for (const alg of ["ES256", "EdDSA", "PS256", "RS256"]) {
  test(`a client proves itself by a key of its own: private_key_jwt with ${alg}`, async () => {
    const { key, jwks } = await keyPair(alg);
    const registered = await register("m2m", { ...ALLOWED, token_endpoint_auth_method: "private_key_jwt", jwks });
    assert.equal(registered.client_secret, null);
    const config = await configure(registered, client.PrivateKeyJwt(key));
    assert.ok((await client.clientCredentialsGrant(config)).access_token);
    const other = await configure(registered, client.PrivateKeyJwt({ ...(await keyPair(alg)).key, kid: key.kid }));
    await refuses(client.clientCredentialsGrant(other), "invalid_client");
  });
}

test("a web application signs a person in, and introspection says so until the token is revoked", async () => {
  const config = await configure(await register("web"));
  const { tokens } = await signIn(config, who);
  const api = await configure(await register("m2m"));
  const said = await client.tokenIntrospection(api, tokens.access_token);
  assert.equal(said.active, true);
  assert.equal(said.sub, tokens.claims().sub);
  assert.equal(said.client_id, config.clientMetadata().client_id);
  assert.equal(said.scope, tokens.scope);
  assert.equal(said.token_type, "Bearer");
  assert.equal(said.iss, baseUrl);

  await client.tokenRevocation(config, tokens.access_token);
  assert.deepEqual(await client.tokenIntrospection(api, tokens.access_token), { active: false });
  await challenges(client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub), "invalid_token");
  // The grant goes on; it ends with its refresh token, and its tokens with it.
  const next = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.equal((await client.tokenIntrospection(config, next.refresh_token)).active, true);
  assert.deepEqual(await client.tokenIntrospection(api, next.refresh_token), { active: false });
  await client.tokenRevocation(config, next.refresh_token);
  assert.deepEqual(await client.tokenIntrospection(api, next.access_token), { active: false });
  await refuses(client.refreshTokenGrant(config, next.refresh_token), "invalid_grant");
});

test("introspection answers with a signed JWT where the client is registered for one", async () => {
  const api = await configure(await register("m2m", { introspection_signed_response_alg: "ES256" }));
  const machine = await configure(await register("m2m", ALLOWED));
  const { access_token } = await client.clientCredentialsGrant(machine, { scope: "invoices:read" });
  const said = await client.tokenIntrospection(api, access_token);
  assert.deepEqual([said.active, said.scope], [true, "invoices:read"]);
});

test("a token is revoked by its own client alone", async () => {
  const config = await configure(await register("web"));
  const { tokens } = await signIn(config, who);
  const other = await configure(await register("web"));
  await client.tokenRevocation(other, tokens.access_token);
  await client.tokenRevocation(other, tokens.refresh_token);
  assert.equal((await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)).email, who.email);
  assert.ok((await client.refreshTokenGrant(config, tokens.refresh_token)).access_token);
});

test("an opaque token works like a signed one, and says nothing to who reads it", async () => {
  const config = await configure(await register("web", { access_token_format: "opaque" }));
  const { tokens } = await signIn(config, who);
  assert.match(tokens.access_token, /^pc_at_/);
  assert.equal((await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)).name, who.name);
  const said = await client.tokenIntrospection(config, tokens.access_token);
  assert.deepEqual([said.active, said.sub], [true, tokens.claims().sub]);
  await client.tokenRevocation(config, tokens.access_token);
  assert.deepEqual(await client.tokenIntrospection(config, tokens.access_token), { active: false });
});

test("signed userinfo is verified, in each algorithm that is offered", async () => {
  for (const userinfo_signed_response_alg of ["RS256", "ES256", "EdDSA"]) {
    const config = await configure(await register("web", { userinfo_signed_response_alg, id_token_signed_response_alg: userinfo_signed_response_alg }), undefined, [client.enableNonRepudiationChecks]);
    const { tokens } = await signIn(config, who);
    assert.equal((await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)).email, who.email);
  }
});

test("a rotated secret works, and so does the one before for a while", async () => {
  const registered = await register("m2m", ALLOWED);
  const { client_secret } = await manage("POST", `/api/v1/applications/${registered.id}/rotate-secret`, { overlap_seconds: 60 });
  const { client_secret: newest } = await manage("POST", `/api/v1/applications/${registered.id}/rotate-secret`, { overlap_seconds: 60 });
  for (const secret of [registered.client_secret, client_secret, newest]) {
    const config = await configure({ ...registered, client_secret: secret });
    assert.ok((await client.clientCredentialsGrant(config)).access_token);
  }
  await manage("POST", `/api/v1/applications/${registered.id}/rotate-secret`, { overlap_seconds: 0 });
  const old = await configure(registered, client.ClientSecretBasic(newest));
  await assert.rejects(client.clientCredentialsGrant(old), (seen) => seen.cause?.[0]?.scheme === "basic");
});

test("a client registers itself with an initial access token, and signs a person in", async () => {
  const metadata = { client_name: "Self-made", redirect_uris: [REDIRECT], token_endpoint_auth_method: "client_secret_post",
    grant_types: ["authorization_code", "refresh_token"] };
  const at = new URL(baseUrl);
  const options = { execute: [client.allowInsecureRequests], initialAccessToken: apiKey };
  const config = await client.dynamicClientRegistration(at, metadata, undefined, options);
  assert.ok(config.clientMetadata().client_secret);
  const { tokens } = await signIn(config, who);
  assert.equal((await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)).email, who.email);
  await challenges(client.dynamicClientRegistration(at, metadata, undefined, { ...options, initialAccessToken: "wrong" }), "invalid_token");
});

test("an agent that registered itself gets a token for the API that it was sent from, and for no other", async () => {
  const about = { client_name: "Helper", redirect_uris: ["http://127.0.0.1/callback"], token_endpoint_auth_method: "none",
    grant_types: ["authorization_code", "refresh_token"], scope: "offline_access invoices:read" };
  // By the metadata of RFC 8414, as agents do.
  const options = { execute: [client.allowInsecureRequests], initialAccessToken: apiKey, algorithm: "oauth2" };
  const config = await client.dynamicClientRegistration(new URL(baseUrl), about, client.None(), options);
  const agent = { redirect_uri: "http://127.0.0.1:51234/callback", scope: "offline_access invoices:read" };
  const { tokens } = await signIn(config, who, { ...agent, resource: API });
  const { aud, scope } = decodeJwt(tokens.access_token);
  assert.deepEqual([aud, scope], [API, "offline_access invoices:read"]);
  const next = await client.refreshTokenGrant(config, tokens.refresh_token, { resource: API });
  assert.equal(decodeJwt(next.access_token).aud, API);
  await refuses(signIn(config, who, { ...agent, resource: "https://elsewhere.example" }), "invalid_target");
});
