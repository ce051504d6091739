"""Numbers beside their units: 5%, 1 day, 24% of customers."""

_WITH_IE = ("calories", "cookies", "movies")
_IRREGULAR = ("analyses", "bases", "bonuses", "buses", "crises", "statuses", "viruses")  # stay as they are
_SHORTEST_PLURAL = 4
_NO_PLURAL = (
    "ss",
    "us",
    "is",
    "ics",
    "lens",
    "gas",
    "bps",
    "series",
    "species",
)  # "celsius" and "kbps" are not several of anything


def with_unit(value: float, unit: str) -> str:
    """The number just as it was said: 5%, 24% of customers, 1,200 days, 1 day, 7."""
    return beside_unit(f"{value:,.12g}", unit)


def beside_unit(number: str, unit: str) -> str:
    """A number that is written already, with its unit: that of one thing where it is one."""
    said = _one_of(unit) if number == "1" else unit
    is_joined = unit.startswith("%") or unit == "°"
    return f"{number}{'' if is_joined else ' '}{said}".rstrip()


def _one_of(unit: str) -> str:
    """ "call" of "calls", "visit a week" of "visits a week"; a unit that is no plural stays."""
    word, space, rest = unit.partition(" ")
    if len(word) < _SHORTEST_PLURAL or not (word.isalpha() and word.islower() and word.endswith("s")):
        return unit
    if word.endswith(_NO_PLURAL) or word in _IRREGULAR:
        return unit
    if word.endswith("ies") and word not in _WITH_IE:
        return f"{word.removesuffix('ies')}y{space}{rest}"
    one = word.removesuffix("es") if word.endswith(("xes", "ches", "shes", "sses")) else word.removesuffix("s")
    return f"{one}{space}{rest}"
