"""Evidence in words: what a reviewer reads, what is frozen beside the signature, and what a later change is told with.

Every function takes the fields of one stored version and returns (name, words) pairs. Names and counts only: never a
row of data.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.automl.sentences import count_of
from services.datasets.recipe.words import describe_step
from services.fairness.sentences import STANDINGS
from services.fairness.tolerance import HARMS
from services.fairness.views import AssessmentTerms
from services.proposals.considerations import considerations_from
from services.proposals.lever import NUMERIC
from services.proposals.sentences import CONNECTIONS, DATA_STATUSES, considered_words, lever_details
from services.proposals.units import with_unit
from services.reviews.manifest import Facts
from services.valuation.amounts import format_money
from services.valuation.assumptions import assumptions_from
from services.valuation.parts import said_beyond_figures


def objective_facts(objective: Mapping[str, Any], levers: Sequence[Mapping[str, Any]]) -> Facts:
    """What should get better, by how much, and by which means."""
    limits = objective["constraints"]
    facts = {
        "Objective": objective["sentence"],
        "Measured by": objective["metric"],
        "Today": with_unit(objective["baseline"], objective["unit"]),
        "Target": with_unit(objective["target"], objective["unit"]),
        "Deadline": f"{objective['by_when']:%-d %B %Y}" if objective["by_when"] else "no date",
        "How it is measured": objective["how_measured"],
        "Decision it informs": objective["decision"],
        "Who decides": objective["decided_by"],
        "What the model predicts": objective["outcome"],
    }
    facts |= {f"Lever {lever['name']}": _lever(lever) for lever in levers}
    facts["Data needed"] = ", ".join(
        f"{need['source']} ({DATA_STATUSES.get(need['status'], need['status'])})" for need in objective["data_needed"]
    )
    facts |= {
        "Slowest answer": with_unit(limits["max_latency_ms"], "ms") if limits.get("max_latency_ms") else "",
        "Slowest 1,000 answers": with_unit(limits["max_batch_ms"], "ms") if limits.get("max_batch_ms") else "",
        "Memory": with_unit(limits["max_memory_mb"], "MB") if limits.get("max_memory_mb") else "",
        "Size of the model": with_unit(limits["max_size_mb"], "MB") if limits.get("max_size_mb") else "",
        "Where it works": CONNECTIONS.get(limits.get("connectivity", ""), ""),
        "Device": limits.get("device", ""),
        "Not to be used or shown": limits.get("privacy", ""),
    }
    facts |= considered_words(considerations_from(objective.get("details", {}).get("considered", {})))
    return _pairs(facts)


def valuation_facts(valuation: Mapping[str, Any]) -> Facts:
    """What right and wrong calls are worth."""
    money = {name: _exact(valuation[name], valuation["currency"]) for name in valuation if name.endswith("_amount")}
    capacity = valuation["capacity_per_month"]
    beyond = said_beyond_figures(assumptions_from(valuation)) if valuation.get("plan") else {}
    return _pairs(
        {
            "Value of a caught case": money["caught_value_amount"],
            "Share of cases where acting works": _percent(valuation["success_rate"]),
            "Cost of acting once": money["action_amount"],
            "Extra cost of a false alarm": money["false_alarm_amount"],
            "Cost of a missed case": money["miss_amount"],
            "Cases a month": f"{valuation['cases_per_month']:,.12g}",
            "Share of cases that matter": _percent(valuation["base_rate"]),
            "Actions possible a month": "no limit" if capacity is None else f"{capacity:,.12g}",
            "Project cost": money["project_amount"],
            "Running cost a month": _exact(valuation["running_amount_per_month"], valuation["currency"]),
            "Horizon": f"{valuation['horizon_months']} months",
            "Discount rate a year": _percent(valuation["yearly_discount_rate"]),
            "Source of the figures": valuation["source"],
        }
        | beyond
    )


def dataset_facts(dataset: Mapping[str, Any]) -> Facts:
    """Which table, how large, and what people decided about its columns."""
    excluded = dataset["excluded"]
    return _pairs(
        {
            "Data version": str(dataset["version"]),
            "File": dataset["file_name"],
            "Rows": f"{dataset['n_rows']:,}",
            "Columns": f"{dataset['n_columns']:,}",
            "Target column": dataset["target"] or "none",
            "Excluded columns": "; ".join(f"{name} ({excluded[name]})" for name in sorted(excluded)) or "none",
            "Steps from the file to the table": _recipe(dataset.get("recipe") or ()),
        }
    )


def model_facts(model: Mapping[str, Any]) -> Facts:
    """Which fitted model."""
    return _pairs(
        {
            "Model": f"{model['name']} (number {model['number']})",
            "Kind of model": model["family"].replace("_", " "),
            "Searched by": model["metric"],
            "Digest": model["digest"][:12],
        }
    )


def threshold_facts(choice: Mapping[str, Any]) -> Facts:
    """From which score on the organisation acts."""
    return _pairs({"Threshold": f"{choice['threshold']:.6g}", "Why this threshold": choice["reason"]})


def tolerance_facts(tolerance: Mapping[str, Any]) -> Facts:
    """How large a gap between groups is accepted, and whether somebody had looked before."""
    harm, largest = next(known for known in HARMS if known == tolerance["harm"]), tolerance["largest_gap"]
    seen = tolerance["n_seen"]
    return _pairs(
        {
            "Largest gap between groups": f"{largest:,.12g}" if harm == "error" else f"{100 * largest:.10g} points",
            "Harm that matters": HARMS[harm],
            "Why this gap": tolerance["reason"],
            "Comparisons seen before": f"{seen:,}" if seen else "none",
        }
    )


def assessment_facts(assessment: Mapping[str, Any], terms: AssessmentTerms) -> Facts:
    """What a comparison of groups came to. Not by which columns: that may tell what drives the model."""
    standing, others = STANDINGS[assessment["standing"]], count_of(terms.n_others, "comparison")
    judged = standing if terms.is_in_force else "judged by another gap or threshold than those in force: compare again"
    return _pairs(
        {
            "Comparison of groups": f"number {assessment['version']}, by {count_of(assessment['n_columns'], 'column')}",
            "Classes good to be given": ", ".join(f"“{label}”" for label in terms.favourable),
            "Against the largest gap": judged,
            "Other comparisons of the model": f"{terms.n_beyond} of {others} beyond the gap" if terms.n_others else "",
            "Four-fifths rule": assessment["verdict"],
            "What it found": assessment["sha256"][:12],
        }
    )


def _recipe(steps: Sequence[Mapping[str, Any]]) -> str:
    """Every step with its reason; nothing where the table is the file as it was read."""
    return " ".join(
        f"{number}. {describe_step(step)}" + (f" ({step['reason']})" if step.get("reason") else "")
        for number, step in enumerate(steps, start=1)
    )


def _lever(lever: Mapping[str, Any]) -> str:
    if lever["kind"] in NUMERIC:
        values = f"{lever['low']:,.12g} to {with_unit(lever['high'], lever['unit'])}"
    elif lever["kind"] == "choice":
        values = ", ".join(lever["choices"])
    else:
        values = "yes or no"
    controlled = f"; {lever['controlled_by']} decides" if lever["controlled_by"] else ""
    direction = {1: "; more of it only raises the outcome", -1: "; more of it only lowers the outcome"}
    details = "".join(f"; {words}" for words in lever_details(lever))
    return f"{values}{direction.get(lever.get('direction') or 0, '')}{details}{controlled}"


def _exact(amount: float, currency: str) -> str:
    """An amount with every digit that distinguishes it: two different payoffs never read alike."""
    symbol, sign = format_money(0, currency).removesuffix("0"), "−" if amount < 0 else ""
    return f"{sign}{symbol}{abs(amount):,.12g}"


def _percent(share: float) -> str:
    return f"{100 * share:.10g}%"


def _pairs(facts: Mapping[str, str]) -> Facts:
    return tuple((name, words) for name, words in facts.items() if words)


OF_ONE_ROW: dict[str, Callable[[Mapping[str, Any]], Facts]] = {
    "model": model_facts,
    "valuation": valuation_facts,
    "dataset": dataset_facts,
    "threshold": threshold_facts,
    "tolerance": tolerance_facts,
}
"""By type of item what says its row in words, where no other row is needed for that."""
