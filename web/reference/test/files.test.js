// What the build leaves in dist/, without a browser.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

import { prefill } from "../src/documents.js";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const page = readFileSync(path.join(dist, "index.html"), "utf8");

test("the page names only files that were built, at this origin", () => {
  const named = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url);
  const assets = named.filter((url) => url.startsWith("/reference/assets/"));
  assert.ok(assets.length >= 4, named.join(" "));
  for (const url of assets) assert.ok(existsSync(path.join(dist, url.slice("/reference/".length))), url);
  for (const url of named) assert.match(url, /^\/(?!\/)/);
});

test("no script and no style stands in the page itself", () => {
  assert.doesNotMatch(page, /<script(?![^>]*\ssrc=)/);
  assert.doesNotMatch(page, /<style|\son\w+=|\sstyle=/);
});

test("the modules name each other by their hashed names", () => {
  const scripts = readdirSync(path.join(dist, "assets")).filter((name) => /^reference\.\w+\.js$/.test(name));
  const text = readFileSync(path.join(dist, "assets", scripts[0]), "utf8");
  const imports = [...text.matchAll(/from "\.\/([^"]+)"/g)].map(([, name]) => name);
  assert.equal(imports.length, 2);
  for (const name of imports) assert.ok(existsSync(path.join(dist, "assets", name)), name);
});

test("a compressed copy holds the same bytes", () => {
  const names = readdirSync(path.join(dist, "assets"));
  const scalar = names.find((name) => /^scalar\.\w+\.js$/.test(name));
  const plain = readFileSync(path.join(dist, "assets", scalar));
  assert.ok(plain.equals(gunzipSync(readFileSync(path.join(dist, "assets", `${scalar}.gz`)))));
});

test("credentials go to the schemes that mean them, whatever they are called", () => {
  const document = { components: { securitySchemes: {
    tenant: { type: "apiKey", in: "header", name: "X-Application-Id" },
    secret: { type: "http", scheme: "bearer", bearerFormat: "API key" },
    user: { type: "http", scheme: "Bearer", bearerFormat: "JWT" },
    cookie: { type: "apiKey", in: "cookie", name: "session" },
  } } };
  const values = { applicationId: "app", apiKey: "key", accessToken: "token" };
  assert.deepEqual(prefill(document, values), {
    securitySchemes: { tenant: { value: "app" }, secret: { token: "key" }, user: { token: "token" } },
  });
  assert.deepEqual(prefill({}, values), { securitySchemes: {} });
});
