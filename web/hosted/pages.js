// Makes pages nicer, and passkeys possible. Everything else works without it. No HTML is ever made from text (Trusted Types).

const words = document.querySelector("meta[name=words]").dataset;
const SVG = "http://www.w3.org/2000/svg";
const EYES = {
  shown: "M3 3l18 18M10.600 6.100c.460-.070.930-.100 1.400-.100 5 0 8.500 4 9.500 6-.400.800-1.200 2-2.400 3.100M6.600 7.300C4.500 8.700 3.100 10.700 2.500 12c1 2 4.500 6 9.500 6 1.700 0 3.200-.460 4.500-1.100M9.900 10a3 3 0 0 0 4.200 4.200",
  hidden: "M2.500 12c1-2 4.500-6 9.500-6s8.500 4 9.500 6c-1 2-4.500 6-9.500 6s-8.500-4-9.500-6zM9 12a3 3 0 1 0 6 0 3 3 0 1 0-6 0",
};

// --- an eye over each password

for (const field of document.querySelectorAll(".field.secret")) {
  const input = field.querySelector("input");
  const eye = Object.assign(document.createElement("button"), { type: "button", className: "eye" });
  const svg = document.createElementNS(SVG, "svg");
  const path = svg.appendChild(document.createElementNS(SVG, "path"));
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", class: "icon", fill: "none", stroke: "currentColor", "stroke-width": "1.75", "stroke-linecap": "round", "aria-hidden": "true" })) svg.setAttribute(name, value);
  eye.append(svg);
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    path.setAttribute("d", shown ? EYES.shown : EYES.hidden);
    eye.setAttribute("aria-label", shown ? words.hide : words.show);
  };
  eye.addEventListener("click", () => { show(input.type === "password"); input.focus(); });
  field.append(eye);
  field.style.setProperty("--eye-top", `${input.offsetTop}px`);
  show(false);
  // A password that is sent is a password, for whoever remembers it.
  input.form.addEventListener("submit", () => show(false));
}

// --- a form is sent once

for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    queueMicrotask(() => {
      if (event.defaultPrevented) return;
      form.dataset.sent = "yes";
      event.submitter?.setAttribute("aria-disabled", "true");
    });
  });
}
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  for (const form of document.forms) {
    delete form.dataset.sent;
    form.elements.captcha?.remove();
  }
  for (const button of document.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
});
document.getElementById("notice")?.focus();

// --- the way to a provider was chosen one page before

document.querySelector("a[data-go]")?.click();

// --- the built-in captcha: a sum that takes a moment

for (const form of document.querySelectorAll("form[data-captcha]")) {
  form.addEventListener("submit", async (event) => {
    if (form.elements.captcha) return;
    event.preventDefault();
    const { submitter } = event;
    submitter?.setAttribute("aria-disabled", "true");
    // What fails here is told by the page that follows.
    const solved = await solve().catch(() => "none");
    form.append(hidden("captcha", solved));
    delete form.dataset.sent;
    form.requestSubmit(submitter);
  });
}

async function solve() {
  const reply = await fetch("/v1/auth/captcha", { method: "POST", credentials: "omit" });
  const { challenge, difficulty_bits: bits } = (await reply.json()).data;
  return `${challenge}:${await sum(challenge, bits)}`;
}

function hidden(name, value) {
  return Object.assign(document.createElement("input"), { type: "hidden", name, value });
}

async function sum(challenge, bits) {
  const text = new TextEncoder();
  for (let from = 0; ; from += 1024) {
    const digests = await Promise.all(Array.from({ length: 1024 }, (_, i) => crypto.subtle.digest("SHA-256", text.encode(`${challenge}:${from + i}`))));
    const found = digests.findIndex((digest) => new DataView(digest).getUint32(0) >>> (32 - bits) === 0);
    if (found >= 0) return from + found;
  }
}

// --- somebody else's captcha, in a frame of its own: it tells how tall it is, and what was solved

for (const frame of document.querySelectorAll("iframe[data-captcha]")) {
  const form = frame.closest("form");
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== location.origin) return;
    frame.style.height = `${data.height}px`;
    form.elements.captcha?.remove();
    if (data.token) form.append(hidden("captcha", data.token));
    // A question that opens may reach below the window.
    if (document.activeElement === frame) frame.scrollIntoView({ block: "nearest" });
  });
  // Not before somebody listens; and anew in a page that comes back, since each is good for one request.
  const load = () => { frame.src = frame.dataset.captcha; };
  addEventListener("pageshow", ({ persisted }) => persisted && load());
  frame.hidden = false;
  load();
}

// --- what is worth copying

for (const source of document.querySelectorAll("[data-copy]")) {
  const row = Object.assign(document.createElement("p"), { className: "copy-row" });
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button plain small", textContent: words.copyText });
  button.addEventListener("click", async () => {
    const lines = source.tagName === "OL" ? [...source.children].map((line) => line.textContent) : [source.textContent];
    await navigator.clipboard.writeText(lines.map((line) => line.trim()).join("\n"));
    button.textContent = words.copied;
  });
  row.append(button);
  source.after(row);
}

// --- passkeys (Web Authentication, level 3)

/** Options that are the same for everybody, from the product's own interface. */
async function requestOptions() {
  const reply = await fetch("/v1/auth/passkeys/authentication", { method: "POST" });
  if (!reply.ok) throw new Error(String(reply.status));
  return (await reply.json()).data.options;
}

function send(form, credential) {
  form.elements.credential.value = JSON.stringify(credential);
  HTMLFormElement.prototype.submit.call(form);
}

/** Which passkeys the person has, to the keychains that may hold more. */
async function signalAccepted() {
  if (!PublicKeyCredential.signalAllAcceptedCredentials) return;
  const reply = await fetch("/v1/auth/passkeys");
  if (reply.ok) await PublicKeyCredential.signalAllAcceptedCredentials((await reply.json()).data.signal);
}

let conditional;

if (globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  for (const form of document.querySelectorAll("form[data-passkey=get], form[data-passkey=create]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      conditional?.abort();
      const wrong = form.querySelector("[data-passkey-error]");
      if (wrong) wrong.hidden = true;
      try {
        const options = form.dataset.options ? JSON.parse(form.dataset.options) : await requestOptions();
        if (form.dataset.passkey === "create") {
          const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
          send(form, await navigator.credentials.create({ publicKey }));
        } else {
          const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
          send(form, await navigator.credentials.get({ publicKey }));
        }
      } catch {
        delete form.dataset.sent;
        event.submitter?.removeAttribute("aria-disabled");
        if (wrong) wrong.hidden = false;
      }
    });
  }
  // Keychains forget what was removed here (section 5.1.10), before they offer it again.
  const unknown = document.querySelector("meta[name=unknown-passkey]");
  if (unknown) await PublicKeyCredential.signalUnknownCredential?.({ ...unknown.dataset }).catch(() => {});
  if (document.querySelector("form[action='/account/passkeys']")) signalAccepted().catch(() => {});

  const page = document.querySelector("form[data-passkey=conditional]");
  const target = document.querySelector("form[data-passkey=get]");
  if (page && target && (await PublicKeyCredential.isConditionalMediationAvailable?.())) {
    conditional = new AbortController();
    requestOptions()
      .then(async (options) => {
        const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
        send(target, await navigator.credentials.get({ publicKey, mediation: "conditional", signal: conditional.signal }));
      })
      .catch(() => {});
  }
}
