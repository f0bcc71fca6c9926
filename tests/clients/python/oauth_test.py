"""The provider, by PyPI `Authlib` with `httpx2`; tokens verified by `joserfc`, Authlib's RFC 9068 and `PyJWT`."""

import os
import time
import unittest

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # the server under test speaks HTTP at localhost

import httpx2
import jwt as pyjwt
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc6750.errors import InsufficientScopeError, InvalidTokenError
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from api import BASE_URL
from browser import Browser, manage, person

REDIRECT = "http://localhost:4321/callback"
API = "https://api.example.com/invoices"


def document(name: str) -> dict:
    return httpx2.get(f"{BASE_URL}/.well-known/{name}").raise_for_status().json()


METADATA = document("openid-configuration")
TOKEN = METADATA["token_endpoint"]


def register(kind: str, **more) -> dict:
    addresses = {} if kind == "m2m" else {"redirect_uris": [REDIRECT]}
    return manage("POST", "/api/v1/applications", {"type": kind, "name": f"Authlib {kind}", **addresses, **more})


def session(client: dict, **more) -> OAuth2Client:
    return OAuth2Client(client["client_id"], client["client_secret"], redirect_uri=REDIRECT, code_challenge_method="S256", **more)


class Api(JWTBearerTokenValidator):
    """A resource server as Authlib's documentation builds one."""

    def get_jwks(self):
        return document("jwks.json")

    def check(self, token: str, scopes=None):
        claims = self.authenticate_token(token)
        self.validate_token(claims, scopes, None)
        return claims


class SignIn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.person = person("Mary Jackson")
        cls.client = register("web", allowed_resources=[API], allowed_scopes=["openid", "profile", "email", "offline_access", "invoices:read"])

    def sign_in(self, client=None, scope="openid profile email offline_access", **more):
        """The session with its tokens, the address it was answered at, the verifier and the nonce."""
        own = session(client or self.client, scope=scope)
        self.addCleanup(own.close)
        browser = Browser()
        self.addCleanup(browser.close)
        verifier, nonce = generate_token(48), generate_token(16)
        url, state = own.create_authorization_url(METADATA["authorization_endpoint"], code_verifier=verifier, nonce=nonce, **more)
        back = browser.authorize(url, self.person["email"])
        own.fetch_token(TOKEN, authorization_response=back, state=state, code_verifier=verifier)
        return own, back, verifier, nonce

    def test_the_documents_keep_to_their_standards(self):
        OpenIDProviderMetadata(METADATA).validate()
        AuthorizationServerMetadata(document("oauth-authorization-server")).validate()
        self.assertEqual(document("oauth-authorization-server"), METADATA)
        self.assertEqual(document("oauth-protected-resource")["authorization_servers"], [BASE_URL])

    def test_the_id_token_is_for_this_client_this_request_and_this_access_token(self):
        own, _, _, nonce = self.sign_in()
        token = jwt.decode(own.token["id_token"], KeySet.import_key_set(document("jwks.json")), algorithms=["RS256"])
        expected = {"iss": {"value": BASE_URL}, "aud": {"value": self.client["client_id"]}}
        parameters = {"nonce": nonce, "client_id": self.client["client_id"], "access_token": own.token["access_token"]}
        claims = CodeIDToken(token.claims, token.header, expected, parameters)
        claims.validate(now=int(time.time()), leeway=5)
        self.assertEqual(claims["amr"], ["pwd"])
        self.assertIn("at_hash", claims)
        info = own.get(METADATA["userinfo_endpoint"]).raise_for_status().json()
        self.assertEqual((info["sub"], info["email"], info["name"]), (claims["sub"], self.person["email"], "Mary Jackson"))

    def test_a_refresh_rotates_and_a_token_from_before_ends_the_line(self):
        own, _, _, _ = self.sign_in()
        first = own.token["refresh_token"]
        second = own.refresh_token(TOKEN, refresh_token=first)["refresh_token"]
        third = own.refresh_token(TOKEN, refresh_token=second)
        self.assertEqual(len({first, second, third["refresh_token"]}), 3)
        for token in (first, third["refresh_token"]):
            with self.assertRaises(OAuthError) as refused:
                own.refresh_token(TOKEN, refresh_token=token)
            self.assertEqual(refused.exception.error, "invalid_grant")
        self.assertEqual(own.get(METADATA["userinfo_endpoint"]).status_code, 401)

    def test_a_code_needs_its_verifier_and_counts_once(self):
        own, back, verifier, _ = self.sign_in()
        for attempt in (verifier, generate_token(48)):
            with self.assertRaises(OAuthError) as refused:
                own.fetch_token(TOKEN, authorization_response=back, code_verifier=attempt)
            self.assertEqual(refused.exception.error, "invalid_grant")

    def test_an_api_takes_the_token_that_is_for_it_as_rfc_9068_says(self):
        client = register("web", allowed_resources=[API], access_token_signed_response_alg="ES256",
                          allowed_scopes=["openid", "invoices:read"])
        own, _, _, _ = self.sign_in(client, scope="openid invoices:read", resource=API)
        token = own.token["access_token"]
        claims = Api(BASE_URL, API).check(token, ["invoices:read"])
        self.assertEqual((claims["client_id"], claims["scope"]), (client["client_id"], "openid invoices:read"))
        with self.assertRaises(InsufficientScopeError):
            Api(BASE_URL, API).check(token, ["invoices:write"])
        for wrong in (Api(BASE_URL, "https://api.example.com/other"), Api("https://elsewhere.example", API)):
            with self.assertRaises(InvalidTokenError):
                wrong.check(token)
        with self.assertRaises(InvalidTokenError):
            Api(BASE_URL, client["client_id"]).check(own.token["id_token"])

    def test_an_api_takes_it_with_pyjwt(self):
        own, _, _, _ = self.sign_in(scope="openid invoices:read", resource=API)
        token = own.token["access_token"]
        self.assertEqual(pyjwt.get_unverified_header(token)["typ"], "at+jwt")
        key = pyjwt.PyJWKClient(METADATA["jwks_uri"]).get_signing_key_from_jwt(token)
        claims = pyjwt.decode(token, key, algorithms=["EdDSA"], audience=API, issuer=BASE_URL)
        self.assertEqual(claims["scope"].split(), ["openid", "invoices:read"])
        with self.assertRaises(pyjwt.InvalidAudienceError):
            pyjwt.decode(token, key, algorithms=["EdDSA"], audience=BASE_URL, issuer=BASE_URL)

    def test_introspection_and_revocation(self):
        own, _, _, _ = self.sign_in()
        token, refresh = own.token["access_token"], own.token["refresh_token"]
        said = own.introspect_token(METADATA["introspection_endpoint"], token=token, token_type_hint="access_token").json()
        self.assertEqual((said["active"], said["client_id"]), (True, self.client["client_id"]))
        self.assertEqual(own.revoke_token(METADATA["revocation_endpoint"], token=refresh, token_type_hint="refresh_token").status_code, 200)
        said = own.introspect_token(METADATA["introspection_endpoint"], token=token).json()
        self.assertEqual(said, {"active": False})


