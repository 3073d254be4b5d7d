"""No test leaves this machine."""

import socket

import pytest

from tests.network import is_loopback


def test_a_connection_outward_is_refused() -> None:
    with pytest.raises(RuntimeError, match="by the network"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_a_name_is_not_looked_up() -> None:
    with pytest.raises(RuntimeError, match="by the network"):
        socket.getaddrinfo("example.org", 80)


def test_a_datagram_outward_is_refused() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sender, pytest.raises(RuntimeError, match="by the network"):
        sender.sendto(b"x", ("192.0.2.1", 53))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.53", "localhost", "::1"])
def test_this_machine_may_be_reached(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["127.0.0.1.example.org", "10.0.0.1", b"127.0.0.1", None])
def test_anything_else_counts_as_outside(host: object) -> None:
    assert not is_loopback(host)
