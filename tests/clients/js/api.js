// The few calls these tests make, by plain fetch: the library under test is the one that verifies the token.

export const baseUrl = required("BASE_URL");
export const applicationId = required("APPLICATION_ID");
export const apiKey = required("API_KEY");

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start these tests with tests/clients/run`);
  return value;
}

/** The reply's `data`, or an error that holds the whole reply. */
export async function call(method, path, { body, headers = {} } = {}) {
  const response = await fetch(baseUrl + path, {
    method,
    headers: {
      "x-application-id": applicationId,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text).data;
}

/** A person nobody has seen before, signed up and signed in. */
export async function signedIn() {
  const email = `ada-${crypto.randomUUID()}@example.com`;
  const password = "correct horse battery staple";
  await call("POST", "/v1/auth/sign-up", { body: { email, password } });
  const signIn = await call("POST", "/v1/auth/sign-in", { body: { email, password } });
  return { email, ...signIn };
}
