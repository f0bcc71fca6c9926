// npm `openid-client` with what goes beyond the plain code flow: PAR, JAR, JARM, DPoP, FAPI 2.0, devices, logout.

import assert from "node:assert/strict";
import { before, test } from "node:test";

import { calculateJwkThumbprint, decodeJwt, exportJWK } from "jose";
import * as client from "openid-client";

import { baseUrl } from "./api.js";
import { Browser, person } from "./browser.js";
import { challenges, configure, keyPair, manage, refuses, register, request, SIGNED_OUT, signIn } from "./provider.js";

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const DEVICE = { token_endpoint_auth_method: "none", redirect_uris: [], post_logout_redirect_uris: [],
  grant_types: [DEVICE_GRANT, "refresh_token"], response_types: [] };
let who;

before(async () => {
  who = await person("Katherine Johnson");
});

test("PAR: the request goes ahead by itself, and its handle counts once and for its client alone", async () => {
  const config = await configure(await register("web", { require_pushed_authorization_requests: true }));
  const { parameters, checks } = await request();
  const url = await client.buildAuthorizationUrlWithPAR(config, parameters);
  assert.deepEqual([...url.searchParams.keys()].sort(), ["client_id", "request_uri"]);
  const browser = new Browser();
  const tokens = await client.authorizationCodeGrant(config, await browser.authorize(url, who), checks);
  assert.equal(tokens.claims().nonce, checks.expectedNonce);
  assert.equal((await browser.open(url)).status, 400);

  const other = await register("web");
  const again = await client.buildAuthorizationUrlWithPAR(config, parameters);
  again.searchParams.set("client_id", other.client_id);
  assert.equal((await browser.open(again)).status, 400);
  // What was not pushed is refused, and the application told.
  const back = await browser.open(client.buildAuthorizationUrl(config, parameters));
  await refuses(client.authorizationCodeGrant(config, back.url, checks), "invalid_request");
});

test("JAR: a signed request is read from its signature and not from the address", async () => {
  const { key, jwks } = await keyPair("ES256");
  const registered = await register("spa", { jwks, require_signed_request_object: true });
  const config = await configure(registered);
  const { parameters, checks } = await request();
  const url = await client.buildAuthorizationUrlWithJAR(config, parameters, key);
  url.searchParams.set("scope", "openid email phone");
  const tokens = await client.authorizationCodeGrant(config, await new Browser().authorize(url, who), checks);
  assert.equal(tokens.scope, parameters.scope);
  const forged = await client.buildAuthorizationUrlWithJAR(config, parameters, { ...(await keyPair("ES256")).key, kid: key.kid });
  const page = await new Browser().open(forged);
  assert.deepEqual([page.url.origin, page.status], [baseUrl, 400]);
});

test("JARM: the answer is a JWT for the client, in every algorithm that is offered", async () => {
  for (const authorization_signed_response_alg of ["RS256", "ES256", "EdDSA"]) {
    const config = await configure(await register("spa", { authorization_signed_response_alg }), undefined, [client.useJwtResponseMode]);
    const { back, tokens } = await signIn(config, who);
    assert.deepEqual([...back.searchParams.keys()], ["response"]);
    const { aud, iss, code } = decodeJwt(back.searchParams.get("response"));
    assert.deepEqual([aud, iss], [config.clientMetadata().client_id, baseUrl]);
    assert.match(code, /^pc_ac_/);
    assert.ok(tokens.claims().sub);
  }
});

test("DPoP: tokens are bound to a key, and worth nothing to who has only them", async () => {
  const config = await configure(await register("spa"));
  const keys = await client.randomDPoPKeyPair("ES256");
  const options = { DPoP: client.getDPoPHandle(config, keys) };
  const { tokens } = await signIn(config, who, { options });
  assert.equal(tokens.token_type, "dpop");
  assert.equal(decodeJwt(tokens.access_token).cnf.jkt, await calculateJwkThumbprint(await exportJWK(keys.publicKey)));
  const sub = tokens.claims().sub;
  assert.equal((await client.fetchUserInfo(config, tokens.access_token, sub, options)).email, who.email);
  await assert.rejects(client.fetchUserInfo(config, tokens.access_token, sub), { code: "OAUTH_WWW_AUTHENTICATE_CHALLENGE" });
  const thief = { DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256")) };
  await assert.rejects(client.fetchUserInfo(config, tokens.access_token, sub, thief), { code: "OAUTH_WWW_AUTHENTICATE_CHALLENGE" });
  await refuses(client.refreshTokenGrant(config, tokens.refresh_token, undefined, thief), "invalid_grant");
  await refuses(client.refreshTokenGrant(config, tokens.refresh_token), "invalid_grant");
  const next = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, options);
  assert.equal((await client.fetchUserInfo(config, next.access_token, sub, options)).email, who.email);
});

test("DPoP: a bound token opens the data plane with its proof", async () => {
  const config = await configure(await register("m2m", { allowed_scopes: ["users:read"], dpop_bound_access_tokens: true }));
  const options = { DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair("EdDSA")) };
  await refuses(client.clientCredentialsGrant(config), "invalid_request");
  const { access_token } = await client.clientCredentialsGrant(config, { scope: "users:read" }, options);
  const users = new URL("/api/v1/users", baseUrl);
  const reply = await client.fetchProtectedResource(config, access_token, users, "GET", undefined, undefined, options);
  assert.equal(reply.status, 200);
  const bare = client.fetchProtectedResource(config, access_token, users, "GET");
  await assert.rejects(bare, { code: "OAUTH_WWW_AUTHENTICATE_CHALLENGE" });
});

