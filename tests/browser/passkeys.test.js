// Passkeys in a real browser, with the authenticator that it brings for tests, against the built server.

import assert from "node:assert/strict";
import { after, before, beforeEach, afterEach, describe, test } from "node:test";

import { findChromium, Page } from "../../web/reference/test/chromium.js";
import { findServer, startServer } from "./server.js";

const missing = !findChromium() ? "no Chromium on PATH (apt-get install chromium)"
  : !findServer() ? "no server to test (cargo binary)" : false;
// In CI what is missing is a failure: `describe` then runs, and says what it lacks.
const skip = process.env.CI ? false : missing;

const PASSWORD = "correct horse battery staple";

/** What an application's page does: the calls of docs/passkeys.md. */
const APPLICATION = `
  window.call = async (path, body, token) => {
    const headers = { "content-type": "application/json", ...(token ? { authorization: "Bearer " + token } : {}) };
    const reply = await fetch("/v1/auth" + path, { method: "POST", headers, body: body && JSON.stringify(body) });
    const { success, data, error } = await reply.json();
    if (!success) throw new Error(JSON.stringify(error));
    return data;
  };
  window.register = async (token, name) => {
    const { options } = await call("/passkeys/registration", undefined, token);
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const credential = await navigator.credentials.create({ publicKey });
    return call("/passkeys/registration/verify", { credential: credential.toJSON(), name }, token);
  };
  window.signIn = async (mediation) => {
    const { options } = await call("/passkeys/authentication");
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    const credential = await navigator.credentials.get({ publicKey, mediation });
    return call("/passkeys/authentication/verify", { credential: credential.toJSON() });
  };
`;

describe("passkeys", { skip }, () => {
  let server;
  let page;
  let people = 0;

  before(async () => {
    assert.equal(missing, false);
    server = await startServer();
  });
  after(() => server?.close());

  beforeEach(async () => {
    page = await Page.launch();
    await page.send("WebAuthn.enable", { enableUI: false });
    // What is tried is the ceremony and not the page: any document of the server's origin will do.
    await page.send("Page.setBypassCSP", { enabled: true });
    await page.open(`${server.url}/v1/auth/config`);
    await page.until(`location.origin === ${JSON.stringify(server.url)} && document.readyState === "complete"`);
    await page.run(APPLICATION);
  });
  afterEach(() => page.close());

  async function authenticator(more = {}) {
    const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true, ...more };
    const { authenticatorId } = await page.send("WebAuthn.addVirtualAuthenticator", { options });
    return authenticatorId;
  }

  /** Somebody who signed up and in with a password. */
  async function person() {
    const email = `ada${++people}@example.com`;
    const body = JSON.stringify({ email, password: PASSWORD });
    await page.run(`call("/sign-up", ${body})`);
    const { access_token } = await page.run(`call("/sign-in", ${body})`);
    return { email, token: JSON.stringify(access_token) };
  }

  const claims = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());

  test("a person adds one and signs in with it", async () => {
    const id = await authenticator();
    const { email, token } = await person();
    const added = await page.run(`register(${token}, "my laptop")`);
    assert.equal(added.name, "my laptop");
    const { credentials } = await page.send("WebAuthn.getCredentials", { authenticatorId: id });
    assert.equal(credentials.length, 1);
    assert.equal(credentials[0].isResidentCredential, true);
    const signedIn = await page.run("signIn()");
    assert.equal(signedIn.state, "complete");
    assert.equal(signedIn.user.primary_email, email);
    assert.equal(claims(signedIn.access_token).aal, 2);
    // The counter rises, so that the next one is taken as well.
    assert.equal((await page.run("signIn()")).state, "complete");
  });

  test("one is offered while a field is filled in (conditional UI)", async () => {
    await authenticator();
    const { email, token } = await person();
    await page.run(`register(${token})`);
    await page.run(`document.body.innerHTML = '<input name="email" autocomplete="username webauthn" autofocus>'`);
    assert.equal(await page.run("PublicKeyCredential.isConditionalMediationAvailable()"), true);
    const signedIn = await page.run(`signIn("conditional")`);
    assert.equal(signedIn.user.primary_email, email);
  });

  test("an authenticator makes no second one for the same person", async () => {
    await authenticator();
    const { token } = await person();
    await page.run(`register(${token})`);
    const strong = JSON.stringify((await page.run("signIn()")).access_token);
    await assert.rejects(page.run(`register(${strong})`), /InvalidStateError/);
  });

  test("an authenticator that verifies nobody is not asked", async () => {
    await authenticator({ hasUserVerification: false, isUserVerified: false });
    const { token } = await person();
    await assert.rejects(page.run(`register(${token})`), /NotAllowedError|ConstraintError/);
  });

  test("one of a keychain says that it is copied", async () => {
    const id = await authenticator({ defaultBackupEligibility: true, defaultBackupState: true });
    const { token } = await person();
    const added = await page.run(`register(${token})`);
    assert.deepEqual([added.backup_eligible, added.backed_up], [true, true]);
    const { credentials } = await page.send("WebAuthn.getCredentials", { authenticatorId: id });
    const body = { authenticatorId: id, credentialId: credentials[0].credentialId, backupEligibility: true, backupState: false };
    await page.send("WebAuthn.setCredentialProperties", body);
    assert.equal((await page.run("signIn()")).state, "complete");
  });

  test("a direct attestation of an unknown maker is taken, and reaches no higher level", async () => {
    const settings = { method: "PUT", headers: { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" } };
    const put = (mode) => fetch(`${server.url}/v1/settings/mfa`, { ...settings, body: JSON.stringify({ attestation: { mode } }) });
    assert.equal((await put("any_attested")).status, 200);
    try {
      await authenticator();
      const { token } = await person();
      const added = await page.run(`register(${token})`);
      assert.equal(added.attested, false);
      assert.equal(claims((await page.run("signIn()")).access_token).aal, 2);
    } finally {
      assert.equal((await put("off")).status, 200);
    }
  });

  test("one that was removed here is named, so that the keychain can forget it", async () => {
    const id = await authenticator();
    const { token } = await person();
    const added = await page.run(`register(${token})`);
    const removed = await fetch(`${server.url}/v1/auth/passkeys/${added.id}`, {
      method: "DELETE", headers: { authorization: `Bearer ${JSON.parse(token)}` },
    });
    assert.equal(removed.status, 200);
    const error = await page.run("signIn().then(() => null, (error) => error.message)");
    const { reason, fields } = JSON.parse(error);
    assert.equal(reason, "unknown_credential");
    const [{ message: credentialId }] = fields;
    assert.equal(credentialId, added.credential_id);
    const canSignal = await page.run("typeof PublicKeyCredential.signalUnknownCredential === 'function'");
    if (canSignal) {
      await page.run(`PublicKeyCredential.signalUnknownCredential({ rpId: "localhost", credentialId: ${JSON.stringify(credentialId)} })`);
      const { credentials } = await page.send("WebAuthn.getCredentials", { authenticatorId: id });
      assert.deepEqual(credentials, []);
    }
  });
});
