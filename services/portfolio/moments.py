"""Moments as people say them. Every time is UTC."""

from datetime import datetime, timedelta

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_of(moment: datetime) -> str:
    """3 Sep."""
    return f"{moment.day} {_MONTHS[moment.month - 1]}"


def moment_of(moment: datetime, now: datetime) -> str:
    """Today 09:12, or 3 Sep, or 3 Sep 2025 in another year."""
    if moment.date() == now.date():
        return f"Today {moment:%H:%M}"
    return day_of(moment) if moment.year == now.year else f"{day_of(moment)} {moment.year}"


def age_of(moment: datetime, now: datetime) -> str:
    """Just now, 5 minutes ago, 3 hours ago, 2 days ago."""
    age = now - moment
    for unit, name in ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute")):
        if age >= unit:
            n_units = age // unit
            return f"{n_units} {name}{'s' if n_units > 1 else ''} ago"
    return "just now"
