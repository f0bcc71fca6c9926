// The hosted pages in a real browser, under their real policy, against the built server.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";

import { findChromium, Page } from "../../web/reference/test/chromium.js";
import { findServer, startServer } from "./server.js";

const missing = !findChromium() ? "no Chromium on PATH (apt-get install chromium)"
  : !findServer() ? "no server to test (cargo binary)" : false;
// In CI what is missing is a failure: `describe` then runs, and says what it lacks.
const skip = process.env.CI ? false : missing;

const PASSWORD = "correct horse battery staple";

/** Writes down what pages tell keychains, which hear it all the same. */
const LISTEN = `
  for (const name of ["signalUnknownCredential", "signalAllAcceptedCredentials"]) {
    const signal = PublicKeyCredential[name];
    PublicKeyCredential[name] = async (told) => {
      await signal?.call(PublicKeyCredential, told);
      sessionStorage[name] = JSON.stringify([...JSON.parse(sessionStorage[name] ?? "[]"), told]);
    };
  }
`;

describe("the hosted pages", { skip }, () => {
  let server;
  let page;
  let people = 0;

  before(async () => {
    assert.equal(missing, false);
    server = await startServer();
  });
  after(() => server?.close());

  beforeEach(async () => {
    page = await Page.launch({ width: 390, height: 844 });
    await page.send("WebAuthn.enable", { enableUI: false });
  });
  afterEach(() => page.close());

  const at = (path) => page.until(`location.pathname === ${JSON.stringify(path)} && document.readyState === "complete"`);
  const press = (words) => page.run(`[...document.querySelectorAll("button, a")].find((one) => one.innerText.trim() === ${JSON.stringify(words)}).click()`);

  const says = (words) => page.until(`document.readyState === "complete" && document.body.innerText.includes(${JSON.stringify(words)})`);

  /** Somebody who has an account. */
  async function person() {
    const email = `grace${++people}@example.com`;
    const headers = { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" };
    const body = JSON.stringify({ primary_email: email, email_verified: true, name: "Grace Hopper", password: PASSWORD });
    assert.equal((await fetch(`${server.url}/v1/users`, { method: "POST", headers, body })).status, 201);
    return email;
  }

  /** The application's settings for signing in: these, and otherwise the usual ones. */
  async function settle(body) {
    const headers = { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" };
    const reply = await fetch(`${server.url}/v1/settings/sign-in`, { method: "PUT", headers, body: JSON.stringify(body) });
    assert.equal(reply.status, 200, await reply.text());
  }

  async function signIn(email) {
    await page.open(`${server.url}/sign-in`);
    await at("/sign-in");
    await page.type("#identifier", email);
    await page.type("#password", PASSWORD);
    await press("Sign in");
    await at("/account");
  }

  async function signOut() {
    await press("Sign out");
    await at("/signed-out");
  }

  test("a person signs in with a password and out again, and no policy is broken", async () => {
    await signIn(await person());
    assert.match(await page.run("document.body.innerText"), /Grace Hopper/);
    await signOut();
    await page.open(`${server.url}/account`);
    await at("/sign-in");
    assert.deepEqual(page.complaints, []);
    const elsewhere = page.requests.filter((url) => !url.startsWith(server.url) && !/^(data|about|blob):/.test(url));
    assert.deepEqual(elsewhere, []);
  });

  test("a wrong password is said above the form, which has the focus", async () => {
    const email = await person();
    await page.open(`${server.url}/sign-in`);
    await at("/sign-in");
    await page.type("#identifier", email);
    await page.type("#password", "wrong wrong wrong");
    await press("Sign in");
    await page.until(`document.activeElement?.id === "notice"`);
    assert.match(await page.run(`document.activeElement.innerText`), /not right/);
    assert.equal(await page.run(`document.querySelector("#identifier").value`), email);
  });

  test("a passkey is added, signs in from the button, and by itself while the field waits", async () => {
    const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true };
    const { authenticatorId } = await page.send("WebAuthn.addVirtualAuthenticator", { options });
    const touch = (enabled) => page.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled });

    await signIn(await person());
    await page.open(`${server.url}/account/security`);
    await at("/account/security");
    await press("Add a passkey");
    await at("/account/passkeys");
    await press("Continue");
    await at("/account/security");
    const { credentials } = await page.send("WebAuthn.getCredentials", { authenticatorId });
    assert.equal(credentials.length, 1);
    await page.run(`document.querySelector(".named summary").click()`);
    await page.run(`document.querySelector("[name=name]").value = ""`);
    await page.type("[name=name]", "Grace’s laptop");
    await press("Save");
    await page.until(`location.search === "?done=saved"`);
    await says("Grace’s laptop");
    await signOut();

    // Nobody touches the authenticator until the button is pressed.
    await touch(false);
    await page.open(`${server.url}/sign-in`);
    await at("/sign-in");
    await press("Use a passkey");
    await touch(true);
    await at("/account");
    await signOut();

    await page.open(`${server.url}/sign-in`);
    await at("/account");
    assert.match(await page.run("document.body.innerText"), /Grace Hopper/);
    assert.deepEqual(page.complaints, []);
  });

  describe("and keychains", () => {
    let authenticatorId;

    beforeEach(async () => {
      await page.send("Page.addScriptToEvaluateOnNewDocument", { source: LISTEN });
      const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
        isUserVerified: true, automaticPresenceSimulation: true };
      ({ authenticatorId } = await page.send("WebAuthn.addVirtualAuthenticator", { options }));
    });

    /** What a signal was given until now, once it was given so often. */
    async function hears(name, times) {
      const heard = `JSON.parse(sessionStorage.${name} ?? "[]")`;
      await page.until(`${heard}.length === ${times}`);
      return page.run(heard);
    }

    const held = async () => (await page.send("WebAuthn.getCredentials", { authenticatorId })).credentials;

    async function addPasskey() {
      await page.open(`${server.url}/account/security`);
      await hears("signalAllAcceptedCredentials", 1);
      await press("Add a passkey");
      await at("/account/passkeys");
      await press("Continue");
      await at("/account/security");
      await hears("signalAllAcceptedCredentials", 2);
    }

    /** Somebody's session in another place, of which this browser hears nothing. */
    async function elsewhere(email) {
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify({ email, password: PASSWORD });
      const reply = await fetch(`${server.url}/v1/auth/sign-in`, { method: "POST", headers, body });
      const { access_token } = (await reply.json()).data;
      return async (method, path) => {
        const reply = await fetch(`${server.url}/v1/auth/passkeys${path}`, { method, headers: { authorization: `Bearer ${access_token}` } });
        assert.equal(reply.status, 200);
        return (await reply.json()).data;
      };
    }

    test("a passkey that nobody has any more is taken back when it is tried", async () => {
      const email = await person();
      const call = await elsewhere(email);
      await signIn(email);
      await addPasskey();
      await signOut();
      const { passkeys: [passkey] } = await call("GET", "");
      await call("DELETE", `/${passkey.id}`);
      assert.equal((await held()).length, 1);

      await page.open(`${server.url}/sign-in`);
      await at("/sign-in/passkey");
      await page.until(`document.querySelector("#notice")`);
      const told = { rpId: "localhost", credentialId: passkey.credential_id };
      assert.deepEqual(await hears("signalUnknownCredential", 1), [told]);
      assert.deepEqual(await held(), []);
      assert.deepEqual(page.complaints.filter((text) => !text.includes("401")), []);
    });

    test("the security page says which ones are left, also when none is", async () => {
      await signIn(await person());
      await addPasskey();
      const [{ credentialId }] = await held();
      await press("Remove");
      await page.until(`location.search === "?done=removed"`);
      const told = await hears("signalAllAcceptedCredentials", 3);
      const id = Buffer.from(credentialId, "base64").toString("base64url");
      assert.deepEqual(told.map((one) => one.allAcceptedCredentialIds), [[], [id], []]);
      assert.deepEqual([...new Set(told.map(({ rpId, userId }) => `${rpId} ${userId}`))], [`localhost ${told[0].userId}`]);
      await hears("signalUnknownCredential", 0);
      assert.deepEqual(await held(), []);
      assert.deepEqual(page.complaints, []);
    });
  });

  test("where a captcha is always asked for, the browser works it out at every door", async () => {
    const email = await person();
    await settle({ captcha: { provider: "proof_of_work", when: "always", difficulty_bits: 12 } });
    try {
      await signIn(email);
      await signOut();
      await page.open(`${server.url}/recover`);
      await at("/recover");
      await page.type("#identifier", email);
      await press("Send the link");
      await says("Look into your mail");
      assert.deepEqual(page.complaints, []);
    } finally {
      await settle({});
    }
  });

  test("a risky sign-in stops at a captcha, and goes on once the browser has worked it out", async () => {
    const email = await person();
    // They were here before, with another device.
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ email, password: PASSWORD });
    assert.equal((await fetch(`${server.url}/v1/auth/sign-in`, { method: "POST", headers, body })).status, 200);
    const captcha = { provider: "proof_of_work", difficulty_bits: 12 };
    await settle({ captcha, risk: { second_factor: 1, captcha: 1, refuse: 101 } });
    try {
      await page.open(`${server.url}/sign-in`);
      await at("/sign-in");
      await page.type("#identifier", email);
      await page.type("#password", PASSWORD);
      await press("Sign in");
      await at("/sign-in/continue");
      await says("Are you a person?");
      await press("Continue");
      await says("Confirm your address");
      assert.deepEqual(page.complaints, []);
    } finally {
      await settle({});
    }
  });
});
