// A person at the hosted pages, without a browser: cookies, forms and redirects by plain fetch.

import assert from "node:assert/strict";

import { apiKey, baseUrl } from "./api.js";

const PASSWORD = "correct horse battery staple";
const MOST_STEPS = 12;

/** Somebody who has an account: `id`, `email`, `name`. */
export async function person(name = "Ada Lovelace") {
  const email = `ada-${crypto.randomUUID()}@example.com`;
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  const body = JSON.stringify({ primary_email: email, email_verified: true, name, password: PASSWORD });
  const reply = await fetch(`${baseUrl}/v1/users`, { method: "POST", headers, body });
  assert.equal(reply.status, 201);
  const { data } = await reply.json();
  return { id: data.id, email, name };
}

export class Browser {
  #cookies = new Map();
  /** The page that is shown: `url`, `status`, `text`. */
  page;
  /** Every page that was shown, by path. */
  seen = [];

  /** Opens an address. Where a redirect leads away from the server, `page.url` is that address and nothing was asked of it. */
  open(url, init = {}) {
    return this.#go(new URL(url, baseUrl), init);
  }

  async #go(url, init) {
    for (let step = 0; step < MOST_STEPS; step += 1) {
      if (url.origin !== baseUrl) return (this.page = { url, status: null, text: "" });
      const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const response = await fetch(url, { ...init, redirect: "manual", headers: { cookie, accept: "text/html", ...init.headers } });
      this.#keep(response.headers.getSetCookie());
      const text = await response.text();
      const onward = response.headers.get("location") ?? response.headers.get("refresh")?.replace(/^\d+; *url=/, "");
      if (!onward) {
        this.seen.push(url.pathname);
        return (this.page = { url, status: response.status, text });
      }
      url = new URL(onward, url);
      init = {};
    }
    throw new Error(`more than ${MOST_STEPS} redirects, the last to ${url}`);
  }

  #keep(lines) {
    for (const line of lines) {
      const [pair, ...attributes] = line.split(";");
      const [name, ...value] = pair.split("=");
      const isOver = attributes.some((attribute) => /^\s*max-age=0$/i.test(attribute));
      if (isOver) this.#cookies.delete(name.trim());
      else this.#cookies.set(name.trim(), value.join("="));
    }
  }

  /** Does the page hold a form that goes there? */
  has(action) {
    return this.page.text.includes(`action="${action}"`);
  }

  /** The hidden fields of the form that goes there. */
  hidden(action) {
    const form = this.page.text.split("<form").find((part) => part.includes(`action="${action}"`));
    assert.ok(form, `no form for ${action} on ${this.page.url.pathname}:\n${this.page.text}`);
    const inputs = form.split("</form>")[0].match(/<input[^>]*type="hidden"[^>]*>/g) ?? [];
    return Object.fromEntries(inputs.map((input) => [attribute(input, "name"), attribute(input, "value") ?? ""]));
  }

  /** Fills in the form and sends it. */
  submit(action, fields) {
    const body = new URLSearchParams({ ...this.hidden(action), ...fields });
    return this.#go(new URL(action, baseUrl), { method: "POST", body, headers: { origin: baseUrl } });
  }

  /**
   * Goes where an application sends people, signs in where that is asked, and answers what is asked about consent. Resolves to the
   * address at which the application is answered.
   */
  async authorize(url, who, decision = "allow") {
    await this.open(url);
    for (let step = 0; step < MOST_STEPS && this.page.url.origin === baseUrl; step += 1) {
      if (this.has("/sign-in")) await this.submit("/sign-in", { identifier: who.email, password: PASSWORD, how: "password" });
      else if (this.has("/oauth2/consent")) await this.submit("/oauth2/consent", { decision });
      else throw new Error(`stuck at ${this.page.url} (${this.page.status}):\n${this.page.text}`);
    }
    return this.page.url;
  }
}

function attribute(tag, name) {
  const found = tag.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1];
  return found?.replaceAll("&quot;", '"').replaceAll("&#x2f;", "/").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
