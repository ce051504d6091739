"""The objective in words: what was understood."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.proposals.causal import causal_status
from services.proposals.considerations import Considerations
from services.proposals.later import LaterDefault, defaults_of
from services.proposals.lever import Lever
from services.proposals.objective import Objective
from services.proposals.reflection import BY_CODE
from services.proposals.risk import risk_tier
from services.proposals.units import with_unit

DATA_STATUSES = {"have": "available", "collect": "to be collected", "buy": "to be bought"}
SCOPES = {"per_row": "set for each case", "segment": "set for a group of cases alike", "global": "set once for all"}
SET_FOR = {"Data": "Set for labelling", "Model": "Set for searches", "Pilot": "Set for the pilot"}
SET_FOR |= {"Review": "Set for watching the live model"}
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
        "Where it works": CONNECTIONS[limits.connectivity].capitalize(),
        "Slowest answer": f"{limits.max_latency_ms:,.12g} ms" if limits.max_latency_ms else "",
        "Slowest 1,000 answers": f"{limits.max_batch_ms:,.12g} ms" if limits.max_batch_ms else "",
        "Memory": f"{limits.max_memory_mb:,.12g} MB" if limits.max_memory_mb else "",
        "Size of the model": f"{limits.max_size_mb:,.12g} MB" if limits.max_size_mb else "",
        "Device": limits.device,
        "Not to be used or shown": limits.privacy,
    }
    words |= considered_words(objective.considered)
    return {name: text for name, text in words.items() if text}


def considered_words(considered: Considerations) -> dict[str, str]:
    """What was considered beside the objective, as name and words; what is not said is left out."""
    delay = considered.label_delay_days
    tier = risk_tier(considered.risk)
    words = {
        "How often somebody acts": considered.acts_how_often,
        "Today's rule": considered.todays_rule,
        "Alternatives considered": considered.alternatives,
        "Fallback rule": considered.fallback_rule,
        "Not to be used for": considered.out_of_scope,
        "Who is affected": considered.affected_people,
        "Outcome known after": "" if delay is None else with_unit(delay, "days"),
        "Risk": tier.sentence if tier else "",
    }
    for code, answer in considered.reflection.answers:
        said = {True: "Yes. ", False: "No. ", None: ""}[answer.is_yes]
        words[BY_CODE[code].text] = f"{said}{answer.text}".strip()
    words |= later_words(defaults_of(considered))
    return {name: text for name, text in words.items() if text}


def later_words(defaults: Iterable[LaterDefault]) -> dict[str, str]:
    """What answers set, by the stage that begins with it."""
    found: dict[str, list[str]] = {}
    for each in defaults:
        found.setdefault(SET_FOR[each.stage], []).append(f"{each.name}: {each.value}, because {each.because}")
    return {stage: "; ".join(lines) for stage, lines in found.items()}


def lever_details(lever: Lever | Mapping[str, Any]) -> Iterator[str]:
    """What else is said of a lever, as half sentences; nothing for one of before."""
    said = lever.document() if isinstance(lever, Lever) else lever
    unit = said.get("unit") or ""
    if said.get("step"):
        yield f"in steps of {with_unit(said['step'], unit)}"
    if (said.get("scope") or "per_row") != "per_row":
        yield SCOPES[said["scope"]]
    if said.get("max_change"):
        share = said.get("is_max_change_share")
        yield f"moved by at most {with_unit(said['max_change'], '% of today' if share else unit)}"
    if said.get("status_quo"):
        yield f"today {said['status_quo']}"
    if said.get("cost_formula"):
        yield f"unit cost {said['cost_formula']}"
    if (said.get("assignment") or "unknown") != "unknown":
        status = causal_status(said["assignment"])
        if said["assignment"] == "recorded":
            yield f"decided by {', '.join(said['deciding_columns'])}, all in the data"
            yield f"grade {status.grade} until a simulation finds that it has earned B: {status.wording}"
        else:
            yield f"grade {status.grade}: {status.wording}"
    if said.get("chance_column"):
        yield f"its chances recorded in {said['chance_column']}"
