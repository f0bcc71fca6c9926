// The built server on a folder of its own, as a person would start it.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const built = fileURLToPath(new URL("../../target/debug/portcullis", import.meta.url));

/** `PORTCULLIS_BIN`, or the debug build; null where there is none. */
export function findServer() {
  return [process.env.PORTCULLIS_BIN, built].find((file) => file && existsSync(file)) ?? null;
}

/** Starts it; resolves once it serves. `url` is its origin, `apiKey` may do everything. */
export async function startServer() {
  const folder = mkdtempSync(path.join(tmpdir(), "portcullis-browser-"));
  const url = `http://localhost:${await freePort()}`;
  const { port } = new URL(url);
  const flags = ["serve", "--dev", "--listen", `127.0.0.1:${port}`, "--public-url", url,
    "--data", path.join(folder, "data"), "--bootstrap-file", path.join(folder, "bootstrap.json")];
  const child = spawn(findServer(), flags, { cwd: folder, env: { PORTCULLIS_HASH_NICE: "10" }, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  await new Promise((resolve, reject) => {
    child.stderr.setEncoding("utf8").on("data", (text) => {
      said += text;
      if (said.includes("serving")) resolve();
    });
    child.once("exit", () => reject(new Error(`the server ended:\n${said}`)));
  });
  const bootstrap = JSON.parse(readFileSync(path.join(folder, "bootstrap.json"), "utf8"));
  const close = async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, apiKey: bootstrap.api_key, close };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
