// Posts the claim token of this page's address with the new account's email and password.
"use strict";

const form = document.getElementById("claim");
const button = document.getElementById("submit");
const message = document.getElementById("message");
const token = new URLSearchParams(location.search).get("token");

const USED = "This link has been used, or is not the one that the server printed. Set-up cannot be opened a second time: " +
  "sign in with the account that was opened, or ask whoever runs this server.";

if (!token) end("The address lacks its token: open the whole link that the server printed at its first start.");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  say("");
  try {
    const response = await fetch("/v1/dashboard/sign-up", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: form.email.value, password: form.password.value, claim_token: token }),
      credentials: "same-origin",
      cache: "no-store",
    });
    const reply = await response.json();
    if (reply.success) {
      // The token is spent: it need not stand in the history.
      history.replaceState(null, "", "/setup");
      end("The account is open: it owns this installation. This link is spent.", true);
      return;
    }
    const { reason, message: text, fields } = reply.error;
    if (/claim/.test(reason)) {
      end(USED);
      return;
    }
    say(fields && fields.length ? fields.map((field) => field.message).join(" ") : text);
  } catch {
    say("The server could not be reached. Try again.");
  }
  button.disabled = false;
});

function say(text, isDone = false) {
  message.textContent = text;
  message.classList.toggle("done", isDone);
}

function end(text, isDone = false) {
  form.hidden = true;
  say(text, isDone);
}
