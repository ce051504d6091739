"""The audit log as a person reads it: one sentence for each kind of event."""

from collections.abc import Callable, Mapping
from typing import Any

from services.automl.family_names import describe_families

Facts = Mapping[str, Any]

_VOTES = {
    "sense": "Said that something that drives a model makes sense.",
    "surprised": "Said that something that drives a model surprises them.",
    "no": "Said no to something that drives a model, with a reason.",
    "kept": "Kept a “no” to what drives a model in spite of the answer.",
    "withdrawn": "Withdrew a “no” to what drives a model.",
}
_TASKS = {"clustering": "groups of rows", "anomaly": "unusual rows", "forecasting": "a forecast"}
_SENTENCES: dict[str, str | Callable[[Facts], str]] = {
    "project.started": "Started the project.",
    "project.member_added": lambda after: f"Brought {after.get('name', 'somebody')} into the project.",
    "project.planned": "Said where the project stands in the portfolio: its initiative, or the work that is left.",
    "initiative.saved": lambda after: f"Wrote down the initiative {after.get('name', '')} and its budget.",
    "benefit.recorded": "Wrote down what the project brought.",
    "objective.saved": lambda after: f"Wrote the objective{_version(after)}.",
    "objective.draft_begun": "Began to write the objective.",
    "objective.draft_moved": "Compared a draft of the objective with a newer version.",
    "objective.draft_forgotten": "Forgot a draft of the objective.",
    "valuation.saved": lambda after: f"Said what right and wrong calls are worth{_version(after)}.",
    "dataset.uploaded": lambda after: f"Brought data{_version(after)}.",
    "dataset.column_excluded": "Left a column out of the data, with a reason.",
    "dataset.column_included": "Took a column back into the data.",
    "dataset.target_chosen": "Chose the outcome to predict.",
    "dataset.step_added": "Changed rows of the data by a step of the recipe.",
    "dataset.step_undone": "Took a step of the recipe back.",
    "dataset.step_redone": "Repeated a step of the recipe that was taken back.",
    "dataset.recipe_replayed": "Took the steps of the older data on the new data.",
    "dataset.fixes_applied": "Took fixes that the checks of the data proposed.",
    "dataset.finding_explained": lambda after: f"Kept a finding as it is, with a reason: {after.get('title', '')}.",
    "dataset.finding_reopened": "Opened a finding again that was kept as it is.",
    "dataset.column_described": "Said what a column means.",
    "dataset.feature_suggested": lambda after: f"Suggested a column by formula: {after.get('name', '')}.",
    "dataset.suggestion_taken": lambda after: f"Took a suggested column into the data: {after.get('name', '')}.",
    "dataset.suggestion_declined": lambda after: f"Declined a suggested column: {after.get('name', '')}.",
    "labels.task_created": "Opened a task to label rows.",
    "labels.saved": "Labelled a row.",
    "labels.undone": "Took a label back.",
    "labels.queue_ordered": "A quick model chose which rows to label next.",
    "labels.applied": lambda after: f"Made {after.get('n_labels', 0):,} labels a part of the data.",
    "labels.row_judged": "Decided about a suspicious row, with a reason.",
    "labels.verdicts_applied": lambda after: (
        f"Had {after.get('exclude', 0):,} suspicious rows left out and {after.get('relabel', 0):,} relabelled."
    ),
    "connection.created": lambda after: f"Connected the database {after.get('name', '')}.",
    "connection.secret_rotated": lambda after: f"Encrypted the password of {after.get('name', 'a database')} anew.",
    "connection.removed": lambda after: f"Removed the connection to {after.get('name', 'a database')}.",
    "run.queued": "Started the search for a model.",
    "run.repeated": lambda after: f"Repeated run {after.get('repeats', '')} from one of its steps on.",
    "run.started": "The search for a model began.",
    "run.finished": "The search ended and kept the best model.",
    "run.failed": "The search ended without a model.",
    "run.cancelled": "Cancelled the search for a model.",
    "run.paused": "The search was paused.",
    "run.trained_here": lambda after: f"Went on training on the workers of the portal. {after.get('why', '')}".strip(),
    "run.priority_changed": lambda after: f"Gave a search for a model {after.get('priority', 'another')} priority.",
    "run.resumed": "Let the search go on.",
    "run.pause_asked": "Asked the search to pause.",
    "run.stop_asked": "Asked the search to end and to keep its best model.",
    "run.cancel_asked": "Asked to cancel the search.",
    "run.extended": "Gave the search ten more minutes.",
    "run.continued": "Let a search that had ended go on for ten minutes.",
    "run.files_sent": lambda after: (
        f"Began to send {len(after.get('files', ()))} files of the model to the tracking server."
    ),
    "run.exported": "Wrote the run to the tracking server.",
    "run.imported": "Took the run over from the tracking server.",
    "run.restricted": lambda after: (
        f"Let the search try only {describe_families(after['families'])} from here on."
        if after.get("families")
        else "Let the search try every kind of model again."
    ),
    "notification.read": "Read what the portal had told them.",
    "analysis.finished": lambda after: f"An analysis of the data ended: {_TASKS.get(str(after.get('task')), 'done')}.",
    "simulation.finished": "A simulation of the levers ended.",
    "fairness.assessed": "A comparison of how groups are treated ended.",
    "fairness.tolerance_agreed": lambda after: (
        f"Agreed on the largest gap between groups that is accepted{_version(after)}."
    ),
    "examination.finished": "An examination of a model ended.",
    "examination.answered": "Gave a reason for a finding about a model.",
    "assertion.saved": lambda after: f"Asserted something of the models of the project{_version(after)}.",
    "assertion.withdrawn": "Withdrew an assertion about the models of the project.",
    "explanation.deepened": "Looked behind the explanation of a model: shapes, pairs, stability and parts of the data.",
    "explanation.case_told": "Had the story of one case told.",
    "scenario.saved": lambda after: f"Gave a simulation of the levers a name: {after.get('name', '')}.",
    "model.registered": "A model was found, checked on rows kept aside, and explained.",
    "threshold.chosen": "Chose from which score on to act.",
    "interpretation.expected": "Said which columns should matter to a model, before seeing what drives it.",
    "interpretation.skipped": "Looked at what drives a model without saying first what they expect, with a reason.",
    "interpretation.surprise_answered": "Answered a surprise: why a model differs from what was expected.",
    "interpretation.voted": lambda after: _VOTES.get(str(after.get("vote")), "Voted on what drives a model."),
    "interpretation.vote_answered": "Answered somebody who said no to what drives a model.",
    "interpretation.accepted": "Accepted how the model is explained: it is understood.",
    "interpretation.not_accepted": "Did not accept how the model is explained.",
    "review.requested": "Asked for a sign-off.",
    "review.approved": "Approved: the model may act.",
    "review.approve": "Approved: the model may act.",
    "review.changes_requested": "Asked for changes before the model may act.",
    "review.rejected": "Decided that the model may not act.",
    "review.withdrawn": "Withdrew the request for a sign-off.",
    "review.revoked": "Revoked the approval.",
    "review.superseded": "A newer sign-off took the place of this one.",
    "review.evidence_opened": "Opened a section of the evidence.",
    "deployment.released": "Released the model: it answers predictions.",
    "deployment.ended": "Ended the release of the model.",
    "token.issued": "Issued an API token.",
    "token.revoked": "Revoked an API token.",
    "person.added": lambda after: f"Added {after.get('name', 'a person')}.",
    "person.invited": "Made an invitation link.",
    "person.signed_in": "Signed in.",
    "person.signed_out": "Signed out.",
    "person.sessions_revoked": "Ended the sessions of a person.",
    "person.role_changed": "Changed the role of a person.",
    "person.disabled": "Ended the access of a person.",
    "person.enabled": "Gave a person their access back.",
    "person.password_chosen": "Chose a password.",
    "person.password_changed": "Chose a new password.",
    "portal.set_up": "Set the portal up.",
    "portal.set_up_link_made": "Made the one-time set-up link.",
    "portal.restored": "Restored the portal from a backup.",
}


def describe_event(action: str, after: Facts | None) -> str:
    """One sentence, capitalised, that never shows a data value."""
    found = _SENTENCES.get(action)
    if found is None:
        noun, _, verb = action.partition(".")
        return f"{noun.replace('_', ' ').capitalize()}: {verb.replace('_', ' ')}."
    return found if isinstance(found, str) else found(after or {})


def is_described(action: str) -> bool:
    """Whether the kind of event has a sentence of its own."""
    return action in _SENTENCES


def _version(after: Facts) -> str:
    version = after.get("version")
    return f", version {version}" if isinstance(version, int) and version > 1 else ""
