// Takes the pictures of the guides: `npm run pictures -w hosted` writes docs/pictures. Look at each, and reduce it to a palette of
// 256 colours, before it is committed.

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { Page } from "../reference/test/chromium.js";
import { startPreview } from "./test/preview.js";

const PAGES = { "sign-in": "sign-in.social", "second-factor": "factor", code: "sent.code", recovery: "recover", security: "security", passkey: "add-passkey",
  "sign-up": "sign-up", invited: "invited", captcha: "captcha", consent: "consent", activate: "activate", device: "device", logout: "sign-out" };
const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 860 } };

const folder = process.argv[2] ?? fileURLToPath(new URL("../../docs/pictures/", import.meta.url));
mkdirSync(folder, { recursive: true });
const preview = await startPreview();
try {
  for (const [size, { width, height }] of Object.entries(SIZES)) {
    for (const dark of [false, true]) {
      const page = await Page.launch({ width, height, dark });
      await page.send("Emulation.setScrollbarsHidden", { hidden: true });
      for (const [name, sample] of Object.entries(PAGES)) {
        if (name === "passkey" && size === "desk") continue;
        await page.open(`${preview.url}/${sample}.en.html`);
        await page.until(`document.readyState === "complete" && location.pathname.startsWith("/${sample}.")`);
        // A form that is longer than the window is shown to its last button.
        const whole = name === "sign-up" ? await page.run(`document.documentElement.scrollHeight`) : height;
        await page.send("Emulation.setDeviceMetricsOverride", { width, height: whole, deviceScaleFactor: 1, mobile: false });
        // A caret blinks: no two pictures would be the same.
        await page.run(`document.activeElement.blur(), document.fonts.ready.then(() => true)`);
        writeFileSync(path.join(folder, `${name}-${size}-${dark ? "dark" : "light"}.png`), await page.screenshot());
      }
      await page.close();
    }
  }
} finally {
  preview.close();
}
