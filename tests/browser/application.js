// An application of somebody else, on an origin of its own: where browsers come back to with an answer.

import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";

/** Starts it. `url` is its origin, `answers` all that browsers brought: `method` and `parameters`. */
export async function startApplication() {
  const answers = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://localhost");
    let body = "";
    for await (const chunk of request) body += chunk;
    if (url.pathname === "/callback") {
      const parameters = Object.fromEntries(request.method === "POST" ? new URLSearchParams(body) : url.searchParams);
      answers.push({ method: request.method, parameters });
    }
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(`<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,"><h1>Shop ${url.pathname}</h1></html>`);
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://localhost:${server.address().port}`, answers, close };
}

/** What a client asks for: the address to go to, and what it keeps to itself. */
export function codeRequest(issuer, clientId, redirectUri, more = {}) {
  const [verifier, state] = [randomBytes(32).toString("base64url"), randomBytes(8).toString("hex")];
  const parameters = {
    client_id: clientId, redirect_uri: redirectUri, response_type: "code", scope: "openid email offline_access", state,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"), code_challenge_method: "S256", ...more,
  };
  return { url: `${issuer}/oauth2/authorize?${new URLSearchParams(parameters)}`, verifier, state };
}
