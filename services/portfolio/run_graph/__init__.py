"""The real steps of a run as a graph: what went in, what came out, how long it took, and what need not be done again.

Every hash is one that was stored when the step was done. A hash over several of them says so in its name.
"""

from collections.abc import Callable, Sequence

from services.automl.sentences import count_of, describe_seconds
from services.portfolio.run_graph.data import choose_columns, read_file, read_table, take_recipe
from services.portfolio.run_graph.model import check_holdout, choose_threshold, explain, keep_model, sign
from services.portfolio.run_graph.search import deal_rows, fit_best, search, state_objective, state_payoffs
from services.portfolio.run_graph.views import DONE, FAILED, WAITING, Hash, RunFacts, RunStep

__all__ = ["DONE", "FAILED", "WAITING", "Hash", "RunFacts", "RunStep", "describe_graph", "describe_time", "run_graph"]

_STEPS: tuple[Callable[[RunFacts], RunStep | None], ...] = (
    read_file,
    read_table,
    take_recipe,
    choose_columns,
    state_payoffs,
    state_objective,
    deal_rows,
    search,
    fit_best,
    choose_threshold,
    check_holdout,
    explain,
    keep_model,
    sign,
)


def run_graph(facts: RunFacts) -> tuple[RunStep, ...]:
    """The steps in an order in which they can be done."""
    return tuple(step for make in _STEPS if (step := make(facts)) is not None)


def describe_graph(steps: Sequence[RunStep]) -> str:
    """How many steps are done, and how many of them need not be done again."""
    done = [step for step in steps if step.state == DONE]
    reused = sum(bool(step.reused) for step in done)
    failed = next((step for step in steps if step.state == FAILED), None)
    said = f"{len(done)} of {count_of(len(steps), 'step')} {'is' if len(done) == 1 else 'are'} done"
    if reused:
        said += f", {reused} of them taken over from before"
    return f"{said}; it ended at: {failed.title.lower()}" if failed else said


def describe_time(step: RunStep) -> str:
    """40 s, or nothing where it was not measured."""
    if step.seconds is None:
        return ""
    return f"{step.seconds:.1f} s" if step.seconds < 10 else describe_seconds(step.seconds)
