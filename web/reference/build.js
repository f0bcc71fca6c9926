// Builds dist/: index.html, and under assets/ the files it names, each with its content's hash in its name (so that they
// can be cached for ever), each compressed ahead of time as .gz beside it.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { thirdPartyNotice } from "./notice.js";

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(here, "dist");
/** Where the server serves dist/. */
const MOUNT = "/reference";

/** The package's one-file build lies beside its entry module, and is not among its exports. */
const standalone = new URL("browser/standalone.js", import.meta.resolve("@scalar/api-reference"));

const sources = {
  "scalar.js": readFileSync(standalone),
  "reference.js": readFileSync(path.join(here, "src/reference.js")),
  "credentials.js": readFileSync(path.join(here, "src/credentials.js")),
  "documents.js": readFileSync(path.join(here, "src/documents.js")),
  "reference.css": readFileSync(path.join(here, "src/reference.css")),
  "mark.svg": readFileSync(path.join(here, "src/mark.svg")),
};

rmSync(dist, { recursive: true, force: true });
mkdirSync(path.join(dist, "assets"), { recursive: true });

// Modules first, since reference.js names them and its own hash depends on theirs.
const names = {};
for (const name of ["scalar.js", "credentials.js", "documents.js", "reference.css", "mark.svg", "reference.js"]) {
  const content = name === "reference.js" ? Buffer.from(withHashedImports(sources[name].toString())) : sources[name];
  names[name] = hashedName(name, content);
  write(path.join("assets", names[name]), content);
}
write("index.html", Buffer.from(page(readFileSync(path.join(here, "src/index.html"), "utf8"))));
write("assets/third-party.txt", Buffer.from(thirdPartyNotice(path.join(here, "../package-lock.json"))));

function hashedName(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const { name: stem, ext } = path.parse(name);
  return `${stem}.${hash}${ext}`;
}

function withHashedImports(text) {
  return text.replace(/from "\.\/([\w.]+)"/g, (whole, name) => `from "./${known(name)}"`);
}

function page(text) {
  return text.replace(/\{\{([\w.]+)\}\}/g, (whole, name) => `${MOUNT}/assets/${known(name)}`);
}

function known(name) {
  if (!names[name]) throw new Error(`${name} is named and not built`);
  return names[name];
}

function write(relative, content) {
  const file = path.join(dist, relative);
  writeFileSync(file, content);
  const packed = gzipSync(content, { level: 9 });
  writeFileSync(`${file}.gz`, packed);
  console.log(`  ${relative.padEnd(36)} ${kib(content.length)} KiB, gz ${kib(packed.length)}`);
}

function kib(bytes) {
  return (bytes / 1024).toFixed(1);
}
