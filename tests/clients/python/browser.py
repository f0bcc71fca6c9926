"""A person at the hosted pages, without a browser: cookies, forms and redirects by `httpx2`."""

import html.parser
import json
import os
import re
import urllib.request
import uuid
from urllib.parse import urljoin

import httpx2

from api import BASE_URL

API_KEY = os.environ["API_KEY"]
PASSWORD = "correct horse battery staple"
MOST_STEPS = 12


def manage(method: str, path: str, body: dict | None = None) -> dict:
    """One call of the data plane with the application's key: its `data`."""
    request = urllib.request.Request(BASE_URL + path, method=method, data=None if body is None else json.dumps(body).encode())
    request.add_header("authorization", f"Bearer {API_KEY}")
    request.add_header("content-type", "application/json")
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)["data"]


def person(name: str) -> dict:
    """Somebody who has an account."""
    email = f"person-{uuid.uuid4()}@example.com"
    body = {"primary_email": email, "email_verified": True, "name": name, "password": PASSWORD}
    return manage("POST", "/v1/users", body) | {"email": email}


class Forms(html.parser.HTMLParser):
    """The hidden fields of each form of a page, by where it goes."""

    def __init__(self, page: str):
        super().__init__()
        self.fields: dict[str, dict[str, str]] = {}
        self.open: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "form":
            self.open = self.fields.setdefault(attributes.get("action"), {})
        elif tag == "input" and attributes.get("type") == "hidden":
            self.open[attributes["name"]] = attributes.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = {}


class Browser:
    def __init__(self):
        self.http = httpx2.Client(base_url=BASE_URL, follow_redirects=False)
        self.url, self.page = "", ""

    def close(self):
        self.http.close()

    def go(self, method: str, url: str, form: dict | None = None) -> str:
        """The address at which it ends. Where that is elsewhere nothing was asked of it."""
        for _ in range(MOST_STEPS):
            url = urljoin(BASE_URL, url)
            self.url = url
            if not url.startswith(f"{BASE_URL}/"):
                return url
            response = self.http.request(method, url, data=form, headers={"origin": BASE_URL} if form else {})
            onward = response.headers.get("location") or re.sub(r"^\d+; *url=", "", response.headers.get("refresh", ""))
            self.page = response.text
            if not onward:
                return url
            method, url, form = "GET", onward, None
        raise AssertionError(f"more than {MOST_STEPS} redirects, the last to {url}")

    def authorize(self, url: str, email: str, decision: str = "allow") -> str:
        """Signs in and answers about consent where that is asked; the address at which the application is answered."""
        self.go("GET", url)
        for _ in range(MOST_STEPS):
            if not self.url.startswith(f"{BASE_URL}/"):
                return self.url
            forms = Forms(self.page).fields
            if "/sign-in" in forms:
                more = {"identifier": email, "password": PASSWORD, "how": "password"}
                self.go("POST", "/sign-in", forms["/sign-in"] | more)
            elif "/oauth2/consent" in forms:
                self.go("POST", "/oauth2/consent", forms["/oauth2/consent"] | {"decision": decision})
            else:
                break
        raise AssertionError(f"stuck at {self.url}:\n{self.page}")
