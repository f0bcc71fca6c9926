// An API that the provider's tokens open: npm `jose` and `oauth4webapi` verify them by the key set alone, also bound ones.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { createRemoteJWKSet, jwtVerify } from "jose";
import * as oauth from "oauth4webapi";
import * as client from "openid-client";

import { apiKey, baseUrl } from "./api.js";
import { configure, register } from "./provider.js";

const API = "https://api.example.com/invoices";
const MACHINE = { allowed_scopes: ["invoices:read", "users:read"], allowed_resources: [API] };
let config;

before(async () => {
  config = await configure(await register("m2m", MACHINE));
});

const token = async (parameters = { scope: "invoices:read", resource: API }, options) =>
  (await client.clientCredentialsGrant(config, parameters, options)).access_token;

test("jose: an access token for this API, and nothing else that is signed with the same keys", async () => {
  const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", baseUrl));
  const verify = (presented) => jwtVerify(presented, keys, { issuer: baseUrl, audience: API, typ: "at+jwt", algorithms: ["EdDSA"] });
  const { payload } = await verify(await token());
  assert.equal(payload.scope, "invoices:read");
  await assert.rejects(verify(await token({ scope: "users:read" })), { code: "ERR_JWT_CLAIM_VALIDATION_FAILED" });
  await assert.rejects(verify(`${await token()}A`), { code: "ERR_JWS_SIGNATURE_VERIFICATION_FAILED" });
});

test("a secret API key asks about a token, an opaque one as well", async () => {
  const ask = async (presented) => {
    const headers = { authorization: `Bearer ${apiKey}` };
    const reply = await fetch(`${baseUrl}/oauth2/introspect`, { method: "POST", headers, body: new URLSearchParams({ token: presented }) });
    return reply.json();
  };
  const opaque = await configure(await register("m2m", { ...MACHINE, access_token_format: "opaque" }));
  const { access_token } = await client.clientCredentialsGrant(opaque, { scope: "invoices:read", resource: API });
  for (const presented of [await token(), access_token]) {
    const { active, scope, aud } = await ask(presented);
    assert.deepEqual([active, scope, [aud].flat()], [true, "invoices:read", [API]]);
  }
  assert.deepEqual(await ask("pc_at_unknown"), { active: false });
});

test("oauth4webapi: an API takes a bound token with its proof, for this address, method and token, and no other", async () => {
  const as = await oauth.discoveryRequest(new URL(baseUrl), { [oauth.allowInsecureRequests]: true })
    .then((reply) => oauth.processDiscoveryResponse(new URL(baseUrl), reply));
  const api = await startApi(as);
  after(() => api.close());
  const { url } = api;
  const pair = await client.randomDPoPKeyPair("ES256");
  const options = { DPoP: client.getDPoPHandle(config, pair) };
  const bound = await token(undefined, options);
  const ask = (more, path = "/invoices") => client.fetchProtectedResource(config, bound, new URL(path, url), "GET", undefined, undefined, more);
  const reply = await ask(options);
  assert.deepEqual(await reply.json(), { scope: "invoices:read" });
  await assert.rejects(ask(undefined), { code: "OAUTH_WWW_AUTHENTICATE_CHALLENGE" });
  await assert.rejects(ask({ DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256")) }), { code: "OAUTH_WWW_AUTHENTICATE_CHALLENGE" });
  // A bearer token is none of ours where proofs are asked for.
  const bearer = client.fetchProtectedResource(config, await token(), new URL("/invoices", url), "GET");
  await assert.rejects(bearer, { code: "OAUTH_WWW_AUTHENTICATE_CHALLENGE" });
  // The metadata by which clients that know nothing find the issuer.
  const bare = await fetch(`${url}/invoices`);
  const at = /resource_metadata="([^"]+)"/.exec(bare.headers.get("www-authenticate"))[1];
  assert.deepEqual((await (await fetch(at)).json()).authorization_servers, [baseUrl]);
});

/** An API as a person would write one. */
async function startApi(as) {
  const server = createServer(async (request, response) => {
    const { origin } = new URL(`http://${request.headers.host}`);
    const metadata = `${origin}/.well-known/oauth-protected-resource`;
    if (request.url === "/.well-known/oauth-protected-resource") {
      return response.end(JSON.stringify({ resource: API, authorization_servers: [as.issuer], scopes_supported: ["invoices:read"] }));
    }
    try {
      const asked = new Request(origin + request.url, { method: request.method, headers: request.headers });
      const options = { requireDPoP: true, [oauth.allowInsecureRequests]: true };
      const { scope } = await oauth.validateJwtAccessToken(as, asked, API, options);
      if (!scope?.split(" ").includes("invoices:read")) {
        return response.writeHead(403, { "www-authenticate": 'DPoP error="insufficient_scope", scope="invoices:read"' }).end();
      }
      response.end(JSON.stringify({ scope }));
    } catch {
      const error = request.headers.authorization ? ' error="invalid_token",' : "";
      response.writeHead(401, { "www-authenticate": `DPoP${error} resource_metadata="${metadata}"` }).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://localhost:${server.address().port}`, close };
}
