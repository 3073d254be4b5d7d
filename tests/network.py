"""Keeps the tests on this machine."""

import re


def refuse(event: str, arguments: tuple[object, ...]) -> None:
    """Raise when a socket is about to leave this machine; an audit hook sees every connection of Python."""
    if event in {"socket.connect", "socket.sendto"}:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else "localhost"  # a path: a Unix socket
    elif event == "socket.getaddrinfo":
        host = arguments[0] or "localhost"
    else:
        return
    if not is_loopback(host):
        raise RuntimeError(f"A test tried to reach {host!r} by the network.")


def is_loopback(host: object) -> bool:
    """Whether an address given to a socket stays on this machine."""
    return isinstance(host, str) and bool(re.fullmatch(r"localhost|127(\.\d+){3}|::1", host))
