"""An access token, verified by PyPI `PyJWT` from nothing but the published key set."""

import unittest

import jwt

from api import APPLICATION_ID, BASE_URL, signed_in


def verify(token: str, audience: str = APPLICATION_ID, issuer: str = BASE_URL) -> dict:
    keys = jwt.PyJWKClient(f"{BASE_URL}/.well-known/jwks.json")
    return jwt.decode(
        token,
        keys.get_signing_key_from_jwt(token),
        algorithms=["EdDSA"],
        audience=audience,
        issuer=issuer,
        options={"require": ["iss", "sub", "aud", "exp", "iat", "jti", "sid", "aal"]},
    )


class AccessToken(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.person = signed_in()
        cls.token = cls.person["access_token"]

    def test_it_verifies_and_says_who_and_where(self):
        claims = verify(self.token)
        self.assertEqual(claims["sub"], self.person["user"]["id"])
        self.assertEqual(claims["sid"], self.person["session"]["id"])
        self.assertEqual(claims["aal"], 1)
        self.assertEqual(claims["exp"] - claims["iat"], self.person["expires_in"])

    def test_changed_claims_are_refused(self):
        header, claims, signature = self.token.split(".")
        at = len(claims) // 2
        changed = claims[:at] + ("B" if claims[at] == "A" else "A") + claims[at + 1 :]
        with self.assertRaises(jwt.InvalidTokenError):
            verify(".".join([header, changed, signature]))

    def test_a_changed_signature_is_refused(self):
        unsigned, signature = self.token.rsplit(".", 1)
        changed = ("B" if signature[0] == "A" else "A") + signature[1:]
        with self.assertRaises(jwt.InvalidSignatureError):
            verify(f"{unsigned}.{changed}")

    def test_another_audience_or_issuer_is_refused(self):
        with self.assertRaises(jwt.InvalidAudienceError):
            verify(self.token, audience="another")
        with self.assertRaises(jwt.InvalidIssuerError):
            verify(self.token, issuer="https://another.example")


if __name__ == "__main__":
    unittest.main()
