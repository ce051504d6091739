"""Possible personal data in a column, told from its name and a sample of its values. Misses are certain.

Sources: ISO/IEC 7812-1 annex B (Luhn), ISO 13616-1 (IBAN, ISO 7064 mod 97), ITU-T E.164 (telephone numbers).
"""

import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "email", "phone", "card", "iban", "ip", "url", "birth", "national_id", "address", "name", "position", "free_text"
]
SAMPLE = 1_000  # values
MOSTLY, SOME = 0.20, 0.01  # of the sample
LONG_TEXT = 50  # characters on average
MIN_DISTINCT = 20  # different values of a column that its name alone makes suspicious: “phone: yes or no” is harmless

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"(\+|00)?[\d\s()./-]{8,24}")
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}.*|\d+[.,]\d+")
_CARD = re.compile(r"(?:4|5[1-5]|2[2-7]|3[47]|6[05])[\d -]{11,22}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}")
_IP = re.compile(r"[0-9a-fA-F.:]{2,45}")
_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_SSN = re.compile(r"(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}")
_STREET = re.compile(
    r"\d+\w? [\w .'-]+ (?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|way|court|ct)\.?\b.*|"
    r"[\w .'-]+(?:straße|strasse|str\.|weg|platz|allee|gasse) ?\d+\w?.*",
    re.IGNORECASE,
)
_WORD_ENDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
_HEADERS: tuple[tuple[Kind, str], ...] = (
    ("email", r"e ?mail(?: address)?"),
    ("iban", r"iban|bank account(?: number)?"),
    ("card", r"(?:credit )?card (?:no|nr|number)|cc number|pan"),
    (
        "national_id",
        r"ssn|social security(?: number)?|nino|passport(?: no| number)?|(?:tax|national) (?:id|no|number)|steuer ?id",
    ),
    ("phone", r"(?:tele)?phone(?: no| number)?|mobile(?: no| number)?|tel|fax|handy|telefon"),
    ("ip", r"ip(?: address)?"),
    ("birth", r"dob|(?:date|day|year) of birth|birth ?(?:date|day|year)?|geburts(?:datum|tag|jahr)"),
    (
        "address",
        r"address(?: line)? ?\d?|street(?: name| address)?|stra(?:ss|ß)e|(?:post(?:al)? ?|zip ?)(?:code)?|zip|plz",
    ),
    (
        "name",
        r"(?:first|last|full|sur|given|family|middle|maiden|customer|client|patient|employee|contact) ?name|"
        r"vorname|nachname",
    ),
)
_HEADER = tuple((kind, re.compile(rf"(?:^|.* )(?:{pattern})(?: .*)?$")) for kind, pattern in _HEADERS)
_POSITION = re.compile(r"(?:^|.* )(lat(?:itude)?|lon(?:g|gitude)?|lng)(?: .*)?$")


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What a column may hold. `share` of the sample looks so; 0 where only the name says it."""

    kind: Kind
    share: float
    is_by_name: bool


def suspect(name: str, values: Sequence[str], *, n_distinct: int, uniqueness: float) -> Suspicion | None:
    """What a text or number column may hold of a person, if anything.

    Parameters
    ----------
    values
        At most `SAMPLE` present values as text.
    n_distinct, uniqueness
        Different values of the whole column, and their share of its present cells.
    """
    words = words_of(name)
    by_name = next((kind for kind, pattern in _HEADER if pattern.match(words)), None)
    if by_name in ("birth", "ip", "name") and not _may_be(by_name, values):
        by_name = None
    kind, share = _most_frequent(values, by_name)
    if share >= MOSTLY or (share >= SOME and kind not in ("phone", "card", "free_text")):
        return Suspicion(kind, share, by_name == kind)
    repeats_rarely = by_name in ("name", "address", "birth") or uniqueness >= MOSTLY
    if by_name and n_distinct >= MIN_DISTINCT and repeats_rarely:
        return Suspicion(by_name, 0.0, True)
    if words in ("name", "names") and n_distinct >= MIN_DISTINCT and uniqueness >= 0.5 and _may_be("name", values):
        return Suspicion("name", 0.0, True)
    return _free_text(values)


def is_position(name: str, low: float, high: float) -> bool:
    """Whether a number column is named and ranges like a latitude or a longitude."""
    found = _POSITION.match(words_of(name))
    limit = 90.0 if found and found[1].startswith("lat") else 180.0
    return bool(found) and -limit <= low <= high <= limit


def words_of(name: str) -> str:
    """The words of a column name in small letters: “CustomerEmail_1” is “customer email 1”."""
    return _WORD_ENDS.sub(" ", name).lower().strip()


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is right for the others; `digits` are at least two digits.

    From the right every second digit is doubled, digit sums are added, and the total ends in 0.
    """
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return len(digits) > 1 and sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_iban(text: str) -> bool:
    """Whether the check digits are right: the first four characters moved to the end, letters as 10 to 35, mod 97."""
    plain = text.replace(" ", "").upper()
    if not _IBAN.fullmatch(plain):
        return False
    return int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1


