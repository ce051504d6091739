"""Money in words: one spelling everywhere."""

_SYMBOLS = {"EUR": "€", "GBP": "£"}  # never a dollar sign: it starts mathematics in Markdown
_WORD_JOINER = "\u2060"  # keeps the true minus on the line of its number


def format_money(amount: float, currency: str = "EUR", *, sign: bool = False) -> str:
    """€310k, −€42, €1.2m: at most three digits, no decimals below a thousand.

    Parameters
    ----------
    amount
        In units of `currency`.
    currency
        ISO 4217 code. One without a symbol here is written out: "USD 310k".
    sign
        Write a plus before a gain.
    """
    size = abs(amount)
    if size >= 999_500_000:
        text = f"{size / 1e9:.1f}bn"
    elif size >= 999_500:
        text = f"{size / 1e6:.1f}m"
    elif size >= 9_950:
        text = f"{size / 1e3:.0f}k"
    elif size >= 999.5:
        text = f"{size / 1e3:.1f}k"
    elif 0 < size < 9.995 and round(size, 2) != round(size):
        text = f"{size:.2f}"
    else:
        text = f"{size:.0f}"
    for unit in ("bn", "m", "k"):
        text = text.replace(f".0{unit}", unit)
    negative = amount < 0 and text.strip("0.") != ""
    prefix = f"−{_WORD_JOINER}" if negative else f"+{_WORD_JOINER}" if sign and amount > 0 else ""
    return prefix + _SYMBOLS.get(currency, f"{currency} ") + text


def format_exact_money(amount: float, currency: str = "EUR") -> str:
    """€298,000: for tables only."""
    prefix = f"−{_WORD_JOINER}" if amount < 0 else ""
    return f"{prefix}{_SYMBOLS.get(currency, f'{currency} ')}{abs(amount):,.0f}"
