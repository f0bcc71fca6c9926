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

/**
 * What a provider's script does, as it is documented: once there it calls the function that its address names, and renders a box to
 * press. That opens a question over the page, in a frame of the provider's; its answer makes the token.
 */
const WIDGET = ({ api, token, question }) => `
  const ready = new URL(document.currentScript.src).searchParams.get("onload");
  globalThis.${api} = {
    render(place, options) {
      globalThis.rendered = options;
      const box = document.createElement("div");
      box.setAttribute("style", "width: 300px; height: 74px");
      const button = Object.assign(document.createElement("button"), { id: "box", type: "button", textContent: "I am a person" });
      box.append(button);
      place.append(box);
      const over = document.createElement("div");
      const hide = "position: absolute; top: -10000px; visibility: hidden";
      over.setAttribute("style", hide);
      const frame = Object.assign(document.createElement("iframe"), { title: "question", src: "${question}", width: 300, height: 480 });
      over.append(frame);
      document.body.append(over);
      button.addEventListener("click", () => over.setAttribute("style", "position: absolute; top: 10px"));
      addEventListener("message", ({ source }) => {
        if (source !== frame.contentWindow) return;
        over.setAttribute("style", hide);
        options.callback("${token}");
      });
      return 0;
    },
  };
  queueMicrotask(() => globalThis[ready]());
`;
const QUESTION = `<!doctype html><title>Question</title><button onclick="parent.postMessage('answered', '*')">Bus</button>`;

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
  const press = (words) => page.click(`[...document.querySelectorAll("button, a")].find((one) => one.innerText.trim() === ${JSON.stringify(words)})`);

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
    await page.click(`document.querySelector(".named summary")`);
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

  for (const { provider, api, question } of [
    { provider: "turnstile", api: "turnstile", question: "https://challenges.cloudflare.com/question" },
    { provider: "hcaptcha", api: "hcaptcha", question: "https://newassets.hcaptcha.com/question" },
    { provider: "recaptcha", api: "grecaptcha", question: "https://www.google.com/recaptcha/question" },
  ]) {
    test(`a captcha of ${provider} is solved in a frame, and its token goes with the form`, async () => {
      const email = await person();
      const [token, sent] = [`token-of-${provider}`, []];
      await settle({ captcha: { provider, when: "always", site_key: "site-key", secret: "secret" } });
      await page.intercept(({ url, method, postData }) => {
        if (method === "POST") sent.push(new URLSearchParams(postData).get("captcha"));
        if (url.startsWith(server.url)) return undefined;
        if (url === question) return { type: "text/html", text: QUESTION };
        return { type: "text/javascript", text: WIDGET({ api, token, question }) };
      });
      const frame = "/captcha";
      const widget = () => page.until(`document.querySelector("#box")?.checkVisibility() && document.readyState === "complete"`, { frame });
      const height = `document.querySelector("iframe").offsetHeight`;
      const held = `(document.querySelector("[name=captcha]")?.value ?? null)`;
      const key = async (name, code, text) => {
        await page.send("Input.dispatchKeyEvent", { type: "keyDown", key: name, code: name === " " ? "Space" : name, windowsVirtualKeyCode: code, text });
        await page.send("Input.dispatchKeyEvent", { type: "keyUp", key: name, code: name === " " ? "Space" : name, windowsVirtualKeyCode: code });
      };
      try {
        await page.open(`${server.url}/sign-in`);
        await at("/sign-in");
        await widget();
        const { sitekey, theme, size, language } = await page.run("({ ...rendered })", frame);
        assert.deepEqual({ sitekey, theme, size, language }, { sitekey: "site-key", theme: "light", size: "normal", language: "en" });
        await page.until(`${height} > 70 && ${height} < 100`);

        // What it says without a token is said by the server, and the widget is there anew.
        await page.type("#identifier", email);
        await page.type("#password", PASSWORD);
        await press("Sign in");
        await says("We could not make sure that you are a person.");
        await widget();

        await page.type("#password", PASSWORD);
        await page.run(`document.querySelector(".eye").focus()`);
        await key("Tab", 9);
        await page.until(`document.activeElement?.id === "box"`, { frame });
        await key(" ", 32, " ");
        await page.until(`${height} >= 480`);
        await page.until(`document.documentElement.scrollHeight <= innerHeight`, { frame });
        assert.equal(await page.run(held), null);
        await page.until(`(document.querySelector("button")?.click(), document.querySelector("button") !== null)`, { frame: new URL(question).pathname });
        await page.until(`${held} === "${token}"`);
        await page.until(`${height} < 100`);

        await page.run(`rendered["expired-callback"]()`, frame);
        await page.until(`${held} === null`);
        await page.run(`rendered.callback("${token}")`, frame);
        await page.until(`${held} === "${token}"`);

        // The provider's script is a stranger to the page around it, and so is whoever says the same.
        assert.equal(await page.run(`(() => { try { return parent.document.title; } catch ({ name }) { return name; } })()`, frame), "SecurityError");
        await page.run(`postMessage({ token: "forged", height: 1 }, location.origin)`);
        await page.run(`new Promise((resolve) => setTimeout(resolve, 50))`);
        assert.equal(await page.run(held), token);

        await press("Sign in");
        // Nobody knows its secret: the server asked, and can't go on.
        await says("cannot be looked at right now");
        assert.deepEqual(sent, [null, token]);
        await widget();
        assert.equal(await page.run(held), null);

        assert.deepEqual(page.complaints.filter((text) => !/status of (403|503)/.test(text)), []);
        const hosts = page.requests.filter((url) => url.startsWith("http") && !url.startsWith(server.url)).map((url) => new URL(url).host);
        assert.ok(hosts.length > 0 && hosts.every((host) => /(^|\.)(cloudflare|hcaptcha|google)\.com$/.test(host)), hosts.join());
      } finally {
        await settle({});
      }
    });
  }

  test("a captcha that can't be loaded says so, in a frame as tall as that", async () => {
    await settle({ captcha: { provider: "turnstile", when: "always", site_key: "site-key", secret: "secret" } });
    try {
      await page.open(`${server.url}/sign-up`);
      await at("/sign-up");
      await page.until(`document.querySelector("[role=alert]")?.innerText.includes("could not be loaded")`, { frame: "/captcha" });
      const height = await page.run("document.querySelector('main').offsetHeight", "/captcha");
      await page.until(`document.querySelector("iframe").offsetHeight === ${height}`);
    } finally {
      await settle({});
    }
  });
});
