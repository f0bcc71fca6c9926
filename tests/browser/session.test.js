// OpenID Connect Session Management 1.0 in a real browser: an application's page asks the frame of the provider.

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

/** What an application's page does: hold the frame, ask it, and hear what it says. */
const FRAME = `
  window.hold = (address) => new Promise((resolve) => {
    const frame = Object.assign(document.createElement("iframe"), { src: address, hidden: true, onload: resolve });
    document.body.append(frame);
  });
  window.ask = (message) => new Promise((resolve, reject) => {
    const frame = document.querySelector("iframe");
    const { origin } = new URL(frame.src);
    addEventListener("message", (event) => event.origin === origin && resolve(event.data), { once: true });
    frame.contentWindow.postMessage(message, origin);
    setTimeout(() => reject(new Error("no answer")), 5000);
  });
`;

describe("session management", { skip }, () => {
  let server;
  let application;
  let client;
  let document;
  let page;
  let people = 0;

  before(async () => {
    assert.equal(missing, false);
    server = await startServer();
    application = await startApplication();
    client = await manage("/api/v1/applications", { type: "spa", name: "Shop", skip_consent: true,
      redirect_uris: [`${application.url}/callback`], post_logout_redirect_uris: [`${application.url}/bye`] });
    document = await (await fetch(`${server.url}/.well-known/openid-configuration`)).json();
  });
  after(async () => {
    application?.close();
    await server?.close();
  });
  beforeEach(async () => {
    page = await Page.launch();
  });
  afterEach(() => page.close());

  const at = (path, origin = server.url) => page.until(
    `location.origin === ${JSON.stringify(origin)} && location.pathname === ${JSON.stringify(path)} && document.readyState === "complete"`);

  async function manage(path, body) {
    const headers = { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" };
    const reply = await fetch(server.url + path, { method: "POST", headers, body: JSON.stringify(body) });
    assert.equal(reply.status, 201);
    return (await reply.json()).data;
  }

  /** Somebody new signs in at the hosted page that is open. */
  async function signIn() {
    const email = `joan${++people}@example.com`;
    await manage("/v1/users", { primary_email: email, email_verified: true, password: PASSWORD });
    await at("/sign-in");
    await page.type("#identifier", email);
    await page.type("#password", PASSWORD);
    await page.click(`document.querySelector("button[value=password]")`);
  }

  /** What the provider says of the session, and the ID token of it. */
  async function authorize(more = {}) {
    const request = codeRequest(server.url, client.client_id, `${application.url}/callback`, more);
    await page.open(request.url);
    return request;
  }

  async function answered({ verifier, state }) {
    await page.until(`location.origin === ${JSON.stringify(application.url)} && location.search.includes(${JSON.stringify(state)})`);
    const { parameters } = application.answers.at(-1);
    const body = new URLSearchParams({ grant_type: "authorization_code", code: parameters.code, code_verifier: verifier,
      client_id: client.client_id, redirect_uri: `${application.url}/callback` });
    const tokens = await (await fetch(document.token_endpoint, { method: "POST", body })).json();
    return { state: parameters.session_state, idToken: tokens.id_token };
  }

  /** The application's page with the frame, at this origin. */
  async function hold(origin = application.url) {
    await page.open(`${origin}/`);
    await at("/", origin);
    await page.run(FRAME);
    await page.run(`hold(${JSON.stringify(document.check_session_iframe)})`);
  }

  const ask = (state) => page.run(`ask(${JSON.stringify(`${client.client_id} ${state}`)})`);

  test("a page sees that its person has signed out, and is told by nobody else", async () => {
    const request = await authorize();
    await signIn();
    const { state, idToken } = await answered(request);
    await hold();
    assert.deepEqual([await ask(state), await ask(state)], ["unchanged", "unchanged"]);

    // In another window; the page with the frame stays as it is.
    const leave = new URLSearchParams({ id_token_hint: idToken, post_logout_redirect_uri: `${application.url}/bye` });
    await page.run(`void (window.other = open(${JSON.stringify(`${document.end_session_endpoint}?${leave}`)}))`);
    await page.until(`(() => { try { return other.location.pathname === "/bye" } catch { return false } })()`);
    assert.equal(await ask(state), "changed");

    // What a page is told to do then finds the same.
    const silent = await authorize({ prompt: "none" });
    await page.until(`location.search.includes(${JSON.stringify(silent.state)})`);
    const { parameters } = application.answers.at(-1);
    assert.equal(parameters.error, "login_required");
    await hold();
    assert.equal(await ask(parameters.session_state), "unchanged");
    assert.deepEqual(page.complaints, []);
  });

  test("a page sees that somebody else has signed in", async () => {
    const request = await authorize();
    await signIn();
    const first = await answered(request);
    const again = await authorize({ prompt: "login" });
    await signIn();
    const second = await answered(again);
    await hold();
    assert.deepEqual([await ask(first.state), await ask(second.state)], ["changed", "unchanged"]);
    assert.deepEqual(page.complaints, []);
  });

  test("another origin learns nothing from the state, and nonsense is an error", async () => {
    const request = await authorize();
    await signIn();
    const { state } = await answered(request);
    await hold();
    for (const message of ["", "x", "a b", ` ${state}`, "a b.", `${client.client_id}`, `a  ${state}`, `a ${state}.x`]) {
      assert.equal(await page.run(`ask(${JSON.stringify(message)})`), "error", message);
    }
    for (const message of ["null", "undefined", "{}", "[]", "7"]) {
      assert.equal(await page.run(`ask(${message})`), "error", message);
    }
    const stranger = await startApplication();
    try {
      await hold(stranger.url);
      assert.equal(await ask(state), "changed");
    } finally {
      stranger.close();
    }
    assert.deepEqual(page.complaints, []);
  });

  test("no other page of the provider can be framed", async () => {
    await page.open(`${application.url}/`);
    await at("/", application.url);
    await page.run(FRAME);
    await page.run(`hold(${JSON.stringify(`${server.url}/sign-in`)})`);
    await page.until(`document.readyState === "complete"`);
    assert.ok(page.complaints.some((text) => /frame-ancestors|X-Frame-Options|refused to connect/i.test(text)), page.complaints.join("\n"));
  });
});
