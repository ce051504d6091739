"""Which address a host name leads to, and whether the portal may go there.

A name is resolved once and the connection goes to the address that was checked, never to the name: a name server that
answers differently the second time gains nothing. An empty allow-list allows nothing.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence

from services.connections.errors import AddressRefusedError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*\.?")
_ENDS_IN_NUMBER = re.compile(r"(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$")  # what a C library may read as an address
_NEVER = tuple(  # cloud metadata and the like: no database is there, whatever the list says
    ipaddress.ip_network(network)
    for network in (
        "169.254.0.0/16",
        "fe80::/10",
        "fd00:ec2::/32",
        "100.100.100.200/32",
        "168.63.129.16/32",
        "0.0.0.0/8",
        "224.0.0.0/3",
        "::/128",
        "ff00::/8",
    )
)
_TUNNELS = tuple(
    ipaddress.ip_network(network) for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)


def clean_host(host: str) -> str:
    """The host as it is kept: a name in lower case, or an address in its one canonical spelling.

    Raises
    ------
    AddressRefusedError
        It is a URL, a path, a list, or one of the many other spellings of an address.
    """
    text = host.strip().lower()
    address = _as_address(text.strip("[]") if text.startswith("[") and text.endswith("]") else text)
    if address is not None:
        return str(address)
    if _NAME.fullmatch(text) and not _ENDS_IN_NUMBER.search(text):
        return text.rstrip(".")
    raise AddressRefusedError(
        "That is not the name of a host. Type it alone, as in warehouse.example.com or 192.0.2.10, without a scheme, "
        "a port or a path."
    )


def pin_address(host: str, port: int, allowed: Sequence[str], *, resolve: Resolve | None = None) -> str:
    """The one address to connect to, after every address the name has was checked.

    Parameters
    ----------
    allowed
        Entries of `PORTAL_CONNECTION_HOSTS`: an exact name, an address or a network opens also private addresses;
        `*.example.com` opens public addresses only.

    Raises
    ------
    AddressRefusedError
        The host is not on the list, has no address, or one of its addresses is out of bounds.
    """
    name = clean_host(host)
    if not 1 <= port <= 65535:
        raise AddressRefusedError("A port is a whole number from 1 to 65535; PostgreSQL usually has 5432.")
    literal = _as_address(name)
    is_exact, is_wild = _is_listed(name, literal, allowed)
    if not (is_exact or is_wild):
        raise AddressRefusedError(
            f"The portal may not connect to {name}. Ask whoever runs it to add the host to PORTAL_CONNECTION_HOSTS."
        )
    found = [str(literal)] if literal else (resolve or _resolve)(name, port)
    if not found:
        raise AddressRefusedError(f"The name {name} has no address. Check how it is spelt.")
    for text in found:
        _check(name, text, may_be_private=is_exact)
    return found[0]


def _is_listed(name: str, literal: Address | None, allowed: Sequence[str]) -> tuple[bool, bool]:
    is_exact = name in allowed or any(literal is not None and _contains(entry, literal) for entry in allowed)
    is_wild = literal is None and any(entry.startswith("*.") and name.endswith(entry[1:]) for entry in allowed)
    return is_exact, is_wild


def _contains(entry: str, address: Address) -> bool:
    try:
        return address in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False


def _check(name: str, text: str, *, may_be_private: bool) -> None:
    address = _as_address(text)
    if address is None or any(address in network for network in (*_NEVER, *_TUNNELS)):
        raise AddressRefusedError(f"{name} leads to an address that no database has. The portal does not go there.")
    if not address.is_global and not may_be_private:
        raise AddressRefusedError(
            f"{name} leads to a private address. Ask whoever runs the portal to list this host by its full name."
        )


def _as_address(text: str) -> Address | None:
    """Only the canonical spellings; an IPv4 address inside an IPv6 one is what it really is."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        return None if address.scope_id else (address.ipv4_mapped or address)
    return address


def _resolve(name: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
