"""deploy/nginx.conf and deploy/Caddyfile in earnest: each in front of a real studio, on loopback."""

from __future__ import annotations

import json
import re
import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from getpass import getuser
from pathlib import Path

import pytest

from tests.processes import ROOT, Studio, free_port, studio_running
from tests.sandbox.process import eventually
from tests.visitor import Visitor, state_of, visitor_at

pytestmark = pytest.mark.deployment

HOST = "studio.example.org"
THREADS = 4
WRONG = "x" * 43


@dataclass
class Proxy:
    """A server in front of the studio: its ports, and where it writes."""

    studio: Studio
    visitor: Visitor
    certificate: Path
    folder: Path
    https: int = field(default_factory=free_port)
    http: int = field(default_factory=free_port)

    def ask(self, path: str, *more: str, scheme: str = "https") -> tuple[int, str]:
        """Ask for a path as a browser does; return the answer's status, and its head and body as text."""
        ports = [f"{HOST}:443:127.0.0.1:{self.https}", f"{HOST}:80:127.0.0.1:{self.http}"]
        to = [part for port in ports for part in ("--connect-to", port)]
        command = [
            "curl",
            "-s",
            "-i",
            "--cacert",
            str(self.certificate),
            *to,
            *more,
            f"{scheme}://{HOST}{path}",
        ]
        done = subprocess.run(command, capture_output=True, timeout=100, check=False)
        answer = done.stdout.decode(errors="replace")
        head = re.findall(r"^HTTP/\S+ (\d+)", answer, re.MULTILINE)
        return (int(head[-1]) if head else 0), answer

    @property
    def cookies(self) -> tuple[str, ...]:
        """What a signed-in browser sends along."""
        held = "; ".join(f"{name}={value}" for name, value in self.visitor.browser.cookies.items())
        origin = ("-H", f"Referer: https://{HOST}/", "-H", f"X-CSRFToken: {'c' * 32}")
        return ("-H", f"Cookie: {held}", *origin)

    def slow(self) -> socket.socket:
        """Return the connection of somebody signed in who has begun to upload and takes their time."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        raw = socket.create_connection(("127.0.0.1", self.https), timeout=30)
        sock = context.wrap_socket(raw, server_hostname=HOST)
        head = f"POST /photos/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 100000\r\n"
        head += "".join(f"{part}\r\n" for part in self.cookies if part != "-H")
        kind = "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
        sock.sendall((head + kind).encode())
        return sock

    def logs(self) -> str:
        return "\n".join(path.read_text() for path in self.folder.glob("*.log"))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for the studio's name that signs itself; its key lies beside it."""
    path = tmp_path_factory.mktemp("certificate") / "cert.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        f"/CN={HOST}",
    ]
    files = [
        "-addext",
        f"subjectAltName=DNS:{HOST}",
        "-keyout",
        str(path.with_name("key.pem")),
        "-out",
        str(path),
    ]
    subprocess.run([*command, *files], check=True, capture_output=True)
    return path


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A studio as in production, of which only the web runs."""
    more = {
        "PUBLIC_URL": f"https://{HOST}",
        "TRUSTED_PROXIES": "1",
        "DEBUG": "0",
        "WEB_WORKERS": "1",
        "WEB_THREADS": str(THREADS),
    }
    down = ("worker", "clock")
    with studio_running(tmp_path_factory.mktemp("studio"), more=more, samples=False, without=down) as studio:
        yield studio


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def proxy(
    request: pytest.FixtureRequest,
    studio: Studio,
    certificate: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Proxy]:
    """Each of the two, with our own file but for ports, paths and the certificate."""
    folder = tmp_path_factory.mktemp(request.param)
    visitor = visitor_at(studio, f"{request.param}@example.com")
    proxy = Proxy(studio, visitor, certificate, folder)
    command = {"nginx": nginx, "caddy": caddy}[request.param](proxy)
    with running(command, folder / "output.log"):
        eventually(lambda: proxy.ask("/")[0] == 200)
        yield proxy


def nginx(proxy: Proxy) -> list[str]:
    """Write nginx's files, and return how to start it."""
    folder, text = proxy.folder, (ROOT / "deploy/nginx.conf").read_text()
    for old, new in {
        "listen 80": f"listen 127.0.0.1:{proxy.http}",
        "listen 443": f"listen 127.0.0.1:{proxy.https}",
        f"/etc/letsencrypt/live/{HOST}/fullchain.pem": str(proxy.certificate),
        f"/etc/letsencrypt/live/{HOST}/privkey.pem": str(proxy.certificate.with_name("key.pem")),
        "/var/log/nginx": str(folder),
        "http://127.0.0.1:8000": proxy.studio.url,
    }.items():
        assert old in text
        text = text.replace(old, new)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    main = f"daemon off; user {getuser()}; pid {folder}/pid; error_log {folder}/main.log; events {{}}"
    main += f" http {{ {temporary} {text} }}"
    (folder / "nginx.conf").write_text(main)
    return ["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "main.log")]


def caddy(proxy: Proxy) -> list[str]:
    """Write Caddy's file, and return how to start it."""
    text = (ROOT / "deploy/Caddyfile").read_text()
    ports = f"\tadmin off\n\thttp_port {proxy.http}\n\thttps_port {proxy.https}\n\tskip_install_trust\n"
    key = proxy.certificate.with_name("key.pem")
    text = text.replace("\n{\n", f"\n{{\n{ports}", 1)
    text = text.replace(f"{HOST} {{\n", f"{HOST} {{\n\ttls {proxy.certificate} {key}\n")
    text = text.replace("127.0.0.1:8000", proxy.studio.url.removeprefix("http://"))
    (proxy.folder / "Caddyfile").write_text(text)
    return ["caddy", "run", "--config", str(proxy.folder / "Caddyfile"), "--adapter", "caddyfile"]


@contextmanager
def running(command: list[str], output: Path) -> Iterator[None]:
    """Run a server until the end of the block."""
    with output.open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)


