"""Fetching a picture from an address that somebody else chose."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from studio import fetching
from studio.fetching import FetchFailed, fetch, public_address
from tests.astria.server import Handler, Server, break_off, drip, drop, hang, running, speak_nonsense

PUBLIC = "93.184.216.34"


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that plays Astria: its address is trusted."""
    with running() as server:
        yield server


@pytest.fixture
def other() -> Iterator[Server]:
    with running() as server:
        yield server


def from_server(server: Server, path: str = "/picture", **options: Any) -> bytes:
    return fetch(server.url + path, trusted_origin=server.url, **options)


def from_elsewhere(url: str, **options: Any) -> bytes:
    return fetch(url, trusted_origin="https://api.astria.example", **options)


def resolves_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let each look-up of a name give the next answer; return the names that were looked up."""
    asked, left = [], list(answers)

    def look_up(host: str, port: int, **_options: Any) -> list[Any]:
        asked.append(host)
        found = left.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_what_lies_at_a_trusted_address_is_returned(server: Server) -> None:
    server.answers(200, b"picture")

    assert from_server(server, "/a/picture?x=1") == b"picture"
    assert (server.received[0].path, server.received[0].query) == ("/a/picture", "x=1")


def test_no_key_goes_along(server: Server) -> None:
    server.answers(200, b"picture")

    from_server(server)

    assert "authorization" not in {name.lower() for name in server.received[0].headers}


def test_redirects_within_the_trusted_address_are_followed(server: Server) -> None:
    server.answers(302, Location="/blobs/1")
    server.answers(307, Location=f"{server.url}/blobs/2")
    server.answers(200, b"picture")

    assert from_server(server) == b"picture"
    assert [received.path for received in server.received] == ["/picture", "/blobs/1", "/blobs/2"]


def test_endless_redirects_end(server: Server) -> None:
    server.answers(302, Location="/again")
    server.plays *= 4

    with pytest.raises(FetchFailed, match="too many redirects") as failed:
        from_server(server)

    assert failed.value.is_final


@pytest.mark.parametrize("location", ["http://[::1", "", "file:///etc/passwd", "ftp://example.com/x", "//"])
def test_redirects_to_no_address_lead_nowhere(server: Server, location: str) -> None:
    server.answers(302, Location=location)
    server.plays *= 4

    with pytest.raises(FetchFailed):
        from_server(server)


def test_a_redirect_to_a_private_address_is_not_followed(server: Server, other: Server) -> None:
    server.answers(302, Location=other.url + "/secret")

    with pytest.raises(FetchFailed, match="not https") as failed:
        from_server(server)

    assert failed.value.is_final
    assert other.received == []


def test_another_port_of_the_trusted_host_is_not_trusted(server: Server, other: Server) -> None:
    with pytest.raises(FetchFailed, match="not https"):
        fetch(other.url, trusted_origin=server.url)

    assert other.received == []


@pytest.mark.parametrize("prefix", ["http://127.0.0.1.example.com", "http://user@example.com"])
def test_what_only_begins_like_the_trusted_address_is_not_trusted(server: Server, prefix: str) -> None:
    with pytest.raises(FetchFailed, match="not https"):
        fetch(f"{prefix}:{server.server_port}/", trusted_origin=server.url)


@pytest.mark.parametrize(
    "url",
    ["http://example.com/a", "ftp://example.com/a", "file:///etc/passwd", "https:///a", "nonsense", "",
     "https://[::1", "https://example.com:99999/", "https://example.com:port/"],
)  # fmt: skip
def test_what_is_no_https_address_is_refused_for_good(url: str) -> None:
    with pytest.raises(FetchFailed) as failed:
        from_elsewhere(url)

    assert failed.value.is_final
    assert "example" not in str(failed.value)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
     "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1",
     "::ffff:127.0.0.1", "2002:7f00:1::", "2001:db8::1", "64:ff9b::7f00:1"],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused_for_good(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    resolves_to(monkeypatch, [address])

    with pytest.raises(FetchFailed, match="not a public address") as failed:
        from_elsewhere("https://pictures.example.com/1")

    assert failed.value.is_final


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, [PUBLIC, "10.0.0.1"])

    with pytest.raises(FetchFailed, match="not a public address"):
        public_address("pictures.example.com", 443)


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_a_public_address_is_taken(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    resolves_to(monkeypatch, [address])

    assert public_address("pictures.example.com", 443) == address


def test_the_connection_is_made_to_the_very_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_up = resolves_to(monkeypatch, [PUBLIC], ["127.0.0.1"])
    connected: list[Any] = []

    def connect(address: Any, *_args: Any, **_options: Any) -> None:
        connected.append(address)
        raise OSError("far enough")

    monkeypatch.setattr("socket.create_connection", connect)
    with pytest.raises(FetchFailed, match="broke off"):
        from_elsewhere("https://pictures.example.com:8443/1")

    assert connected == [(PUBLIC, 8443)]
    assert looked_up == ["pictures.example.com"]


def test_a_redirect_is_checked_like_the_first_address(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers(302, Location="https://pictures.example.com/1")
    look_up = socket.getaddrinfo

    def private(host: str, *args: Any, **options: Any) -> Any:
        return look_up("127.0.0.1" if host == "pictures.example.com" else host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", private)
    with pytest.raises(FetchFailed, match="not a public address"):
        from_server(server)


def test_allowed_hosts_narrow_all_but_the_trusted_one(server: Server) -> None:
    server.answers(200, b"picture")
    only = ["mp.astria.ai"]

    with pytest.raises(FetchFailed, match="host not allowed"):
        from_elsewhere("https://pictures.example.com/1", allowed_hosts=only)

    assert from_server(server, allowed_hosts=only) == b"picture"


def test_a_name_that_is_not_found_may_be_found_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any, **_options: Any) -> None:
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(FetchFailed, match="host not found") as failed:
        from_elsewhere("https://pictures.example.com/1")

    assert not failed.value.is_final


def test_a_name_that_no_header_can_hold_is_a_failure_like_others(server: Server) -> None:
    with pytest.raises(FetchFailed):
        fetch("http://例え.jp/1", trusted_origin="http://例え.jp")


@pytest.mark.parametrize(("status", "is_final"), [(404, False), (403, False), (500, False), (410, True)])
def test_a_status_other_than_200_is_a_failure(server: Server, status: int, is_final: bool) -> None:
    server.answers(status, b"no")

    with pytest.raises(FetchFailed, match=f"answered {status}") as failed:
        from_server(server)

    assert failed.value.is_final is is_final


def test_a_body_beyond_the_limit_is_refused_for_good(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MAX_BYTES", 1000)
    server.answers(200, b"x" * 1001)

    with pytest.raises(FetchFailed, match="too large") as failed:
        from_server(server)

    assert failed.value.is_final


def test_a_body_of_just_the_limit_is_fine(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MAX_BYTES", 1000)
    server.answers(200, b"x" * 1000)

    assert len(from_server(server)) == 1000


def test_a_body_that_drips_runs_out_of_time(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 0.1)
    server.plays_next(drip)
    begun = time.monotonic()

    with pytest.raises(FetchFailed, match="too slow") as failed:
        from_server(server)

    # The whole of it would take two seconds.
    assert time.monotonic() - begun < 1
    assert not failed.value.is_final


def test_a_server_that_says_nothing_runs_out_of_time(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "READ_SECONDS", 0.1)
    server.plays_next(hang)

    with pytest.raises(FetchFailed, match="too slow"):
        from_server(server)


def drip_headers(handler: Handler) -> None:
    """Send a piece of a header now and then, without end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not handler.released.wait(0.02):
        handler.wfile.write(b"x")


