// The provider in a real browser: another application's way to the hosted pages and back, under the real policies of both.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";

import { findChromium, Page } from "../../web/reference/test/chromium.js";
import { codeRequest, startApplication } from "./application.js";
import { findServer, startServer } from "./server.js";

const missing = !findChromium() ? "no Chromium on PATH (apt-get install chromium)"
  : !findServer() ? "no server to test (cargo binary)" : false;
// In CI what is missing is a failure: `describe` then runs, and says what it lacks.
const skip = process.env.CI ? false : missing;

const PASSWORD = "correct horse battery staple";
const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

describe("the provider", { skip }, () => {
  let server;
  let application;
  let spa;
  let page;
  let people = 0;

  before(async () => {
    assert.equal(missing, false);
    server = await startServer();
    application = await startApplication();
    spa = await register("spa");
  });
  after(async () => {
    application?.close();
    await server?.close();
  });

  beforeEach(async () => {
    application.answers.length = 0;
    page = await Page.launch({ width: 390, height: 844 });
  });
  afterEach(() => page.close());

  const at = (path, origin = server.url) => page.until(
    `location.origin === ${JSON.stringify(origin)} && location.pathname === ${JSON.stringify(path)} && document.readyState === "complete"`);
  const says = (words) => page.until(`document.readyState === "complete" && document.body.innerText.includes(${JSON.stringify(words)})`);
  const press = (words) => page.click(`[...document.querySelectorAll("button, a")].find((one) => one.innerText.trim() === ${JSON.stringify(words)})`);

  async function manage(method, path, body) {
    const headers = { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" };
    const reply = await fetch(server.url + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await reply.text();
    assert.ok(reply.ok, `${method} ${path}: ${reply.status} ${text}`);
    return JSON.parse(text).data;
  }

  const register = (type, more = {}) => manage("POST", "/api/v1/applications", { type, name: "Shop",
    redirect_uris: [`${application.url}/callback`], post_logout_redirect_uris: [`${application.url}/bye`], ...more });

  /** Somebody who has an account. */
  async function person() {
    const email = `dorothy${++people}@example.com`;
    await manage("POST", "/v1/users", { primary_email: email, email_verified: true, name: "Dorothy Vaughan", password: PASSWORD });
    return email;
  }

  async function signIn(email) {
    await at("/sign-in");
    await page.type("#identifier", email);
    await page.type("#password", PASSWORD);
    await press("Sign in");
  }

  async function token(parameters) {
    const reply = await fetch(`${server.url}/oauth2/token`, { method: "POST", body: new URLSearchParams(parameters) });
    return { status: reply.status, ...(await reply.json()) };
  }

  /** The code of the newest answer, for tokens. */
  function redeem({ verifier, state }, client_id = spa.client_id) {
    const { parameters } = application.answers.at(-1);
    assert.equal(parameters.state, state);
    assert.equal(parameters.iss, server.url);
    return token({ grant_type: "authorization_code", code: parameters.code, code_verifier: verifier, client_id, redirect_uri: `${application.url}/callback` });
  }

  const claims = (jwt) => JSON.parse(Buffer.from(jwt.split(".")[1], "base64url").toString());
  const ask = (more) => codeRequest(server.url, spa.client_id, `${application.url}/callback`, more);

  test("a person signs in, allows the application, and comes back with a code; the second time nothing is asked", async () => {
    const email = await person();
    const first = ask();
    await page.open(first.url);
    await signIn(email);
    await at("/oauth2/consent");
    await says("Shop");
    assert.match(await page.run("document.body.innerText"), new RegExp(email));
    await press("Allow");
    await at("/callback", application.url);
    const tokens = await redeem(first);
    assert.equal(tokens.token_type, "Bearer");
    assert.equal(claims(tokens.id_token).aud, spa.client_id);

    const second = ask();
    await page.open(second.url);
    await page.until(`location.search.includes(${JSON.stringify(second.state)})`);
    const again = await redeem(second);
    assert.equal(claims(again.id_token).sub, claims(tokens.id_token).sub);
    assert.equal(claims(again.id_token).sid, claims(tokens.id_token).sid);
    assert.equal(application.answers.length, 2);
    assert.deepEqual(page.complaints, []);
  });

  test("a person denies, and the application hears of it and gets nothing", async () => {
    const request = ask();
    await page.open(request.url);
    await signIn(await person());
    await at("/oauth2/consent");
    await press("Don’t allow");
    await at("/callback", application.url);
    const [{ parameters }] = application.answers;
    assert.deepEqual([parameters.error, parameters.state, parameters.iss, parameters.code],
      ["access_denied", request.state, server.url, undefined]);
    assert.deepEqual(page.complaints, []);
  });

  test("the tenant's own application asks for no consent, and the sign-in leads straight back", async () => {
    const own = await register("spa", { skip_consent: true });
    const request = codeRequest(server.url, own.client_id, `${application.url}/callback`);
    await page.open(request.url);
    await signIn(await person());
    await at("/callback", application.url);
    assert.ok((await redeem(request, own.client_id)).access_token);
    assert.deepEqual(page.complaints, []);
  });

  test("form_post: the answer comes as a form, and nothing of it stands in an address", async () => {
    const request = ask({ response_mode: "form_post" });
    await page.open(request.url);
    await signIn(await person());
    await at("/oauth2/consent");
    await press("Allow");
    await at("/callback", application.url);
    assert.equal(application.answers.length, 1);
    assert.equal(application.answers[0].method, "POST");
    assert.ok((await redeem(request)).refresh_token);
    assert.ok(page.requests.every((url) => !url.includes("code=")));
    assert.deepEqual(page.complaints, []);
  });

  test("form_post: a browser that runs no modules sends the form too", async () => {
    await page.send("Network.setBlockedURLs", { urls: ["*/ui/pages.*"] });
    const request = ask({ response_mode: "form_post" });
    await page.open(request.url);
    await signIn(await person());
    await at("/oauth2/consent");
    await press("Allow");
    await at("/callback", application.url);
    assert.deepEqual(application.answers.map(({ method }) => method), ["POST"]);
    assert.ok((await redeem(request)).refresh_token);
    assert.deepEqual(page.complaints.filter((text) => !text.includes("ERR_BLOCKED_BY_CLIENT")), []);
  });

  test("a single-page application redeems its code, asks who it is and refreshes, all from its own origin", async () => {
    const request = ask();
    await page.open(request.url);
    const email = await person();
    await signIn(email);
    await at("/oauth2/consent");
    await press("Allow");
    await at("/callback", application.url);
    const form = { grant_type: "authorization_code", code: application.answers[0].parameters.code, code_verifier: request.verifier,
      client_id: spa.client_id, redirect_uri: `${application.url}/callback` };
    const post = (body) => page.run(`fetch(${JSON.stringify(`${server.url}/oauth2/token`)}, { method: "POST",
      body: new URLSearchParams(${JSON.stringify(body)}) }).then((reply) => reply.json())`);
    const tokens = await post(form);
    const info = await page.run(`fetch(${JSON.stringify(`${server.url}/oauth2/userinfo`)},
      { headers: { authorization: "Bearer " + ${JSON.stringify(tokens.access_token)} } }).then((reply) => reply.json())`);
    assert.equal(info.email, email);
    const next = await post({ grant_type: "refresh_token", refresh_token: tokens.refresh_token, client_id: spa.client_id });
    assert.notEqual(next.refresh_token, tokens.refresh_token);
    const discovery = await page.run(`fetch(${JSON.stringify(`${server.url}/.well-known/openid-configuration`)}).then((reply) => reply.json())`);
    assert.equal(discovery.issuer, server.url);
    assert.deepEqual(page.complaints, []);
    // A page may send a DPoP proof, and read what is wrong with it.
    const challenge = await page.run(`fetch(${JSON.stringify(`${server.url}/oauth2/userinfo`)},
      { headers: { authorization: "DPoP " + ${JSON.stringify(next.access_token)}, dpop: "wrong" } })
      .then((reply) => reply.status + " " + reply.headers.get("www-authenticate"))`);
    assert.match(challenge, /^401 DPoP .*error="invalid_dpop_proof"/);

    // Another origin gets no answer to read.
    const stranger = await startApplication();
    try {
      await page.open(`${stranger.url}/`);
      await at("/", stranger.url);
      const body = { grant_type: "refresh_token", refresh_token: next.refresh_token, client_id: spa.client_id };
      await assert.rejects(post(body), /Failed to fetch/);
    } finally {
      stranger.close();
    }
  });

  test("a sign-out at the application's wish is confirmed, and leads back to it", async () => {
    const request = ask();
    await page.open(request.url);
    await signIn(await person());
    await at("/oauth2/consent");
    await press("Allow");
    await at("/callback", application.url);
    const { id_token } = await redeem(request);
    const leave = (parameters) => page.open(`${server.url}/oauth2/logout?${new URLSearchParams(parameters)}`);
    const back = { client_id: spa.client_id, post_logout_redirect_uri: `${application.url}/bye`, state: "s1" };

    await leave(back);
    await at("/oauth2/logout");
    await press("Stay signed in");
    await at("/account");
    await leave(back);
    await at("/oauth2/logout");
    await press("Sign out");
    await at("/bye", application.url);
    assert.equal(await page.run("location.search"), "?state=s1");
    await page.open(`${server.url}/account`);
    await at("/sign-in");

    // Nobody is signed in any more: with an ID token nothing is left to ask.
    await leave({ ...back, id_token_hint: id_token });
    await at("/bye", application.url);
    assert.deepEqual(page.complaints, []);
  });

  for (const { answer, done, outcome } of [
    { answer: "Allow", done: "?done=approved", outcome: (reply) => assert.ok(reply.access_token, JSON.stringify(reply)) },
    { answer: "Don’t allow", done: "?done=denied", outcome: (reply) => assert.equal(reply.error, "access_denied") },
  ]) {
    test(`a device's code is typed, compared and answered: ${answer}`, async () => {
      const television = await register("native", { name: "Television", redirect_uris: [], post_logout_redirect_uris: [],
        grant_types: [DEVICE_GRANT], response_types: [] });
      const body = new URLSearchParams({ client_id: television.client_id, scope: "openid email" });
      const started = await (await fetch(`${server.url}/oauth2/device_authorization`, { method: "POST", body })).json();
      await page.open(started.verification_uri);
      await signIn(await person());
      await at("/activate");
      await page.type("#user_code", "WRNG-CODE");
      await press("Continue");
      await page.until(`document.querySelector("#user_code[aria-invalid=true]")`);
      await page.run(`document.querySelector("#user_code").value = ""`);
      await page.type("#user_code", started.user_code.toLowerCase());
      await press("Continue");
      await page.until(`location.search.startsWith("?user_code=")`);
      await says("Television");
      assert.ok((await page.run("document.body.innerText")).includes(started.user_code));
      await press(answer);
      await page.until(`location.search === ${JSON.stringify(done)}`);
      outcome(await token({ grant_type: DEVICE_GRANT, device_code: started.device_code, client_id: television.client_id }));
      // A refused form is answered by 422, which the browser writes into its log; nothing else is.
      assert.deepEqual(page.complaints.filter((text) => !/status of 4\d\d/.test(text)), []);
    });
  }
});
