"""Mail, taken by PyPI `aiosmtpd`: TLS from the first byte, STARTTLS with an account, and a server that is away for a while."""

import datetime
import email
import email.policy
import ipaddress
import json
import os
import pathlib
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
import urllib.request

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

BINARY = os.environ["PORTCULLIS_BIN"]
USER, PASSWORD = "mailer", "hunter2-of-the-operator"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def certificate(folder: pathlib.Path) -> tuple[pathlib.Path, ssl.SSLContext]:
    """An authority of our own, and a certificate of it for `localhost`."""
    now = datetime.datetime.now(datetime.timezone.utc)

    def sign(name, key, issuer, issuer_key, extensions):
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(days=1))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(issuer_key, hashes.SHA256())

    def named(text):
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = sign(named("Test authority"), ca_key, named("Test authority"), ca_key, [(x509.BasicConstraints(True, None), True)])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    own = sign(named("localhost"), key, ca.subject, ca_key, [(names, False), (x509.BasicConstraints(False, None), True)])
    pem = serialization.Encoding.PEM
    ca_file, own_file, key_file = folder / "ca.pem", folder / "own.pem", folder / "own.key"
    ca_file.write_bytes(ca.public_bytes(pem))
    own_file.write_bytes(own.public_bytes(pem))
    key_file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(own_file, key_file)
    return ca_file, context


class Inbox:
    """Keeps what it is sent."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        is_encrypted = server.transport.get_extra_info("ssl_object") is not None
        self.mails.append((envelope.rcpt_tos, message, is_encrypted))
        return "250 taken"

    def wait(self, count: int, seconds: int = 40) -> list:
        until = time.monotonic() + seconds
        while len(self.mails) < count and time.monotonic() < until:
            time.sleep(0.1)
        return self.mails


def authenticate(server, session, envelope, mechanism, data):
    is_known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_known, handled=False)


class Mail(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        folder = pathlib.Path(cls.folder.name)
        ca_file, cls.tls = certificate(folder)
        cls.smtps_port, cls.port = free_port(), free_port()
        cls.inbox = Inbox()
        cls.start_mail_server()
        cls.addClassCleanup(lambda: cls.mail_server.stop(no_assert=True))
        environment = os.environ | {
            "PORTCULLIS_SMTP_URL": f"smtps://{USER}:{PASSWORD}@localhost:{cls.smtps_port}",
            "PORTCULLIS_MAIL_FROM": "Operator <no-reply@operator.example>",
            "PORTCULLIS_EXTRA_CA_FILE": str(ca_file),
        }
        cls.log = open(folder / "log", "wb")
        cls.addClassCleanup(cls.log.close)
        cls.base = f"http://localhost:{cls.port}"
        arguments = ["serve", "--dev", "--listen", f"127.0.0.1:{cls.port}", "--public-url", cls.base]
        arguments += ["--data", str(folder / "data"), "--bootstrap-file", str(folder / "bootstrap.json")]
        cls.server = subprocess.Popen([BINARY, *arguments], env=environment, stdout=cls.log, stderr=cls.log)
        cls.addClassCleanup(cls.stop_server)
        cls.wait_until_ready()
        cls.facts = json.loads((folder / "bootstrap.json").read_text())

    @classmethod
    def start_mail_server(cls):
        cls.mail_server = Controller(
            cls.inbox, hostname="127.0.0.1", port=cls.smtps_port, ssl_context=cls.tls, server_hostname="localhost",
            authenticator=authenticate, auth_required=True, auth_require_tls=False,
        )
        cls.mail_server.start()

    @classmethod
    def stop_server(cls):
        cls.server.terminate()
        cls.server.wait(30)

    @classmethod
    def wait_until_ready(cls):
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{cls.base}/readyz", timeout=2).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server was not ready within 10 s")

    def call(self, method: str, path: str, body: dict) -> dict:
        request = urllib.request.Request(self.base + path, method=method, data=json.dumps(body).encode())
        request.add_header("content-type", "application/json")
        request.add_header("x-application-id", self.facts["application_id"])
        request.add_header("authorization", f"Bearer {self.facts['api_key']}")
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)["data"]

    def test_a_mail_arrives_over_tls_with_the_account_of_the_operator(self):
        before = len(self.inbox.mails)
        answer = self.call("POST", "/v1/settings/messaging/test", {"channel": "email", "to": "ada@example.com", "locale": "de"})
        self.assertEqual(answer, {"delivered": True, "failure": None})
        recipients, message, is_encrypted = self.inbox.wait(before + 1)[before]
        self.assertEqual(recipients, ["ada@example.com"])
        self.assertTrue(is_encrypted)
        self.assertIn("no-reply@operator.example", message["From"])
        self.assertTrue(message["Subject"].startswith("Testnachricht"), message["Subject"])
        self.assertIn("kommen Nachrichten", message.get_body(("plain",)).get_content())
        self.assertIn("<!doctype html>", message.get_body(("html",)).get_content())

    def test_starttls_with_an_account_of_the_application(self):
        inbox, port = Inbox(), free_port()
        controller = Controller(
            inbox, hostname="127.0.0.1", port=port, tls_context=self.tls, require_starttls=True,
            authenticator=authenticate, auth_required=True,
        )
        controller.start()
        self.addCleanup(controller.stop)
        sender = {
            "provider": "smtp", "from_address": "no-reply@acme.example", "from_name": "Acme", "host": "localhost", "port": port,
            "security": "starttls", "username": USER, "password": PASSWORD,
        }
        test = {"channel": "email", "to": "grace@example.com"}
        self.call("PUT", "/v1/settings/messaging", {"email": sender})
        self.addCleanup(self.call, "PUT", "/v1/settings/messaging", {})
        self.assertTrue(self.call("POST", "/v1/settings/messaging/test", test)["delivered"])
        _, message, is_encrypted = inbox.wait(1)[0]
        self.assertEqual((message["From"], is_encrypted), ("Acme <no-reply@acme.example>", True))
        self.call("PUT", "/v1/settings/messaging", {"email": sender | {"password": "wrong"}})
        answer = self.call("POST", "/v1/settings/messaging/test", test)
        self.assertEqual(answer["failure"], "not delivered: the mail server did not accept the account (535)")

    def test_a_mail_waits_for_a_server_that_is_away_and_arrives_once(self):
        self.mail_server.stop()
        try:
            before = len(self.inbox.mails)
            self.call("POST", "/v1/users", {"primary_email": "alan@example.com", "email_verified": True})
            self.call("POST", "/v1/auth/password/forgot", {"email": "alan@example.com"})
            time.sleep(3)
        finally:
            self.start_mail_server()
        mails = self.inbox.wait(before + 1)
        time.sleep(2)
        self.assertEqual([recipients for recipients, _, _ in mails[before:]], [["alan@example.com"]])

    def test_zz_no_password_is_in_the_log(self):
        self.log.flush()
        log = pathlib.Path(self.log.name).read_text()
        self.assertNotIn(PASSWORD, log)


if __name__ == "__main__":
    unittest.main()
