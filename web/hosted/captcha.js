// Shows the captcha of a provider in a page of its own, and tells the page around it how tall this one is (`height`) and what was
// solved (`token`, while that is fresh). The three providers are rendered alike.
"use strict";

(() => {
  const place = document.getElementById("captcha");
  const main = document.querySelector("main");
  const root = document.documentElement;
  const { api, script, siteKey } = place.dataset;
  const told = { height: 0, token: "" };

  function tell(news) {
    parent.postMessage(Object.assign(told, news), location.origin);
  }

  // Providers open their questions over the page, in frames that they move out of sight when they are done. While one is open, the page
  // only grows: it may fill what there is.
  function fit() {
    const tall = [...document.querySelectorAll("iframe")].map((frame) => {
      const { bottom, height } = frame.getBoundingClientRect();
      const isShown = bottom > 0 && getComputedStyle(frame).visibility === "visible";
      return isShown ? Math.max(bottom + scrollY, height) : 0;
    });
    const question = Math.ceil(Math.max(0, ...tall));
    const height = question > main.offsetHeight ? Math.max(question, root.scrollHeight) : main.offsetHeight;
    if (height !== told.height) tell({ height });
  }

  globalThis.captchaReady = () => {
    const gone = () => tell({ token: "" });
    const isDark = (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
    globalThis[api].render(place, {
      sitekey: siteKey,
      theme: isDark ? "dark" : "light",
      // The usual ones are up to 304 pixels wide.
      size: root.clientWidth < 304 ? "compact" : "normal",
      language: root.lang,
      callback: (token) => tell({ token }),
      "expired-callback": gone,
      "error-callback": gone,
    });
  };

  new ResizeObserver(fit).observe(main);
  new MutationObserver(fit).observe(document.body, { subtree: true, childList: true, attributeFilter: ["style", "class", "hidden"] });
  addEventListener("transitionend", fit);
  addEventListener("resize", fit);

  const loader = Object.assign(document.createElement("script"), { src: script, async: true });
  loader.addEventListener("error", () => { document.querySelector("[role=alert]").hidden = false; });
  document.head.append(loader);
})();
