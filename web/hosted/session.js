// Tells a page of an application whether the sign-in that it knows is still the same (OpenID Connect Session Management 1.0, section
// 3.2). It asks with `client_id session_state` and hears `unchanged`, `changed` or `error`, and nothing that it did not know.
"use strict";

const NAME = document.currentScript.dataset.cookie;

function browserState() {
  const pair = document.cookie.split("; ").find((pair) => pair.startsWith(`${NAME}=`));
  return pair ? pair.slice(NAME.length + 1) : "";
}

async function digest(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function status(message, origin) {
  const [, client, hash, salt] = /^([^ ]+) ([\w-]+)\.([\w-]+)$/.exec(message) ?? [];
  if (!client) return "error";
  return (await digest(`${client} ${origin} ${browserState()} ${salt}`)) === hash ? "unchanged" : "changed";
}

addEventListener("message", async ({ data, origin, source }) => {
  // A document without an origin can't be answered: whoever reads along would be answered too.
  if (!source || origin === "null") return;
  source.postMessage(await status(data, origin).catch(() => "error"), origin);
});
