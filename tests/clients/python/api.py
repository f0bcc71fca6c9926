"""The few calls these tests make, by the standard library: the library under test is the one that verifies the token."""

import json
import os
import urllib.request
import uuid

BASE_URL = os.environ["BASE_URL"]
APPLICATION_ID = os.environ["APPLICATION_ID"]


def call(method: str, path: str, body: dict | None = None) -> dict:
    """The reply's `data`; any status that is not a success raises `urllib.error.HTTPError`."""
    request = urllib.request.Request(BASE_URL + path, method=method)
    request.add_header("x-application-id", APPLICATION_ID)
    if body is not None:
        request.add_header("content-type", "application/json")
        request.data = json.dumps(body).encode()
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)["data"]


def signed_in() -> dict:
    """A person nobody has seen before, signed up and signed in."""
    credentials = {"email": f"grace-{uuid.uuid4()}@example.com", "password": "correct horse battery staple"}
    call("POST", "/v1/auth/sign-up", credentials)
    return call("POST", "/v1/auth/sign-in", credentials)
