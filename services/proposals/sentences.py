"""The objective in words: what was understood."""

from services.proposals.objective import Objective

DATA_STATUSES = {"have": "available", "collect": "to be collected", "buy": "to be bought"}
CONNECTIONS = {"online": "always online", "intermittent": "online now and then", "offline": "offline"}


def opening_sentence(objective: Objective) -> str:
    """The promise in one sentence: the metric, from where to where, and by when."""
    by_when = f" by {objective.by_when:%-d %B %Y}" if objective.by_when else ""
    way = "up" if objective.is_rise_wanted else "down"
    today, target = (with_unit(value, objective.unit) for value in (objective.baseline, objective.target))
    return f"{objective.metric}: from {today} {way} to {target}{by_when}."


def understood(objective: Objective) -> dict[str, str]:
    """What was understood, as name and words; what is not known yet is left out."""
    limits = objective.constraints
    words = {
        "What should get better": objective.sentence,
        "How it is measured": objective.how_measured,
        "Decision it informs": objective.decision,
        "Who decides": objective.decided_by,
        "What a model predicts": objective.outcome,
        "Where it works": CONNECTIONS[limits.connectivity],
        "Slowest answer": f"{limits.max_latency_ms:,.12g} ms" if limits.max_latency_ms else "",
        "Slowest 1,000 answers": f"{limits.max_batch_ms:,.12g} ms" if limits.max_batch_ms else "",
        "Memory": f"{limits.max_memory_mb:,.12g} MB" if limits.max_memory_mb else "",
        "Size of the model": f"{limits.max_size_mb:,.12g} MB" if limits.max_size_mb else "",
        "Not to be used or shown": limits.privacy,
    }
    return {name: text for name, text in words.items() if text}


def with_unit(value: float, unit: str) -> str:
    """The number as it is read: 5%, 24% of customers, 1,200 days, 7."""
    return f"{value:,.12g}{'' if unit.startswith('%') else ' '}{unit}".rstrip()
