"""Money in words: one spelling everywhere."""

_SYMBOLS = {"EUR": "€", "GBP": "£"}  # never a dollar sign: it starts mathematics in Markdown
_SCALES = (  # from which size on, in which unit, with how many decimals
    (999_500_000.0, 1e9, "bn", 1),
    (999_500.0, 1e6, "m", 1),
    (9_950.0, 1e3, "k", 0),
    (999.5, 1e3, "k", 1),
)
_WORD_JOINER = "\u2060"  # keeps the true minus on the line of its number


def format_money(amount: float, currency: str = "EUR", *, sign: bool = False, decimals: int | None = None) -> str:
    """€310k, −€42, €1.2m: at most three digits, no decimals below a thousand.

    Parameters
    ----------
    amount
        In units of `currency`.
    currency
        ISO 4217 code. One without a symbol here is written out: "USD 310k".
    sign
        Write a plus before a gain.
    decimals
        As many as this instead, to tell neighbouring amounts apart.
    """
    size = abs(amount)
    text = _short(size) if decimals is None else _long(size, decimals)
    negative = amount < 0 and text.strip("0.") != ""
    prefix = f"−{_WORD_JOINER}" if negative else f"+{_WORD_JOINER}" if sign and amount > 0 else ""
    return prefix + _SYMBOLS.get(currency, f"{currency} ") + text


def format_exact_money(amount: float, currency: str = "EUR") -> str:
    """€298,000: for tables only."""
    prefix = f"−{_WORD_JOINER}" if amount < 0 else ""
    return f"{prefix}{_SYMBOLS.get(currency, f'{currency} ')}{abs(amount):,.0f}"


def _short(size: float) -> str:
    for least, unit, name, decimals in _SCALES:
        if size >= least:
            return f"{size / unit:.{decimals}f}".removesuffix(".0") + name
    has_cents = 0 < size < 9.995 and round(size, 2) != round(size)
    return f"{size:.2f}" if has_cents else f"{size:.0f}"


def _long(size: float, decimals: int) -> str:
    unit, name = next(((unit, name) for _, unit, name, _ in _SCALES if size >= unit), (1.0, ""))
    return f"{size / unit:.{decimals}f}{name}"
