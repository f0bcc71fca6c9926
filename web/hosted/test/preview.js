// Every page with its sample, as `cargo run --example preview` writes them, served under the policy of the real ones.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const TYPES = { html: "text/html; charset=utf-8", css: "text/css", js: "text/javascript", svg: "image/svg+xml" };
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; connect-src 'self'; "
  + "frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'; form-action 'self'";

/** The same for a page with somebody else's captcha, and the captcha's own. */
const FRAMING = `${POLICY}; frame-src 'self'`;
const FRAMED = "default-src 'none'; script-src 'self' https://captcha.example; style-src 'self' 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

/** Writes and serves the pages: `url`, `names` (of the pages in English), `close`. */
export async function startPreview() {
  const folder = mkdtempSync(path.join(tmpdir(), "hosted-pages-"));
  execFileSync("cargo", ["run", "--quiet", "--example", "preview", "--", folder], { cwd: root, stdio: "inherit" });
  const server = http.createServer((request, response) => {
    // What the API says of passkeys, which only the product has.
    if (request.method === "POST" || request.url.startsWith("/v1/")) return void response.writeHead(204).end();
    const { pathname } = new URL(request.url, "http://localhost");
    const file = path.join(folder, pathname === "/captcha" ? "widget.en.html" : pathname);
    try {
      const content = readFileSync(file);
      const policy = file.includes("/widget.") ? FRAMED : content.includes("<iframe class=\"captcha\"") ? FRAMING : POLICY;
      response.writeHead(200, { "content-type": TYPES[path.extname(file).slice(1)] ?? "text/plain", "content-security-policy": policy });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  return {
    url: `http://localhost:${server.address().port}`,
    names: readdirSync(folder).filter((name) => name.endsWith(".en.html")).map((name) => name.slice(0, -".en.html".length)),
    close() {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