def drip_interim_answers(handler: Handler) -> None:
    """Ask for patience again and again."""
    while not handler.released.wait(0.01):
        handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")


@pytest.mark.slow
@pytest.mark.parametrize("play", [drip_headers, drip_interim_answers])
def test_the_time_that_headers_take_counts(
    server: Server, monkeypatch: pytest.MonkeyPatch, play: Any
) -> None:
    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 0.3)
    server.plays_next(play)

    with pytest.raises(FetchFailed, match="too slow") as failed:
        from_server(server)

    assert not failed.value.is_final


@pytest.mark.slow
def test_all_redirects_together_have_the_time_of_one(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 0.4)
    server.plays_next(slowly_redirect)
    server.plays *= 4

    with pytest.raises(FetchFailed, match="too slow"):
        from_server(server)


def slowly_redirect(handler: Handler) -> None:
    handler.released.wait(0.2)
    handler.answer(302, b"", {"Location": "/again"})


def close_afterwards(handler: Handler) -> None:
    """Answer as servers of old do: the end of the connection is the end of the body."""
    handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\npicture")
    handler.close_connection = True


def in_chunks(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
    handler.wfile.write(b"3\r\npic\r\n4\r\nture\r\n0\r\n\r\n")


def in_chunks_cut_short(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\npic")
    handler.close_connection = True


@pytest.mark.parametrize("play", [close_afterwards, in_chunks])
def test_a_body_of_unannounced_length_is_returned_whole(server: Server, play: Any) -> None:
    server.plays_next(play)

    assert from_server(server) == b"picture"


def test_a_body_that_is_announced_as_too_large_is_not_read(server: Server) -> None:
    server.answers(200, b"", Content_Length=str(fetching.MAX_BYTES + 1))

    with pytest.raises(FetchFailed, match="too large"):
        from_server(server)


def test_odd_characters_in_an_address_are_quoted(server: Server) -> None:
    server.answers(200, b"picture")

    from_server(server, "/a b/ü%20?x=1 2&y=[z]")

    assert (server.received[0].path, server.received[0].query) == ("/a%20b/%C3%BC%20", "x=1%202&y=%5Bz%5D")


@pytest.mark.parametrize("play", [drop, break_off(200), speak_nonsense, in_chunks_cut_short])
def test_an_answer_that_breaks_off_is_tried_again(server: Server, play: Any) -> None:
    server.plays_next(play)

    with pytest.raises(FetchFailed) as failed:
        from_server(server)

    assert not failed.value.is_final


HOST = "pictures.example.com"


@pytest.fixture
def secure(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server behind HTTPS whose certificate, for HOST, is trusted; every name leads to it."""
    certificate = tmp_path / "server.pem"
    certificate.write_bytes(self_signed(HOST))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    monkeypatch.setattr(fetching, "public_address", lambda _host, _port: "127.0.0.1")
    monkeypatch.setattr("certifi.where", lambda: str(certificate))
    fetching._tls.cache_clear()
    yield server
    fetching._tls.cache_clear()


def self_signed(name: str) -> bytes:
    """Return a key and a certificate for `name`, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begins = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private + certificate.public_bytes(pem)


def test_over_https_the_name_is_asked_for_and_its_certificate_believed(secure: Server) -> None:
    secure.answers(200, b"picture")

    assert from_elsewhere(f"https://{HOST}:{secure.server_port}/1") == b"picture"
    assert secure.received[0].headers["Host"] == f"{HOST}:{secure.server_port}"


def test_a_certificate_of_another_name_is_not_believed(secure: Server) -> None:
    with pytest.raises(FetchFailed, match="SSLCertVerificationError") as failed:
        from_elsewhere(f"https://other.example.com:{secure.server_port}/1")

    assert secure.received == []
    assert not failed.value.is_final


def test_a_certificate_that_nobody_vouches_for_is_not_believed(
    secure: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(fetching, "public_address", lambda _host, _port: "127.0.0.1")

    with pytest.raises(FetchFailed, match="SSLCertVerificationError"):
        from_elsewhere(f"https://{HOST}:{secure.server_port}/1")


def test_a_handshake_that_never_ends_runs_out_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "public_address", lambda _host, _port: "127.0.0.1")
    monkeypatch.setattr(fetching, "CONNECT_SECONDS", 0.2)

    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(FetchFailed, match="too slow"):
        from_elsewhere(f"https://{HOST}:{silent.getsockname()[1]}/1")
