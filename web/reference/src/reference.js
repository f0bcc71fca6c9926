// The API reference: Scalar's page over this server's own two documents, with the reader's credentials filled in.
// Everything comes from this origin; what could call another one is switched off.

import { bindCredentials, sender } from "./credentials.js";
import { prefill, readDocuments } from "./documents.js";

const host = document.getElementById("reference");

const { documents, failures } = await readDocuments();
if (documents.length === 0) {
  tell(`The API's description cannot be read: ${failures.join("; ")}.`);
} else {
  show();
}
host.removeAttribute("aria-busy");

function show() {
  host.replaceChildren();
  let page;
  const credentials = bindCredentials(document.getElementById("credentials"), (values) => {
    page.updateConfiguration(configuration(values, send));
  });
  const send = sender(credentials);
  page = window.Scalar.createApiReference(host, configuration(credentials(), send));
  if (failures.length > 0) console.warn(`not shown: ${failures.join("; ")}`);
}

function configuration(values, send) {
  return documents.map(({ title, slug, content }, index) => ({
    title,
    slug,
    content,
    default: index === 0,
    authentication: prefill(content, values),
    servers: [{ url: location.origin, description: "This server" }],
    customFetch: send,

    // Nothing from or to anywhere else.
    proxyUrl: "",
    telemetry: false,
    withDefaultFonts: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    showDeveloperTools: "never",
    hideClientButton: true,
    externalUrls: {
      dashboardUrl: location.origin,
      registryUrl: location.origin,
      proxyUrl: location.origin,
      apiBaseUrl: location.origin,
    },

    // How it looks: colours and sizes stand in reference.css.
    theme: "none",
    layout: "modern",
    documentDownloadType: "direct",
    operationTitleSource: "summary",
    defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
    modelsSectionLabel: "Schemas",
    persistAuth: false,
    setPageTitle: ({ title: section }) => `${section} · Portcullis API reference`,
  }));
}

function tell(text) {
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.textContent = text;
  host.replaceChildren(notice);
}