class Machines(unittest.TestCase):
    def fetch(self, own: OAuth2Client, **more) -> dict:
        self.addCleanup(own.close)
        return own.fetch_token(TOKEN, grant_type="client_credentials", **more)

    def test_each_way_of_showing_a_secret(self):
        for method in ("client_secret_basic", "client_secret_post"):
            client = register("m2m", token_endpoint_auth_method=method, allowed_scopes=["users:read"])
            own = session(client, token_endpoint_auth_method=method)
            token = self.fetch(own, scope="users:read")
            self.assertEqual((token["scope"], token["token_type"]), ("users:read", "Bearer"))
            self.assertEqual(own.get(f"{BASE_URL}/api/v1/users").status_code, 200)
            wrong = session(client | {"client_secret": "pc_cs_wrong"}, token_endpoint_auth_method=method)
            with self.assertRaises(OAuthError) as refused:
                self.fetch(wrong)
            self.assertEqual(refused.exception.error, "invalid_client")

    def test_a_key_of_its_own(self):
        for algorithm, key in (
            ("RS256", RSAKey.generate_key(2048, auto_kid=True)),
            ("PS256", RSAKey.generate_key(2048, auto_kid=True)),
            ("ES256", ECKey.generate_key("P-256", auto_kid=True)),
            ("EdDSA", OKPKey.generate_key("Ed25519", auto_kid=True)),
        ):
            with self.subTest(algorithm):
                jwks = {"keys": [key.as_dict(private=False)]}
                client = register("m2m", token_endpoint_auth_method="private_key_jwt", jwks=jwks, allowed_scopes=["users:read"])
                own = session(client | {"client_secret": key}, token_endpoint_auth_method="private_key_jwt")
                own.register_client_auth_method(PrivateKeyJWT(TOKEN, alg=algorithm, headers={"kid": key.kid}))
                self.assertEqual(self.fetch(own)["token_type"], "Bearer")
                stranger = session(client | {"client_secret": type(key).generate_key(key.curve_name if algorithm in ("ES256", "EdDSA") else 2048)},
                                   token_endpoint_auth_method="private_key_jwt")
                stranger.register_client_auth_method(PrivateKeyJWT(TOKEN, alg=algorithm, headers={"kid": key.kid}))
                with self.assertRaises(OAuthError) as refused:
                    self.fetch(stranger)
                self.assertEqual(refused.exception.error, "invalid_client")


if __name__ == "__main__":
    unittest.main()
