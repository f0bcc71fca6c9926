// Every page in a real browser: accessible (WCAG 2.2 AA, by axe), in bounds on a phone, and without a complaint of its policy.

import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";

import { findChromium, Page } from "../../reference/test/chromium.js";
import { startPreview } from "./preview.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** The applications of the samples are nowhere: their logos, frames and answers lead to nothing, and the preview's policy says so. */
const ELSEWHERE = /favicon|(reports|captcha)\.example|ERR_NAME_NOT_RESOLVED/;
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const chromium = findChromium();
const skip = !chromium && !process.env.CI ? "no Chromium on PATH (apt-get install chromium)" : false;

test("the script is small", () => {
  const script = new URL("../pages.js", import.meta.url);
  assert.ok(gzipSync(readFileSync(script)).length < 3 * 1024, `${statSync(script).size} bytes`);
});

describe("the hosted pages", { skip }, () => {
  let preview;
  before(async () => {
    assert.ok(chromium, "no Chromium on PATH (apt-get install chromium)");
    preview = await startPreview();
  });
  after(() => preview?.close());

  // Each size and each scheme of colours: no colour depends on the size.
  for (const { name, width, height, dark } of [
    { name: "a phone, light", width: 390, height: 844, dark: false },
    { name: "a desk, dark", width: 1280, height: 860, dark: true },
    { name: "a small window, as with text at 400 %", width: 320, height: 640, dark: false },
  ]) {
    test(`on ${name}`, async () => {
      const page = await Page.launch({ width, height, dark });
      const found = [];
      try {
        for (const sample of preview.names) {
          await page.open(`${preview.url}/${sample}.en.html`);
          await page.until(`document.readyState === "complete" && location.pathname.startsWith("/${sample}.")`);
          await page.run(`document.documentElement.lang`);
          const broken = await page.run(`(${audit})(${JSON.stringify(RULES)})`).catch(async () => {
            await page.send("Runtime.evaluate", { expression: axe });
            return page.run(`(${audit})(${JSON.stringify(RULES)})`);
          });
          found.push(...broken.map((text) => `${sample}: ${text}`));
          const wide = await page.run(`document.documentElement.scrollWidth - innerWidth`);
          if (wide > 0) found.push(`${sample}: ${wide} px too wide`);
        }
        assert.deepEqual(found, []);
        assert.deepEqual(page.complaints.filter((text) => !ELSEWHERE.test(text)), []);
      } finally {
        await page.close();
      }
    });
  }

  test("a password can be looked at, and is sent as one", async () => {
    const page = await Page.launch();
    try {
      await page.open(`${preview.url}/sign-in.en.html`);
      await page.until(`document.querySelector(".eye")`);
      await page.click(`document.querySelector(".eye")`);
      assert.equal(await page.run(`document.querySelector("#password").type`), "text");
      assert.equal(await page.run(`document.querySelector(".eye").getAttribute("aria-label")`), "Hide the password");
      await page.run(`document.forms[0].addEventListener("submit", (event) => event.preventDefault())`);
      await page.run(`document.querySelector("#identifier").value = "a@b.c"; document.querySelector("#password").value = "x"; document.forms[0].requestSubmit()`);
      assert.equal(await page.run(`document.querySelector("#password").type`), "password");
    } finally {
      await page.close();
    }
  });
});

async function audit(rules) {
  const { violations } = await globalThis.axe.run(document, { runOnly: rules });
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)} (${nodes[0].failureSummary})`);
}