def _is_card(text: str) -> bool:
    if not _CARD.fullmatch(text):
        return False
    digits = re.sub(r"[ -]", "", text)
    return digits.isascii() and digits.isdigit() and 13 <= len(digits) <= 19 and passes_luhn(digits)


def _is_ip(text: str) -> bool:
    if (text.count(".") != 3 and text.count(":") < 2) or not _IP.fullmatch(text):
        return False
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_phone(text: str) -> bool:
    if not _PHONE.fullmatch(text) or _DATE.fullmatch(text):
        return False
    n_digits = sum(letter.isdigit() for letter in text)
    n_breaks = len(re.findall(r"\D+", text.lstrip("+")))
    return 8 <= n_digits <= 15 and (text.startswith(("+", "00")) or n_breaks >= 2)


_TESTS: tuple[tuple[Kind, Callable[[str], object]], ...] = (
    ("email", _EMAIL.fullmatch),
    ("iban", is_iban),
    ("card", _is_card),
    ("national_id", _SSN.fullmatch),
    ("ip", _is_ip),
    ("url", _URL.fullmatch),
    ("phone", _is_phone),
    ("address", _STREET.fullmatch),
)


def _most_frequent(values: Sequence[str], by_name: Kind | None) -> tuple[Kind, float]:
    """The kind that most values are of, and their share; each value is of one kind only."""
    counts: dict[Kind, int] = {}
    for text, n_times in Counter(value.strip() for value in values).items():
        if len(text) >= 4 and not text.isalpha():
            found = _kind_of(text, by_name)
            if found:
                counts[found] = counts.get(found, 0) + n_times
    if not counts:
        return "free_text", 0.0
    kind = max(counts, key=lambda one: counts[one])
    return kind, counts[kind] / len(values)


def _kind_of(text: str, by_name: Kind | None) -> Kind | None:
    for kind, test in _TESTS:
        if test(text):
            return kind
    is_plain_phone = by_name == "phone" and text.lstrip("+").isdigit() and 8 <= len(text) <= 16
    return "phone" if is_plain_phone else None


def _may_be(kind: Kind, values: Sequence[str]) -> bool:
    if kind == "name":
        return sum(any(letter.isdigit() for letter in value) for value in values) < 0.1 * max(1, len(values))
    if kind == "ip":
        return any(_is_ip(value.strip()) for value in values)
    years = [int(found[0]) for value in values if (found := re.search(r"(?:18|19|20)\d\d", value))]
    return len(years) > 0.5 * len(values)


def _free_text(values: Sequence[str]) -> Suspicion | None:
    if not values or sum(map(len, values)) / len(values) <= LONG_TEXT:
        return None
    n_texts = sum(value.count(" ") >= 3 for value in values)
    return Suspicion("free_text", n_texts / len(values), False) if n_texts > len(values) / 2 else None
