"""The steps from the best model to a signed one."""

from services.automl.sentences import count_of
from services.datasets.recipe.words import counted
from services.portfolio.run_graph.views import DONE, WAITING, Hash, RunFacts, RunStep, state_without


def choose_threshold(facts: RunFacts) -> RunStep | None:
    """From which score on to act; None unless the question is yes or no."""
    model = facts.model
    if facts.run.task != "binary":
        return None
    said = "From which score on to act, chosen out of fold"
    if model is not None and model.evaluation.money is not None:
        said = f"Act from {model.evaluation.money.threshold:.3f} on, chosen out of fold"
    return RunStep("threshold", "Threshold", said, after=("team",), state=DONE if model else state_without(facts.run))


def check_holdout(facts: RunFacts) -> RunStep:
    """The one look at the rows kept aside."""
    model = facts.model
    times = f"; these rows have judged {count_of(facts.n_openings, 'model')}" if facts.n_openings else ""
    said = "Judged once on rows kept aside"
    if model is not None:
        said = model.evaluation.score.sentence.split(". ")[0].rstrip(".") + times
    return RunStep(
        "holdout",
        "Hold-out check",
        said,
        after=("threshold",) if facts.run.task == "binary" else ("team",),
        inputs=(Hash("fitted pipeline", model.pipeline_sha256),) if model else (),
        output=Hash("evaluation", model.evaluation_sha256) if model else None,
        state=DONE if model else state_without(facts.run),
    )


def explain(facts: RunFacts) -> RunStep:
    """What drives the model."""
    model = facts.model
    said = "What drives it"
    if model is not None and model.explanation is not None:
        said = f"{model.explanation.method} on {counted(model.explanation.n_rows, 'row')}"
    return RunStep(
        "explanation",
        "Explanation",
        said,
        after=("team",),
        inputs=(Hash("fitted pipeline", model.pipeline_sha256),) if model else (),
        output=Hash("explanation", model.explanation_sha256) if model else None,
        state=DONE if model else state_without(facts.run),
    )


def keep_model(facts: RunFacts) -> RunStep:
    """The model with its fingerprint."""
    model = facts.model
    inputs = []
    if model is not None:
        inputs = [Hash("fitted pipeline", model.pipeline_sha256)]
        inputs += [Hash("ONNX twin", model.onnx_sha256)] if model.onnx_sha256 else []
    said = (
        f"{model.name}{'' if model.has_onnx else ', without an ONNX twin'}" if model else "Stored with its fingerprint"
    )
    return RunStep(
        "model",
        "Model",
        said,
        after=("holdout", "explanation"),
        inputs=tuple(inputs),
        output=Hash("fingerprint", model.digest) if model else None,
        state=DONE if model else state_without(facts.run),
    )


def sign(facts: RunFacts) -> RunStep:
    """Whether somebody has signed it."""
    review = facts.review
    said = review.question if review else "Nobody has asked for a sign-off yet"
    is_signed = review is not None and review.state == "approved"
    return RunStep(
        "approval",
        "Sign-off",
        said,
        after=("model",),
        inputs=(Hash("fingerprint", facts.model.digest),) if facts.model else (),
        output=Hash("manifest of the evidence", review.manifest_sha256) if review else None,
        state=DONE if is_signed else WAITING,
    )
