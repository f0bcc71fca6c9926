// What the built page contains of others' work: name, version and licence of every package in the lock file.

import { readFileSync } from "node:fs";

/** Other packages' tests use it; no page contains it. */
const isTestTool = (place) => place === "node_modules/axe-core";

/** The text of third-party.txt, from an npm lock file. */
export function thirdPartyNotice(lockFile) {
  const { packages } = JSON.parse(readFileSync(lockFile, "utf8"));
  const lines = Object.entries(packages)
    .filter(([place, entry]) => place.startsWith("node_modules/") && !entry.link && !isTestTool(place))
    .map(([place, entry]) => `${place.replace(/^.*node_modules\//, "")} ${entry.version} (${entry.license ?? "see the package"})`);
  return `The API reference page is built with these packages, each under its own licence:\n\n${lines.sort().join("\n")}\n`;
}
