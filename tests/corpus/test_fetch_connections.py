"""Fetch, connecting: TLS by name, several addresses of a name, and no proxy from the environment."""

import ssl
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pipeline.corpus.answers import Request

sys.path.append(str(Path(__file__).parent))
from local_web import Outlet, WatchedSockets, fetcher


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's and a client's context for a certificate that names outlet.test."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "outlet.test")])
    names = x509.SubjectAlternativeName([x509.DNSName("outlet.test")])
    start = datetime.now(UTC) - timedelta(days=1)
    builder = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    )
    signed = (
        builder.not_valid_before(start)
        .not_valid_after(start + timedelta(days=9))
        .add_extension(names, False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    pem = signed.public_bytes(serialization.Encoding.PEM)
    path.write_bytes(
        pem
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cadata=pem.decode())
    server.load_cert_chain(path)
    return server, client


def test_tls_checks_the_name_though_the_connection_goes_to_the_address(
    certificate: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    asked_for = []
    certificate[0].sni_callback = lambda stream, name, context: asked_for.append(name)
    with Outlet(tls=certificate[0]) as outlet, fetcher(outlet, tls=certificate[1]) as opened:
        good, bad = sorted(
            opened.fetch([Request(outlet.url("/", f"{name}.test")) for name in ("outlet", "wrong")], 60),
            key=lambda result: result.state,
        )
    assert (good.state, bad.state, set(asked_for)) == ("ok", "retry_after", {"outlet.test", "wrong.test"})
    assert outlet.seen[-1].headers["host"] == f"outlet.test:{outlet.port}"
    assert "no valid certificate" in bad.reason


def test_a_proxy_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with Outlet() as proxy, Outlet() as outlet:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        monkeypatch.delenv("no_proxy", raising=False)
        with fetcher(outlet) as opened:
            assert [result.state for result in opened.fetch([Request(outlet.url())], 60)] == ["ok"]
    assert proxy.connections == 0


def test_the_next_address_of_a_name_is_tried_when_the_first_is_dead() -> None:
    sockets = WatchedSockets()
    # The outlet listens at 127.0.0.1 alone.
    with (
        Outlet() as outlet,
        fetcher(outlet, sockets=sockets, resolve=lambda host, seconds: ["::1", "127.0.0.1"]) as opened,
    ):
        (result,) = opened.fetch([Request(outlet.url("/", "outlet.test"))], 60)
    assert result.state == "ok"
    assert [host for host, _, _ in sockets.attempts] == ["::1", "127.0.0.1"] * 2


def test_all_addresses_of_a_name_share_the_time_for_connecting() -> None:
    sockets = WatchedSockets()
    with fetcher(sockets=sockets, ports=[1], retries=0, resolve=lambda host, seconds: ["::1", "127.0.0.1"]) as opened:
        (result,) = opened.fetch([Request("http://outlet.test:1/")], 60)
    assert (result.state, "cannot be connected to" in result.reason) == ("retry_after", True)
    assert [round(seconds, 1) for _, _, seconds in sockets.attempts] == [2.5, 5.0]
