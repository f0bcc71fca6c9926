// A server that stands where Portcullis stands: the built page under /reference with the strictest policy it works
// under, two small documents, and an API that says back what it was sent.

import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(here, "../dist");

/** What the page needs and nothing else. Scalar's components set styles at run time. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};

const documents = {
  "/v1/openapi.json": readFileSync(path.join(here, "platform.json")),
  "/api/v1/openapi.json": readFileSync(path.join(here, "data-plane.json")),
};

/** Starts it on a free port; `calls` collects each API request's method, path and headers. */
export function startServer() {
  const calls = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (documents[pathname]) return reply(response, 200, "application/json", documents[pathname]);
    if (pathname === "/reference" || pathname.startsWith("/reference/")) return asset(response, pathname);
    calls.push({ method: request.method, path: request.url, headers: request.headers });
    return reply(response, 200, "application/json", JSON.stringify({ success: true, data: { answered: "live" } }));
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const url = `http://localhost:${server.address().port}`;
      resolve({ url, calls, close: () => new Promise((done) => { server.close(done); server.closeAllConnections(); }) });
    });
  });
}

function asset(response, pathname) {
  const file = path.join(dist, pathname === "/reference" ? "index.html" : pathname.slice("/reference".length));
  if (!file.startsWith(dist) || !existsSync(file)) return reply(response, 404, "text/plain", "not found");
  const isPacked = existsSync(`${file}.gz`);
  return reply(response, 200, TYPES[path.extname(file)], readFileSync(isPacked ? `${file}.gz` : file), {
    "content-security-policy": POLICY,
    ...(isPacked ? { "content-encoding": "gzip" } : {}),
  });
}

function reply(response, status, type, body, headers = {}) {
  response.writeHead(status, { "content-type": type, "x-content-type-options": "nosniff", ...headers });
  response.end(body);
}
