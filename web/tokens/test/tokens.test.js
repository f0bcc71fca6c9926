import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { tokensCss } from "../build.js";

const { color } = JSON.parse(readFileSync(new URL("../color.json", import.meta.url), "utf8"));

test("tokens.css is what the JSON files say", () => {
  assert.equal(readFileSync(new URL("../tokens.css", import.meta.url), "utf8"), tokensCss());
});

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(a, b) {
  const luminance = (hex) => {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

for (const theme of ["light", "dark"]) {
  const value = (name) => color[name].$value[theme];
  for (const [text, ground, least] of [
    ["ink", "surface", 12], ["ink-soft", "surface", 7], ["ink-faint", "surface", 4.5], ["ink-faint", "ground", 4.5],
    ["accent-text", "surface", 4.5], ["accent-text", "ground", 4.5], ["on-accent", "accent", 4.5], ["danger", "surface", 4.5],
    ["good", "surface", 4.5], ["warn", "surface", 4.5], ["line-strong", "surface", 3], ["accent", "surface", 3],
  ]) {
    test(`${text} stands out from ${ground}, ${theme}`, () => {
      const ratio = contrast(value(text), value(ground));
      assert.ok(ratio >= least, `${value(text)} on ${value(ground)} is ${ratio.toFixed(2)}:1, needs ${least}:1`);
    });
  }
}
