// npm `oidc-provider`, set up as the product is in the same run: the same clients, paths, signatures and lifetimes.
//
//     node server.js PORT SECRET [FILE]
//
// It tells its address on the first line. With FILE it keeps its rows in SQLite, without in memory.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

import { memory } from './memory.js';
import { sqlite } from './sqlite.js';

process.env.NODE_ENV = 'production';
// What it has to say about plain http is for the log; the first line of the output is the address.
console.info = console.error;

const [port, secret, file] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const HOUR = 3600;
const REDIRECT = 'https://app.bench.example/cb';
const SCOPE = 'openid profile email';

const pair = async (algorithm, alg) => {
  const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  return { ...(await crypto.subtle.exportKey('jwk', privateKey)), alg, use: 'sig', kid: alg, key_ops: undefined };
};

const machine = (id) => ({
  client_id: id, client_secret: secret, grant_types: ['client_credentials'], response_types: [], redirect_uris: [],
});

/** The resources whose tokens are JWTs, by how they are signed; without one, tokens are handles. */
const RESOURCES = { 'https://eddsa.bench.example': 'EdDSA', 'https://es256.bench.example': 'ES256' };
const DEFAULT_RESOURCES = { eddsa: 'https://eddsa.bench.example', es256: 'https://es256.bench.example' };

const Adapter = file === undefined ? memory() : sqlite(file);

// Rows, as the product's are, so that they could be changed while the server runs.
const clients = [
  machine('eddsa'),
  machine('es256'),
  machine('opaque'),
  {
    client_id: 'web', client_secret: secret, redirect_uris: [REDIRECT], response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token'],
  },
];
const rows = new Adapter('Client');
await Promise.all(clients.map((client) => rows.upsert(client.client_id, client)));

const provider = new Provider(issuer, {
  adapter: Adapter,
  jwks: { keys: [await pair('Ed25519', 'EdDSA'), await pair({ name: 'ECDSA', namedCurve: 'P-256' }, 'ES256')] },
  clientDefaults: { id_token_signed_response_alg: 'EdDSA' },
  enabledJWA: { idTokenSigningAlgValues: ['EdDSA', 'ES256'], userinfoSigningAlgValues: ['EdDSA', 'ES256'] },
  cookies: { keys: [secret] },
  scopes: ['openid', 'offline_access'],
  claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: 'Ada Lovelace', email: 'ada@bench.example', email_verified: true }),
  }),
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (_, client) => DEFAULT_RESOURCES[client.clientId],
      useGrantedResource: () => true,
      getResourceServerInfo: (_, resource) => ({
        scope: '', accessTokenTTL: HOUR, accessTokenFormat: 'jwt', jwt: { sign: { alg: RESOURCES[resource] } },
      }),
    },
  },
  routes: {
    authorization: '/oauth2/authorize', token: '/oauth2/token', introspection: '/oauth2/introspect', userinfo: '/oauth2/userinfo',
  },
  ttl: {
    AccessToken: HOUR, ClientCredentials: HOUR, IdToken: HOUR, AuthorizationCode: 60, RefreshToken: 720 * HOUR,
    Session: 720 * HOUR, Grant: 720 * HOUR, Interaction: HOUR,
  },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: () => true,
  // Nobody is asked: the application is the provider's own.
  async loadExistingGrant({ oidc }) {
    const { session, client } = oidc;
    const known = session.grantIdFor(client.clientId);
    if (known) {
      return oidc.provider.Grant.find(known);
    }
    const grant = new oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope(SCOPE);
    await grant.save();
    return grant;
  },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
});
provider.on('server_error', (_, error) => console.error(error));

let people = 0;
const answer = provider.callback();
const server = createServer((request, response) => {
  if (request.url.startsWith('/interaction/')) {
    // Whoever has to sign in is the next person.
    people += 1;
    provider
      .interactionFinished(request, response, { login: { accountId: `person-${people}` } })
      .catch((error) => { console.error(error); response.writeHead(500, { 'content-length': 0 }).end(); });
    return;
  }
  answer(request, response);
});
// The connections of the driver wait while others are measured.
server.keepAliveTimeout = 600_000;
server.requestTimeout = 0;
server.listen(Number(port), '127.0.0.1', () => console.log(`127.0.0.1:${port}`));

const stop = () => process.exit(0);
process.on('SIGTERM', stop);
// Nothing is left behind by a driver that was killed.
const parent = process.ppid;
setInterval(() => { if (process.ppid !== parent) stop(); }, 1_000).unref();
