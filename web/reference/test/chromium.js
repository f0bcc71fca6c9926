// A headless Chromium over the DevTools protocol on a pipe: no driver to install, no port to guess.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** What the browser says to a question that the page left behind when it went to another one. */
const WENT_ON = /target navigated or closed|context was destroyed|Cannot find context/;

const pathOf = (url) => (URL.canParse(url) ? new URL(url).pathname : "");

/** The first browser on PATH, or null. */
export function findChromium() {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(existsSync) ?? null;
}

/** A page: `open`, `run` (an expression in the page), `until`, `click`, `type`, `screenshot`, and all it asked and said. */
export class Page {
  #process;
  #profile;
  #session;
  #buffer = "";
  #waiting = new Map();
  #last = 0;
  /** Frames in a process of their own, by session: their paths. */
  #frames = new Map();
  /** What answers in place of the network, once it is asked to. */
  #answer;
  /** URL of every request it made. */
  requests = [];
  /** Warnings, errors, uncaught exceptions and refusals of the content security policy. */
  complaints = [];

  static async launch({ width = 1440, height = 900, dark = false } = {}) {
    const page = new Page();
    await page.#start(width, height);
    await page.send("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }],
    });
    return page;
  }

  async #start(width, height) {
    this.#profile = mkdtempSync(path.join(tmpdir(), "reference-page-"));
    // The sandbox needs a user namespace, which a container's root often lacks; the pages opened here are our own.
    const flags = ["--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run",
      "--disable-dev-shm-usage", "--disable-background-networking",
      // Nothing but this machine can be reached.
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1", `--window-size=${width},${height}`,
      `--user-data-dir=${this.#profile}`, "about:blank"];
    this.#process = spawn(findChromium(), flags, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    this.#process.stdio[4].setEncoding("utf8").on("data", (chunk) => this.#read(chunk));

    const { targetInfos } = await this.send("Target.getTargets");
    const { targetId } = targetInfos.find(({ type }) => type === "page");
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    this.#session = sessionId;
    await this.#listen(sessionId);
    await this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
  }

  /** To a page, or a frame of it that has a process of its own; the frame waits for that. */
  async #listen(session) {
    const send = (method, params) => this.send(method, params, session);
    for (const domain of ["Page", "Runtime", "Network", "Log"]) await send(`${domain}.enable`);
    if (this.#answer) await send("Fetch.enable", {});
    await send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: true, flatten: true, filter: [{ type: "iframe" }] });
    await send("Runtime.runIfWaitingForDebugger");
  }

  /** From now on each request is shown to `answer`, which gives `{ type, text }` in its place, or nothing to let it go on. */
  async intercept(answer) {
    this.#answer = answer;
    for (const session of [this.#session, ...this.#frames.keys()]) await this.send("Fetch.enable", {}, session);
  }

  #paused({ requestId, request }, session) {
    const answer = this.#answer(request);
    const reply = answer && {
      responseCode: 200,
      responseHeaders: [{ name: "content-type", value: answer.type }],
      body: Buffer.from(answer.text).toString("base64"),
    };
    // It may be given up meanwhile, with its page.
    this.send(`Fetch.${reply ? "fulfillRequest" : "continueRequest"}`, { requestId, ...reply }, session).catch(() => {});
  }

  #read(chunk) {
    const messages = (this.#buffer + chunk).split("\0");
    this.#buffer = messages.pop();
    for (const message of messages) this.#receive(JSON.parse(message));
  }

  #receive({ id, result, error, method, params, sessionId }) {
    if (id) {
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) reject(new Error(error.message));
      else resolve(result);
    } else if (method === "Target.attachedToTarget") {
      this.#frames.set(params.sessionId, pathOf(params.targetInfo.url));
      this.#listen(params.sessionId).catch(() => {});
    } else if (method === "Target.detachedFromTarget") {
      this.#frames.delete(params.sessionId);
    } else if (method === "Page.frameNavigated" && this.#frames.has(sessionId)) {
      this.#frames.set(sessionId, pathOf(params.frame.url));
    } else if (method === "Fetch.requestPaused") {
      this.#paused(params, sessionId);
    } else if (method === "Network.requestWillBeSent") {
      this.requests.push(params.request.url);
    } else if (method === "Runtime.exceptionThrown") {
      this.complaints.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    } else if (method === "Log.entryAdded" && ["warning", "error"].includes(params.entry.level)) {
      this.complaints.push(`${params.entry.source}: ${params.entry.text}`);
    } else if (method === "Runtime.consoleAPICalled" && ["warning", "error"].includes(params.type)) {
      this.complaints.push(params.args.map(({ value, description }) => value ?? description).join(" "));
    }
  }

  send(method, params = {}, session = this.#session) {
    const id = ++this.#last;
    this.#process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId: method.startsWith("Browser.") ? undefined : session })}\0`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  open(url) {
    return this.send("Page.navigate", { url });
  }

  /** The value of an expression in the page; in the frame with a process of its own that is at `frame`, where one is named. */
  async run(expression, frame) {
    const parameters = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const session = frame && [...this.#frames.keys()].findLast((key) => this.#frames.get(key) === frame);
    if (frame && !session) return undefined;
    const evaluated = this.send("Runtime.evaluate", parameters, session);
    // A frame may go while it is asked, with its page.
    const { result, exceptionDetails } = await (session ? evaluated.catch(() => ({ result: {} })) : evaluated);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** The same, of a page that may go to another one before it has answered; then there is no value. */
  async #glimpse(expression, frame) {
    return this.run(expression, frame).catch((error) => {
      if (!WENT_ON.test(error.message)) throw error;
    });
  }

  /** Clicks what the expression finds, as a person does, whether or not that leads elsewhere. */
  click(expression) {
    return this.#glimpse(`void (${expression}).click()`);
  }

  /** Waits until the expression is true; fails with what it waited for and the page's complaints. */
  async until(expression, { seconds = 20, frame } = {}) {
    const end = Date.now() + seconds * 1000;
    while (Date.now() < end) {
      const value = await this.#glimpse(expression, frame);
      if (value) return value;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`not within ${seconds} s: ${expression}\n${this.complaints.join("\n")}`);
  }

  /** Types into a field as a person does: focus, then text. */
  async type(selector, text) {
    await this.run(`document.querySelector(${JSON.stringify(selector)}).focus()`);
    await this.send("Input.insertText", { text });
  }

  /** A PNG of the window. */
  async screenshot() {
    const { data } = await this.send("Page.captureScreenshot", { format: "png" });
    return Buffer.from(data, "base64");
  }

  async close() {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.send("Browser.close").catch(() => {});
    await ended;
    // Its helper processes may still write for a moment.
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
