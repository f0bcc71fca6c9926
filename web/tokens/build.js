// Writes tokens.css from the JSON files beside it (the format of the Design Tokens Community Group, where a value may be a pair
// of `light` and `dark`). The result is committed, so that the server builds without Node; a test keeps it current.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FILES = ["color.json", "shape.json", "type.json"];
const target = new URL("tokens.css", import.meta.url);

/** The style sheet's text. */
export function tokensCss() {
  const tokens = FILES.flatMap((file) => flatten(JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8"))));
  const shadows = tokens.filter(({ type, value }) => type === "shadow" && isPair(value));
  return [
    "/* Made by build.js from the JSON files beside it. */",
    "@layer tokens, base, parts, pages;",
    "@layer tokens {",
    "  :root {",
    "    color-scheme: light dark;",
    ...tokens.map(({ name, type, value }) => `    --${name}: ${css(type, value)};`),
    "  }",
    // light-dark() takes colours alone.
    "  @media (prefers-color-scheme: dark) {",
    "    :root:not([data-theme=\"light\"]) {",
    ...shadows.map(({ name, value }) => `      --${name}: ${value.dark.join(", ")};`),
    "    }",
    "  }",
    "  :root[data-theme=\"light\"] { color-scheme: light; }",
    "  :root[data-theme=\"dark\"] {",
    "    color-scheme: dark;",
    ...shadows.map(({ name, value }) => `    --${name}: ${value.dark.join(", ")};`),
    "  }",
    "}",
    "",
  ].join("\n");
}

function flatten(node, path = []) {
  if (node.$value !== undefined) return [{ name: path.join("-"), type: node.$type, value: node.$value }];
  return Object.entries(node).flatMap(([key, child]) => flatten(child, [...path, key]));
}

function isPair(value) {
  return typeof value === "object" && "light" in value && "dark" in value;
}

function css(type, value) {
  if (type === "color") return isPair(value) ? `light-dark(${value.light}, ${value.dark})` : value;
  if (type === "shadow") return (isPair(value) ? value.light : value).join(", ");
  if (type === "fontFamily") return value.map((name) => (name.includes(" ") ? `"${name}"` : name)).join(", ");
  return value;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, tokensCss());
