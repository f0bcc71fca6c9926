// The reader's own application id, API key and access token. The application id is public and is remembered; the two
// secrets live as long as the tab and are sent to this origin only.

const FIELDS = {
  "application-id": { key: "applicationId", storage: () => localStorage },
  "api-key": { key: "apiKey", storage: () => sessionStorage },
  "access-token": { key: "accessToken", storage: () => sessionStorage },
};
const PREFIX = "portcullis.reference.";
/** Milliseconds after the last keystroke before a change is told. */
const SETTLE = 400;

/** Binds the form and calls `onChange` with the values at each settled change; returns a reader of the values. */
export function bindCredentials(form, onChange) {
  const values = {};
  for (const [id, { key, storage }] of Object.entries(FIELDS)) {
    const stored = quietly(() => storage().getItem(PREFIX + id)) ?? "";
    values[key] = stored;
    form.elements[id].value = stored;
  }

  let timer;
  const changed = () => {
    for (const [id, { key, storage }] of Object.entries(FIELDS)) {
      values[key] = form.elements[id].value.trim();
      quietly(() => (values[key] ? storage().setItem(PREFIX + id, values[key]) : storage().removeItem(PREFIX + id)));
    }
    onChange({ ...values });
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(changed, SETTLE);
  });
  // The fields are emptied after this event.
  form.addEventListener("reset", () => {
    clearTimeout(timer);
    timer = setTimeout(changed, 0);
  });
  return () => ({ ...values });
}

/** Storage throws where the browser forbids it; the page works without, it only forgets. */
function quietly(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

/**
 * `fetch` for live requests: adds the application id where the request has none, drops an empty bearer, and refuses any
 * other origin, so that a key can't leave for a host that a document names.
 */
export function sender(read) {
  return async (input, init) => {
    const request = new Request(input, init);
    if (new URL(request.url).origin !== location.origin) {
      throw new TypeError(`This page sends requests to ${location.origin} only`);
    }
    const headers = new Headers(request.headers);
    const { applicationId } = read();
    if (applicationId && !headers.get("x-application-id")) headers.set("x-application-id", applicationId);
    if (!headers.get("x-application-id")) headers.delete("x-application-id");
    if (/^bearer\s*$/i.test(headers.get("authorization") ?? "")) headers.delete("authorization");
    return fetch(new Request(request, { headers }));
  };
}
