// npm `openid-client` signs people in: authorization code with PKCE, ID token, userinfo, refresh, and what is refused.

import assert from "node:assert/strict";
import { before, test } from "node:test";

import * as client from "openid-client";

import { baseUrl } from "./api.js";
import { Browser, person } from "./browser.js";
import { challenges, configure, manage, refuses, register, REDIRECT, request, signIn } from "./provider.js";

let who;
let spa;
let config;

before(async () => {
  who = await person();
  spa = await register("spa");
  config = await configure(spa);
});

test("discovery finds the issuer and says that PKCE is there", () => {
  const metadata = config.serverMetadata();
  assert.equal(metadata.issuer, baseUrl);
  assert.ok(metadata.supportsPKCE());
  assert.equal(metadata.authorization_response_iss_parameter_supported, true);
});

test("a person signs in and agrees, and the ID token says who, for whom and how", async () => {
  const { back, browser, checks, tokens } = await signIn(config, who);
  assert.equal(back.searchParams.get("iss"), baseUrl);
  assert.deepEqual(browser.seen, ["/sign-in", "/oauth2/consent"]);
  const claims = tokens.claims();
  assert.equal(claims.iss, baseUrl);
  assert.equal(claims.aud, spa.client_id);
  assert.equal(claims.nonce, checks.expectedNonce);
  assert.equal(claims.acr, "urn:portcullis:aal:1");
  assert.deepEqual(claims.amr, ["pwd"]);
  assert.ok(Math.abs(claims.auth_time - Date.now() / 1000) < 60);
  // The person's own claims are at the userinfo endpoint, as the standard says.
  assert.equal(claims.email, undefined);
  assert.equal(tokens.token_type, "bearer");
  assert.equal(tokens.scope, "openid profile email offline_access");
  assert.equal(tokens.expires_in, 3600);
});

test("userinfo releases what the scopes cover, to the subject of the ID token", async () => {
  const { tokens } = await signIn(config, who);
  const info = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  assert.equal(info.email, who.email);
  assert.equal(info.email_verified, true);
  assert.equal(info.name, who.name);
  assert.equal(info.phone_number, undefined);

  const { tokens: few } = await signIn(config, who, { scope: "openid" });
  assert.deepEqual(await client.fetchUserInfo(config, few.access_token, few.claims().sub), { sub: tokens.claims().sub });
});

test("each refresh brings the next token, and one that comes back later ends them all", async () => {
  const { tokens: first } = await signIn(config, who);
  const second = await client.refreshTokenGrant(config, first.refresh_token);
  assert.notEqual(second.refresh_token, first.refresh_token);
  assert.equal(second.claims().sub, first.claims().sub);
  assert.equal(second.claims().auth_time, first.claims().auth_time);
  // A refresh may ask for less.
  const third = await client.refreshTokenGrant(config, second.refresh_token, { scope: "openid email" });
  assert.equal(third.scope, "openid email");
  await refuses(client.refreshTokenGrant(config, first.refresh_token), "invalid_grant");
  await refuses(client.refreshTokenGrant(config, third.refresh_token), "invalid_grant");
  await challenges(client.fetchUserInfo(config, third.access_token, client.skipSubjectCheck), "invalid_token");
});

test("a refresh may not ask for more than was granted", async () => {
  const { tokens } = await signIn(config, who, { scope: "openid offline_access" });
  await refuses(client.refreshTokenGrant(config, tokens.refresh_token, { scope: "openid email" }), "invalid_scope");
});

test("a code counts once, and the second use takes the first one's tokens back", async () => {
  const { back, checks, tokens } = await signIn(config, who);
  await refuses(client.authorizationCodeGrant(config, back, checks), "invalid_grant");
  await challenges(client.fetchUserInfo(config, tokens.access_token, client.skipSubjectCheck), "invalid_token");
});

