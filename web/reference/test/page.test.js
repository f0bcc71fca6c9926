// The page in a real browser, under the strict policy of test/server.js.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";

import { findChromium, Page } from "./chromium.js";
import { startServer } from "./server.js";

const chromium = findChromium();
// In CI a missing browser is a failure: `describe` then runs, and says what it lacks.
const skip = !chromium && !process.env.CI ? "no Chromium on PATH (apt-get install chromium)" : false;

const APPLICATION = "018f3c4a-7b2e-7c1d-9000-000000000001";
const buttons = (label) => `[...document.querySelectorAll("button")].filter((b) => b.innerText.trim().startsWith(${JSON.stringify(label)}))`;

describe("the reference page", { skip }, () => {
  let server;
  let page;

  before(async () => {
    assert.ok(chromium, "no Chromium on PATH (apt-get install chromium)");
    server = await startServer();
  });
  after(() => server?.close());

  beforeEach(async () => {
    server.calls.length = 0;
    page = await Page.launch();
    await page.open(`${server.url}/reference`);
    await page.until(`document.body?.innerText.includes("List users")`);
  });
  afterEach(() => page.close());

  /** Opens the request window of an operation, sends it, and returns what the server received. */
  async function sendLive(summary) {
    await page.click(`${buttons("Test Request")}.find((b) => b.innerText.includes(${JSON.stringify(summary)}))`);
    await page.until(`${buttons("Send")}.length > 0`);
    await page.click(`${buttons("Send")}[0]`);
    await page.until(`document.body.innerText.includes("200 OK")`);
    assert.equal(server.calls.length, 1);
    return server.calls[0];
  }

  test("it shows both surfaces' operations and asks no other host", async () => {
    await page.click(`${buttons("Platform API")}[0]`);
    await page.until(`[...document.querySelectorAll("[role=option], li, button")].some((e) => e.innerText.trim() === "Data plane")`);
    await page.click(`[...document.querySelectorAll("[role=option], li, button")].find((e) => e.innerText.trim() === "Data plane")`);
    await page.until(`document.body.innerText.includes("My profile")`);
    const elsewhere = page.requests.filter((url) => !url.startsWith(`${server.url}/`) && !/^(data|blob):/.test(url));
    assert.deepEqual(elsewhere, []);
  });

  test("it breaks no rule of the content security policy and throws nothing", () => {
    assert.deepEqual(page.complaints, []);
  });

  test("a live request carries the reader's application id and API key", async () => {
    await page.type("#application-id", APPLICATION);
    await page.type("#api-key", "pc_sk_reader");
    await page.until(`sessionStorage.getItem("portcullis.reference.api-key") === "pc_sk_reader"`);
    await page.run(`location.hash = "#platform/tag/users/GET/v1/users"`);
    const call = await sendLive("/v1/users");
    assert.equal(call.method, "GET");
    assert.equal(call.headers["x-application-id"], APPLICATION);
    assert.equal(call.headers.authorization, "Bearer pc_sk_reader");
  });

  test("an operation of the signed-in user carries the access token, not the key", async () => {
    await page.type("#api-key", "pc_sk_reader");
    await page.type("#access-token", "header.claims.signature");
    await page.until(`sessionStorage.getItem("portcullis.reference.access-token") !== null`);
    await page.run(`location.hash = "#platform/tag/auth/GET/v1/auth/me"`);
    await page.until(`${buttons("Test Request")}.some((b) => b.innerText.includes("/v1/auth/me"))`);
    const call = await sendLive("/v1/auth/me");
    assert.equal(call.headers.authorization, "Bearer header.claims.signature");
    assert.equal(call.headers["x-application-id"], undefined);
  });

  test("the secrets are gone with the tab, the application id is remembered", async () => {
    await page.type("#application-id", APPLICATION);
    await page.type("#api-key", "pc_sk_reader");
    await page.until(`sessionStorage.getItem("portcullis.reference.api-key") === "pc_sk_reader"`);
    assert.equal(await page.run(`JSON.stringify({ ...localStorage }).includes("pc_sk_reader")`), false);
    assert.equal(await page.run(`localStorage.getItem("portcullis.reference.application-id")`), APPLICATION);
    await page.click(`document.querySelector("#credentials button")`);
    await page.until(`sessionStorage.getItem("portcullis.reference.api-key") === null`);
    assert.equal(await page.run(`document.querySelector("#application-id").value`), "");
  });
});
