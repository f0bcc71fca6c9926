// The two descriptions this server gives of itself, and what they say about credentials.

/** In the order of the menu; the first is shown first. */
const SURFACES = [
  { title: "Platform API", slug: "platform", url: "/v1/openapi.json" },
  { title: "Data plane", slug: "data-plane", url: "/api/v1/openapi.json" },
];

/** Every document that can be read, each with its surface; the failures of the others. */
export async function readDocuments() {
  const settled = await Promise.allSettled(SURFACES.map(read));
  return {
    documents: settled.filter(({ status }) => status === "fulfilled").map(({ value }) => value),
    failures: settled.filter(({ status }) => status === "rejected").map(({ reason }) => reason.message),
  };
}

async function read(surface) {
  const response = await fetch(surface.url, { headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`${surface.url} answered ${response.status}`);
  return { ...surface, content: await response.json() };
}

/**
 * Scalar's prefill for one document: `{ securitySchemes: { name: { value | token } } }`.
 *
 * The schemes are found by what they are, not by what they are called: the header for the application id, and bearer
 * schemes, of which those that speak of a key get the API key and the others the access token. No scheme is preferred:
 * Scalar would then send it where an operation asks for another.
 */
export function prefill(document, { applicationId, apiKey, accessToken }) {
  const securitySchemes = {};
  for (const [name, scheme] of Object.entries(document.components?.securitySchemes ?? {})) {
    if (scheme.type === "apiKey" && scheme.in === "header" && scheme.name.toLowerCase() === "x-application-id") {
      securitySchemes[name] = { value: applicationId };
    } else if (scheme.type === "http" && scheme.scheme.toLowerCase() === "bearer") {
      const isKey = /key/i.test(`${name} ${scheme.bearerFormat ?? ""}`);
      securitySchemes[name] = { token: isKey ? apiKey : accessToken };
    }
  }
  return { securitySchemes };
}