test("a code is worth nothing without its verifier, or to another client", async () => {
  const browser = new Browser();
  const attempt = async () => {
    const { parameters, checks } = await request();
    return { back: await browser.authorize(client.buildAuthorizationUrl(config, parameters), who), checks };
  };
  const { back, checks } = await attempt();
  const wrong = { ...checks, pkceCodeVerifier: client.randomPKCECodeVerifier() };
  await refuses(client.authorizationCodeGrant(config, back, wrong), "invalid_grant");
  const other = await configure(await register("spa"));
  const { back: again, checks: same } = await attempt();
  await refuses(client.authorizationCodeGrant(other, again, same), "invalid_grant");
});

test("a person who says no sends the application an error and nothing else", async () => {
  const { parameters, checks } = await request({ prompt: "consent" });
  const back = await new Browser().authorize(client.buildAuthorizationUrl(config, parameters), who, "deny");
  await refuses(client.authorizationCodeGrant(config, back, checks), "access_denied");
  assert.equal(back.searchParams.get("iss"), baseUrl);
  assert.equal(back.searchParams.get("state"), checks.expectedState);
  assert.equal(back.searchParams.get("code"), null);
});

test("prompt=none answers from the session, and says what is missing without one", async () => {
  const { browser, tokens } = await signIn(config, who);
  const { tokens: silent } = await signIn(config, who, { browser, prompt: "none" });
  assert.equal(silent.claims().sub, tokens.claims().sub);
  assert.equal(silent.claims().sid, tokens.claims().sid);

  const { parameters, checks } = await request({ prompt: "none" });
  const back = await new Browser().authorize(client.buildAuthorizationUrl(config, parameters), who);
  await refuses(client.authorizationCodeGrant(config, back, checks), "login_required");
});

test("what was agreed to is not asked again, and prompt=login asks who it is all the same", async () => {
  const { browser, tokens } = await signIn(config, who);
  browser.seen = [];
  await signIn(config, who, { browser });
  assert.deepEqual(browser.seen, []);
  const { parameters, checks } = await request({ prompt: "login", max_age: "0" });
  const back = await browser.authorize(client.buildAuthorizationUrl(config, parameters), who);
  assert.deepEqual(browser.seen, ["/sign-in"]);
  const again = await client.authorizationCodeGrant(config, back, { ...checks, maxAge: 0 });
  assert.ok(again.claims().auth_time >= tokens.claims().auth_time);
});

test("an address that is not registered is never sent to", async () => {
  const browser = new Browser();
  for (const redirect_uri of [`${REDIRECT}/../evil`, "https://evil.example/callback", `${REDIRECT}?more=1`]) {
    const { parameters } = await request({ redirect_uri });
    const page = await browser.open(client.buildAuthorizationUrl(config, parameters));
    assert.equal(page.url.origin, baseUrl, redirect_uri);
    assert.equal(page.status, 400, redirect_uri);
  }
});

test("the claims parameter puts single claims into the ID token", async () => {
  const claims = JSON.stringify({ id_token: { email: { essential: true } } });
  const { tokens } = await signIn(config, who, { claims });
  assert.equal(tokens.claims().email, who.email);
});

test("a pairwise client knows the person by a name of its own", async () => {
  const pairwise = await configure(await register("spa", { subject_type: "pairwise" }));
  const { tokens } = await signIn(pairwise, who);
  const { tokens: open } = await signIn(config, who);
  assert.notEqual(tokens.claims().sub, open.claims().sub);
  const info = await client.fetchUserInfo(pairwise, tokens.access_token, tokens.claims().sub);
  assert.equal(info.email, who.email);
});

test("a client that is disabled gets nothing more", async () => {
  const registered = await register("spa");
  const own = await configure(registered);
  const { tokens } = await signIn(own, who);
  await manage("POST", `/api/v1/applications/${registered.id}/disable`);
  await refuses(client.refreshTokenGrant(own, tokens.refresh_token), "invalid_client");
});