def test_pages_come_over_tls_and_say_that_they_always_will(proxy: Proxy) -> None:
    status, answer = proxy.ask("/")

    assert status == 200
    assert "strict-transport-security: max-age=31536000" in answer.lower()


def test_plain_http_is_sent_on_to_https(proxy: Proxy) -> None:
    status, answer = proxy.ask("/packs/", scheme="http")

    assert status in (301, 308)
    assert f"location: https://{HOST}/packs/" in answer.lower()


def test_the_state_of_the_studio_is_reached(proxy: Proxy) -> None:
    status, answer = proxy.ask("/healthz")

    assert status in (200, 503)
    assert "database" in answer


def test_an_upload_of_50_mb_reaches_the_studio(proxy: Proxy, tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"no picture" * 5_000_000)

    form = ("-F", f"photo_set={proxy.visitor.photo_set}", "-F", f"photo=@{photo}", "-H", "Expect:")
    _status, answer = proxy.ask("/photos/", *proxy.cookies, *form)

    assert "x-request-id: " in answer.lower()


def test_a_callback_reaches_the_inbox_and_no_log_tells_its_path(proxy: Proxy) -> None:
    form = {
        "photo_set": proxy.visitor.photo_set,
        "pack": "black-and-white",
        "order_key": f"0:{proxy.visitor.price}",
    }
    fields = [part for name, value in form.items() for part in ("-d", f"{name}={value}")]
    _status, answer = proxy.ask("/shoots/", *proxy.cookies, *fields)
    shoot = re.search(r"location: /shoots/([0-9a-f-]{36})/", answer, re.IGNORECASE)
    assert shoot, answer
    token = state_of(proxy.studio, shoot[1])["token"]

    body = ("-d", json.dumps({"id": 1}), "-H", "Content-Type: application/json")
    status, _answer = proxy.ask(f"/callbacks/{shoot[1]}/{token}", *body)

    assert status == 204
    assert token not in proxy.logs() + proxy.studio.logs()


def test_what_a_client_says_of_its_own_address_is_not_believed(proxy: Proxy) -> None:
    """Wrong tokens are counted by address: sixty a minute, whatever address is claimed."""
    path = f"/callbacks/00000000-0000-0000-0000-000000000001/{WRONG}"
    claimed = [("-X", "POST", "-H", f"X-Forwarded-For: 10.1.1.{number}") for number in range(1, 101)]

    statuses = [proxy.ask(path, *header)[0] for header in claimed]

    assert statuses[-30:] == [429] * 30


@pytest.mark.parametrize("header", ["X-Forwarded-Host: evil.example", "X-Forwarded-Proto: http"])
def test_what_a_client_says_of_host_and_scheme_is_not_believed(proxy: Proxy, header: str) -> None:
    status, answer = proxy.ask("/shoots/", "-H", header)

    assert status == 302
    assert "evil" not in answer
    assert "location: /accounts/login/?next=/shoots/" in answer.lower()


def test_slow_clients_hold_no_thread_of_the_studio_behind_nginx(proxy: Proxy) -> None:
    """Caddy passes on what comes as it comes; docs/deploy.md says so."""
    with ExitStack() as stack:
        if proxy.folder.name.startswith("nginx"):
            for _number in range(2 * THREADS):
                stack.enter_context(closing(proxy.slow()))
        status, _answer = proxy.ask("/", "--max-time", "60")

    assert status == 200


def test_what_fails_while_the_studio_is_down_tells_no_secret_path_either(proxy: Proxy) -> None:
    proxy.studio.stop("web")
    try:
        status, _answer = proxy.ask(f"/callbacks/00000000-0000-0000-0000-000000000001/{WRONG}", "-X", "POST")
        page, _answer = proxy.ask("/packs/", "-H", f"Referer: https://{HOST}/s/{WRONG}/")
    finally:
        proxy.studio.restart("web")

    assert (status, page) == (502, 502)
    assert WRONG not in proxy.logs()