test("FAPI 2.0: a pushed request, a key for the client, one for its tokens, and a nonce that the server gives", async () => {
  const { key, jwks } = await keyPair("PS256");
  const registered = await register("web", { profile: "fapi2", jwks, redirect_uris: ["https://app.example.com/cb"], post_logout_redirect_uris: [] });
  assert.equal(registered.token_endpoint_auth_method, "private_key_jwt");
  const config = await configure(registered, client.PrivateKeyJwt(key));
  const options = { DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256")) };
  const { parameters, checks } = await request({ redirect_uri: "https://app.example.com/cb" });
  const url = await client.buildAuthorizationUrlWithPAR(config, parameters, options);
  const back = await new Browser().authorize(url, who);
  const tokens = await client.authorizationCodeGrant(config, back, checks, undefined, options);
  assert.equal(tokens.token_type, "dpop");
  assert.equal((await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, options)).email, who.email);
  // The token stays: without the client's key it is of no use, and an answer that is lost must not end the grant.
  const next = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, options);
  assert.equal(next.refresh_token, tokens.refresh_token);
});

test("a device waits, the person types its code and allows it, and the device has tokens for them", async () => {
  const config = await configure(await register("native", DEVICE));
  const started = await client.initiateDeviceAuthorization(config, { scope: "openid email offline_access" });
  assert.match(started.user_code, /^[A-Z]{4}-[A-Z]{4}$/);
  assert.equal(started.verification_uri, `${baseUrl}/activate`);
  await refuses(client.genericGrantRequest(config, DEVICE_GRANT, { device_code: started.device_code }), "authorization_pending");
  const page = await activate(started.verification_uri_complete, started.user_code, "allow");
  assert.equal(page.url.search, "?done=approved");
  const tokens = await client.pollDeviceAuthorizationGrant(config, started, undefined, { signal: AbortSignal.timeout(30_000) });
  const info = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  assert.deepEqual([info.email, tokens.scope], [who.email, "openid email offline_access"]);
  assert.ok((await client.refreshTokenGrant(config, tokens.refresh_token)).access_token);
  await refuses(client.genericGrantRequest(config, DEVICE_GRANT, { device_code: started.device_code }), "invalid_grant");
});

test("a device that the person refuses is told so", async () => {
  const config = await configure(await register("native", DEVICE));
  const started = await client.initiateDeviceAuthorization(config, { scope: "openid" });
  await activate(started.verification_uri, started.user_code.toLowerCase().replace("-", " "), "deny");
  await refuses(client.genericGrantRequest(config, DEVICE_GRANT, { device_code: started.device_code }), "access_denied");
});

test("logout with an ID token ends the session at once; only what was granted for later goes on", async () => {
  const config = await configure(await register("spa"));
  const { browser, tokens } = await signIn(config, who);
  const { tokens: present } = await signIn(config, who, { browser, scope: "openid profile email" });
  const parameters = { id_token_hint: tokens.id_token, post_logout_redirect_uri: SIGNED_OUT, state: "s1" };
  const { url } = await browser.open(client.buildEndSessionUrl(config, parameters));
  assert.equal(url.href, `${SIGNED_OUT}?state=s1`);
  const { parameters: silent, checks } = await request({ prompt: "none" });
  const back = await browser.authorize(client.buildAuthorizationUrl(config, silent), who);
  await refuses(client.authorizationCodeGrant(config, back, checks), "login_required");
  await refuses(client.refreshTokenGrant(config, present.refresh_token), "invalid_grant");
  assert.ok((await client.refreshTokenGrant(config, tokens.refresh_token)).access_token);
});

test("logout without an ID token asks the person first, and leads nowhere that is not registered", async () => {
  const config = await configure(await register("spa"));
  const { browser } = await signIn(config, who);
  const refused = await browser.open(client.buildEndSessionUrl(config, { post_logout_redirect_uri: "https://evil.example/" }));
  assert.deepEqual([refused.url.origin, refused.status], [baseUrl, 400]);
  await browser.open(client.buildEndSessionUrl(config, { post_logout_redirect_uri: SIGNED_OUT }));
  assert.ok(browser.has("/oauth2/logout/confirm"));
  await browser.submit("/oauth2/logout/confirm", { decision: "no" });
  assert.equal(browser.page.url.pathname, "/account");
  await browser.open(client.buildEndSessionUrl(config, { post_logout_redirect_uri: SIGNED_OUT }));
  await browser.submit("/oauth2/logout/confirm", { decision: "yes" });
  assert.equal(browser.page.url.href, SIGNED_OUT);
  await browser.open("/account");
  assert.equal(browser.page.url.pathname, "/sign-in");
});

test("what a person allowed they take back, and the application's tokens are over", async () => {
  const registered = await register("spa", { allowed_scopes: ["openid", "offline_access", "me:read", "me:write"] });
  const config = await configure(registered);
  const { tokens } = await signIn(config, who, { scope: "openid offline_access me:read me:write" });
  const own = (method, path) => client.fetchProtectedResource(config, tokens.access_token, new URL(path, baseUrl), method);
  const listed = await (await own("GET", "/api/v1/me/grants")).json();
  assert.ok(listed.data.some((application) => JSON.stringify(application).includes(registered.client_id)));
  await own("DELETE", `/api/v1/me/grants/${registered.id}`);
  await refuses(client.refreshTokenGrant(config, tokens.refresh_token), "invalid_grant");
});

/** Types the code of a device into the page, as whoever signs in there, and decides. */
async function activate(url, user_code, decision) {
  const browser = new Browser();
  await browser.open(url);
  if (browser.has("/sign-in")) await browser.submit("/sign-in", { identifier: who.email, password: "correct horse battery staple", how: "password" });
  await browser.submit("/activate", { user_code });
  assert.ok(browser.page.text.includes("<strong>"), browser.page.text);
  return browser.submit("/activate", { decision });
}
