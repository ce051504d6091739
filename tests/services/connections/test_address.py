"""Addresses: every way of writing a place the portal must not go to is refused before anything is opened."""
# ruff: noqa: S104 - addresses to refuse

import socket
from collections.abc import Iterator

import pytest

from services.connections.address import clean_host, pin_address
from services.connections.errors import AddressRefusedError

SPELLINGS = (
    "169.254.169.254",
    "169.254.170.2",
    "[::ffff:169.254.169.254]",
    "::ffff:a9fe:a9fe",
    "[fd00:ec2::254]",
    "100.100.100.200",
    "168.63.129.16",
    "metadata.google.internal",
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "017700000001",
    "0177.0.0.1",
    "127.0.0.1.",
    "[::1]",
    "::1",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "::ffff:7f00:1",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1%eth0]",
    "0.0.0.0",
    "0",
    "[::]",
    "localhost",
    "LOCALHOST.",
    "localhost.localdomain",
    "127.0.0.1.nip.io",
    "①②⑦.⓪.⓪.①",
    "１２７.0.0.1",
    "10.0.0.1",
    "192.168.1.1",
    "172.16.0.1",
    "[fc00::1]",
    "224.0.0.1",
    "255.255.255.255",
    "http://169.254.169.254/latest/meta-data",
    "file:///etc/passwd",
    "gopher://127.0.0.1:5432/_x",
    "user@127.0.0.1",
    "127.0.0.1:5432",
    "example.com,127.0.0.1",
    "/var/run/postgresql",
    "@abstract",
    "example.com hostaddr=127.0.0.1",
    "example.com\nhost=127.0.0.1",
    "example.com%00.evil",
    "",
    "a..b",
)
LISTS = ((), ("*.example.com",), ("*.nip.io", "*.internal", "*.localdomain", "warehouse.example.com"))


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Every attempt to connect, in a list that stays empty; names lead to this machine."""
    tried: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: tried.append(address))
    monkeypatch.setattr("psycopg.connect", lambda **options: tried.append(options))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: [(2, 1, 6, "", ("127.0.0.1", 5432))])
    yield tried


@pytest.mark.parametrize("allowed", LISTS, ids=lambda allowed: str(len(allowed)))
@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_leads_inside(host: str, allowed: tuple[str, ...], no_sockets: list[object]) -> None:
    from services.connections.postgresql import connect
    from services.connections.source import Source

    with pytest.raises(AddressRefusedError):
        connect(Source(kind="postgresql", name="x", host=host, allowed_hosts=allowed), 1.0)
    assert no_sockets == []


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "fe80::1", "64:ff9b::7f00:1", "0.0.0.0", "127.0.0.1", "10.1.2.3"]
)
def test_a_listed_pattern_does_not_lead_inside_by_its_name(address: str) -> None:
    with pytest.raises(AddressRefusedError):
        pin_address("db.example.com", 5432, ("*.example.com",), resolve=lambda *_: [address])


@pytest.mark.parametrize("address", ["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "0.0.0.0"])
def test_metadata_stays_closed_for_a_listed_host_too(address: str) -> None:
    with pytest.raises(AddressRefusedError):
        pin_address("db.example.com", 5432, ("db.example.com", "0.0.0.0/0", "::/0"), resolve=lambda *_: [address])


def test_one_forbidden_address_among_several_is_enough_to_refuse() -> None:
    with pytest.raises(AddressRefusedError, match="private address"):
        pin_address("db.example.com", 5432, ("*.example.com",), resolve=lambda *_: ["93.184.216.34", "10.0.0.1"])


def test_a_name_is_asked_for_once_and_the_connection_goes_to_what_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    from services.connections.postgresql import connect
    from services.connections.source import Source

    asked, went = [], []

    def resolve(name: str, _port: int) -> list[str]:
        asked.append(name)
        return ["93.184.216.34"] if len(asked) == 1 else ["169.254.169.254"]

    def note(**options: object) -> object:
        went.append((options["host"], options["hostaddr"]))
        raise __import__("psycopg").OperationalError("away")

    monkeypatch.setattr("psycopg.connect", note)
    source = Source(kind="postgresql", name="x", host="db.example.com", allowed_hosts=("*.example.com",))
    with pytest.raises(Exception, match="does not answer"):
        connect(source, 1.0, resolve=resolve)
    assert (asked, went) == (["db.example.com"], [("db.example.com", "93.184.216.34")])


@pytest.mark.parametrize("entry", ["10.1.2.3", "10.1.0.0/16", "db.example.com"])
def test_a_host_listed_by_itself_may_be_private(entry: str) -> None:
    host = "db.example.com" if entry == "db.example.com" else "10.1.2.3"
    assert pin_address(host, 5432, (entry,), resolve=lambda *_: ["10.1.2.3"]) == "10.1.2.3"


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_out_of_range_is_refused(port: int) -> None:
    with pytest.raises(AddressRefusedError, match="port"):
        pin_address("10.1.2.3", port, ("10.1.2.3",))


def test_a_host_is_kept_in_one_spelling() -> None:
    assert clean_host(" DB.Example.com. ") == "db.example.com"
    assert clean_host("[2001:DB8::0:1]") == "2001:db8::1"
