"""Who may call what: every public command and query, as every role, from inside and from outside a project.

On SQLite only: the rules are Python, and what differs between the databases has tests of its own.
"""

import importlib
import inspect
import pkgutil
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

import services
from db.artifacts import get_artifact_store
from db.engine import new_engine
from db.session import transaction
from db.settings import get_database_settings
from db.tables import Model, Run
from services.analyses import commands as analysis_commands
from services.analyses import queries as analysis_queries
from services.audit.actor import SYSTEM, Actor
from services.audit.queries import get_chain_report, get_head_id
from services.automl import commands as run_commands
from services.automl import queries as run_queries
from services.automl.analysis_task import AnalysisTask
from services.automl.commands.tracking import keep_export, keep_sending
from services.automl.queries.comparison import compare_trials
from services.automl.queries.goals import find_goal
from services.automl.tracking.documents import ImportedRun, ImportedTrial
from services.automl.tracking.file_names import CARD
from services.automl.tracking.settings import get_tracking_settings
from services.automl.turns.commands import set_run_priority
from services.automl.turns.queries import get_turn
from services.connections import commands as connection_commands
from services.connections import queries as connection_queries
from services.connections.views import NewConnection
from services.datasets import commands as dataset_commands
from services.datasets import queries as dataset_queries
from services.datasets.commands.receiving import answer_questions, receive_file
from services.datasets.queries.receiving import get_set_aside
from services.deployments import queries as deployment_queries
from services.errors import ConflictError, NotAllowedError, NotFoundError
from services.examinations import commands as examination_commands
from services.examinations import queries as examination_queries
from services.fairness import commands as fairness_commands
from services.fairness import queries as fairness_queries
from services.fairness.request import AssessmentRequest
from services.interpretations import commands as interpretation_commands
from services.interpretations import queries as interpretation_queries
from services.jobs import commands as job_commands
from services.jobs import queries as job_queries
from services.labels import commands as label_commands
from services.labels import queries as label_queries
from services.models import commands as model_commands
from services.models import queries as model_queries
from services.notifications import commands as notification_commands
from services.notifications import queries as notification_queries
from services.people import commands as people_commands
from services.people import queries as people_queries
from services.people.permissions import Permission, Role
from services.portfolio import queries as portfolio_queries
from services.portfolio.initiatives import commands as initiative_commands
from services.portfolio.initiatives import queries as initiative_queries
from services.portfolio.initiatives.facts import BenefitFacts, InitiativeFacts
from services.portfolio.records.queries import get_portfolio
from services.projects import commands as project_commands
from services.projects import queries as project_queries
from services.proposals import commands as proposal_commands
from services.proposals import queries as proposal_queries
from services.reviews import commands as review_commands
from services.reviews import queries as review_queries
from services.simulation import commands as simulation_commands
from services.simulation import queries as simulation_queries
from services.simulation.request import SimulationRequest
from services.stories import commands as story_commands
from services.stories import queries as story_queries
from services.valuation import commands as valuation_commands
from services.valuation import queries as valuation_queries
from tests.makers import make_actor, make_project, make_sign_in, make_user
from tests.makers_analyses import REQUESTS as ANALYSES
from tests.makers_analyses import make_analysis, make_unusual_report
from tests.makers_connections import make_connection
from tests.makers_datasets import make_changed, make_frame, make_health, make_made, make_newer, make_stored, make_upload
from tests.makers_examinations import (
    LOYAL,
    PRICEY,
    assert_of,
    make_examination,
    make_examination_report,
)
from tests.makers_fairness import make_assessment, make_fairness
from tests.makers_interpretations import expect
from tests.makers_jobs import make_asking, make_reading, make_received
from tests.makers_labels import make_labelled
from tests.makers_models import make_finished
from tests.makers_money import CALLS, RETENTION
from tests.makers_simulation import CONTRACT, make_report, make_simulation

ROLES = (Role.BUSINESS, Role.DATA_SCIENTIST, Role.MANAGER, Role.AUDITOR, Role.ADMIN)

# Five roles as in ROLES as members of the project, then the same five as strangers to it.
# + it happens   . it is answered, and nothing happens   - NotAllowedError   ? NotFoundError   ! ConflictError
COMMANDS = {
    "labels.create_task": "++--- ???-?",
    "labels.save_label": "++--- ???-?",
    "labels.undo_label": "++--- ???-?",
    "labels.request_training": "++--- ???-?",
    "labels.request_worth": "++--- ???-?",
    "labels.apply_labels": "-+--- ???-?",
    "labels.request_noise": "++--- ???-?",
    "labels.request_top_losses": "++--- ???-?",
    "labels.request_comparison": "++--- ???-?",
    "labels.save_verdict": "++--- ???-?",
    "labels.apply_verdicts": "-+--- ???-?",
    "jobs.cancel_job": "-+--- ???-?",  # one's own job, or as somebody who may change the data
    "notifications.mark_read": "?+??? ?????",  # one's own only
    "notifications.mark_all_read": ".+... .....",
    "projects.create_project": "++--- ++---",
    "projects.add_member": "+++-- ???-?",
    "proposals.save_objective": "++--- ???-?",
    "proposals.keep_answer": "++--- ???-?",  # the first answer of a draft writes an event, the next ones none
    "proposals.move_draft": "++--- ???-?",
    "proposals.forget_draft": "++--- ???-?",
    "valuation.save_valuation": "+---- ???-?",
    "datasets.upload_dataset": "-+--- ???-?",
    "datasets.receive_file": "-+--- ???-?",
    "datasets.answer_questions": "-+--- ???-?",
    "datasets.exclude_column": "-+--- ???-?",
    "datasets.include_column": "-+--- ???-?",
    "datasets.choose_target": "-+--- ???-?",
    "datasets.explain_finding": "-+--- ???-?",
    "datasets.reopen_finding": "-+--- ???-?",
    "datasets.save_upload": "-+--- ???-?",  # called by the worker, as who asked
    "datasets.request_steps": "-+--- ???-?",
    "datasets.undo_step": "-+--- ???-?",
    "datasets.redo_step": "-+--- ???-?",
    "datasets.request_replay": "-+--- ???-?",
    "datasets.request_fixes": "-+--- ???-?",
    "datasets.save_recipe": "-+--- ???-?",  # called by the worker, as who asked
    "datasets.describe_column": "++--- ???-?",
    "datasets.suggest_feature": "++--- ???-?",
    "datasets.take_suggestion": "-+--- ???-?",
    "datasets.decline_suggestion": "-+--- ???-?",
    "datasets.request_examination": "++--- ???-?",
    "datasets.request_comparison": "++--- ???-?",
    "datasets.save_health": "++--- ???-?",  # called by the worker, as who asked
    "connections.create_connection": "-+--- ???-?",
    "connections.remove_connection": "-+--- ???-?",
    "connections.test_connection": "-+--- ???-?",
    "connections.request_query": "-+--- ???-?",
    "automl.start_run": "-+--- ???-?",
    "automl.ask_run": "-+--- ???-?",
    "automl.resume_run": "-+--- ???-?",
    "automl.extend_run": "-+--- ???-?",
    "automl.continue_run": "-+--- ???-?",
    "automl.restrict_run": "-+--- ???-?",
    "automl.repeat_run": "-+--- ???-?",
    "automl.request_export": "-+--- ???-?",
    "automl.request_import": "-+--- ???-?",
    "automl.keep_sending": "-+--- ???-?",  # called by the worker, as who asked
    "automl.keep_export": "-+--- ???-?",  # called by the worker, as who asked
    "automl.import_run": "-+--- ???-?",  # called by the worker, as who asked
    "analyses.start_analysis": "-+--- ???-?",
    "automl.set_run_priority": "--+-- ???-?",
    "models.register_model": "-+--- ???-?",  # called by the worker, as the portal itself
    "models.choose_threshold": "++--- ???-?",
    "simulation.start_simulation": "++--- ???-?",
    "simulation.save_scenario": "++--- ???-?",
    "fairness.start_assessment": "+++-- ???-?",
    "fairness.save_assessment": "+++-- ???-?",  # called by the worker, as who asked
    "fairness.agree_tolerance": "+-+-- ???-?",  # who makes the model does not agree on how unfair it may be
    "examinations.start_examination": "++--- ???-?",
    "examinations.answer_finding": "++--- ???-?",
    "examinations.save_assertion": "++--- ???-?",
    "examinations.withdraw_assertion": "++--- ???-?",
    "stories.request_look": "++!-- ???-?",  # the manager has not said yet what they expect
    "stories.request_story": "++!-- ???-?",
    "models.request_training_script": "++++- ???+?",  # who may see the model; an auditor sees every project
    "interpretations.record_expectation": "+!+-- ???-?",  # who made the model need not say it
    "interpretations.skip_expectation": "+!+-- ???-?",
    "interpretations.answer_surprise": "++!-- ???-?",  # the manager has not said yet what they expect
    "interpretations.vote_on_driver": "+-!-- ???-?",
    "interpretations.answer_vote": "-+!-- ???-?",  # the business stakeholder has said no themselves
    "interpretations.decide_interpretation": "+-!-- ???-?",
    "reviews.request_review": "++--- ???-?",
    "reviews.record_opening": "..+.- ???.?",
    "reviews.decide": "--+-- ???-?",
    "reviews.withdraw_review": "-+--- ???-?",  # who asked, whatever their role
    "reviews.revoke": "--+-- ???-?",
    "portfolio.save_initiative": "+-+-- +-+--",
    "portfolio.plan_project": "+-+-- ???-?",
    "portfolio.record_benefit": "+---- ???-?",
    "people.create_user": "----+ ----+",
    "people.change_role": "----+ ----+",
    "people.disable_user": "----+ ----+",
    "people.enable_user": "----+ ----+",
    "people.create_invitation": "----+ ----+",
    "people.create_api_token": "-+--- -?---",
    "people.revoke_api_token": "?+??? ?????",  # one's own only
    "people.revoke_sessions": "----+ ----+",  # of somebody else
    "people.sign_out": "+++++ +++++",
}
UNAUDITED = {
    "proposals.keep_answer",
    "automl.request_export",
    "automl.request_import",
    "analyses.start_analysis",
    "labels.request_training",
    "labels.request_worth",
    "labels.request_noise",
    "labels.request_top_losses",
    "labels.request_comparison",
    "models.request_training_script",
    "simulation.start_simulation",
    "fairness.start_assessment",
    "examinations.start_examination",
    "stories.request_look",
    "stories.request_story",
    "jobs.cancel_job",
    "connections.test_connection",
    "connections.request_query",
    "datasets.receive_file",
    "datasets.answer_questions",
    "datasets.request_steps",
    "datasets.request_replay",
    "datasets.request_fixes",
    "datasets.request_examination",
    "datasets.request_comparison",
    "datasets.save_health",
}  # they only ask a worker for something, or take that back; what it does is audited
QUERIES = {
    "labels.list_tasks": "....- ???.?",
    "labels.find_task": "....- ???.?",
    "labels.get_task": "....- ???.?",
    "labels.get_turn": "..--- ???-?",
    "labels.get_card": "..--- ???-?",
    "labels.get_progress": "....- ???.?",
    "labels.get_agreement": "....- ???.?",
    "labels.list_disputes": "..--- ???-?",
    "labels.get_quick_answer": "..--- ???-?",
    "labels.find_bench": "....- ???.?",
    "labels.find_worth": "....- ???.?",
    "labels.find_suspects": "....- ???.?",
    "labels.find_judge": "....- ???.?",
    "labels.get_suspects": "....- ???.?",
    "datasets.get_set_aside": "....- ???.?",
    "jobs.get_job": "....- ???.?",
    "jobs.list_jobs": "....- ???.?",
    "jobs.find_latest_job": "....- ???.?",
    "jobs.require_waiting_room": "....- ???.?",
    "notifications.list_notifications": "..... .....",  # one's own only
    "projects.authorize_project": "....- ???.?",
    "projects.list_projects": "....- ....-",
    "projects.list_members": "....- ???.?",
    "proposals.find_objective": "....- ???.?",
    "proposals.get_objective": "....- ???.?",
    "proposals.find_version": "....- ???.?",
    "proposals.find_draft": "....- ???.?",
    "proposals.list_later_defaults": "....- ???.?",
    "proposals.list_similar": "....- ???.?",
    "proposals.list_formula_columns": "....- ???.?",
    "proposals.try_formula": "....- ???.?",
    "valuation.find_valuation": "....- ???.?",
    "valuation.get_valuation": "....- ???.?",
    "valuation.list_valuations": "....- ???.?",
    "datasets.find_dataset": "....- ???.?",
    "datasets.get_dataset": "....- ???.?",
    "datasets.list_datasets": "....- ???.?",
    "datasets.get_table_content": "....- ???.?",
    "datasets.get_table_csv": "....- ???.?",
    "datasets.get_lineage": "....- ???.?",
    "datasets.get_rows": "....- ???.?",
    "datasets.get_rows_at": "....- ???.?",
    "datasets.count_rows": "....- ???.?",
    "datasets.get_decisions_text": "....- ???.?",
    "datasets.compare_versions": "....- ???.?",
    "datasets.find_same_source": "....- ???.?",
    "datasets.find_made_table": "....- ???.?",
    "datasets.find_redo": "....- ???.?",
    "datasets.find_replay": "....- ???.?",
    "datasets.find_health": "....- ???.?",
    "datasets.get_checkable": "....- ???.?",
    "datasets.list_descriptions": "....- ???.?",
    "datasets.list_suggestions": "....- ???.?",
    "datasets.preview_formula": "....- ???.?",
    "datasets.try_formula": "....- ???.?",
    "datasets.get_usage": "....- ???.?",
    "datasets.require_room": "....- ???.?",
    "connections.list_connections": "....- ???.?",
    "connections.get_connection": "....- ???.?",
    "connections.list_asked": "....- ???.?",
    "automl.get_run": "....- ???.?",
    "automl.get_run_state": "....- ???.?",
    "automl.find_goal": "....- ???.?",
    "automl.list_runs": "....- ???.?",
    "automl.get_turn": "....- ???.?",
    "automl.find_latest_run": "....- ???.?",
    "automl.get_imported_file": "....- ???.?",
    "automl.count_ended_trials": "....- ???.?",
    "automl.list_run_events": "....- ???.?",
    "automl.compare_trials": "....- ???.?",
    "analyses.list_analyses": "....- ???.?",
    "analyses.get_analysis": "....- ???.?",
    "analyses.get_analysis_file": "....- ???.?",
    "models.get_model": "....- ???.?",
    "models.list_models": "....- ???.?",
    "models.list_model_labels": "....- ???.?",
    "models.find_run_model": "....- ???.?",
    "models.get_project_file": "....- ???.?",
    "models.find_training_script": "....- ???.?",
    "models.list_thresholds": "....- ???.?",
    "interpretations.get_interpretation": "....- ???.?",
    "interpretations.find_row_effects": "....- ???.?",
    "simulation.get_simulator": "....- ???.?",
    "simulation.list_simulations": "....- ???.?",
    "simulation.list_scenarios": "....- ???.?",
    "simulation.get_simulation": "....- ???.?",
    "simulation.get_simulation_file": "!.!.- ???.?",  # the list gives reasons: what is expected is said first
    "simulation.get_guard": "....- ???.?",
    "simulation.get_case": "....- ???.?",
    "fairness.get_fairness": "....- ???.?",
    "fairness.find_tolerance": "....- ???.?",
    "fairness.list_tolerances": "....- ???.?",
    "fairness.list_assessments": "....- ???.?",
    "fairness.get_assessment": "....- ???.?",
    "examinations.get_examinable": "....- ???.?",
    "examinations.find_examination": "....- ???.?",
    "examinations.get_examination": "....- ???.?",
    "examinations.list_assertions": "....- ???.?",
    "examinations.get_asked": "....- ???.?",
    "stories.get_stories": "....- ???.?",  # without what was found, for who is still to say what they expect
    "stories.get_case_story": "..!.- ???.?",
    "reviews.get_review": "....- ???.?",
    "reviews.list_reviews": "....- ....-",
    "reviews.find_model_review": "....- ???.?",
    "reviews.get_standing": "....- ???.?",
    "deployments.get_allowance": "....- ???.?",
    "deployments.get_served_model": "...-- ???-?",
    "deployments.get_simulated_model": "..--- ???-?",
    "deployments.get_signature": "....- ???.?",
    "deployments.list_steps_before": "....- ???.?",
    "deployments.list_deployments": "....- ???.?",
    "portfolio.get_home": "..... .....",  # empty for who sees no projects
    "portfolio.list_decisions": "..... .....",
    "portfolio.list_project_cards": "..... .....",
    "portfolio.get_project_overview": "....- ???.?",
    "portfolio.get_run_graph": "....- ???.?",
    "portfolio.get_audit_page": "--... --...",
    "portfolio.get_portfolio": "....- ....-",  # of the projects one sees
    "portfolio.list_initiatives": "....- ....-",
    "portfolio.find_initiative": "....- ....-",
    "portfolio.list_benefits": "....- ???.?",
    "portfolio.was_approved": "....- ???.?",
    "people.list_people": "----. ----.",
    "people.list_api_tokens": "-.--- -.---",
}
MATRIX = COMMANDS | QUERIES

INTERNAL = {
    "labels.require_task": "a part of commands and queries: authorises",
    "labels.list_labels": "a part of commands and queries that have authorised their actor",
    "labels.list_waiting": "arithmetic on rows its caller has read",
    "labels.raters_by_row": "arithmetic on rows its caller has read",
    "labels.task_view": "shapes a row its caller has read",
    "labels.read_stored_cards": "a file by its hash, for rows its caller may see",
    "audit.record_event": "a part of every command, which has authorised its actor",
    "audit.get_chain_report": "asked by the command line and by the audit page, which checks the permission",
    "audit.get_head_id": "a number that says nothing but that something changed; keys the caches of pages",
    "audit.iterate_events": "asked by the command line, whose owner holds the database itself",
    "audit.list_object_events": "asked by the queries of a thing after their own check",
    "audit.list_project_events": "asked by the page of a project after its own check",
    "jobs.enqueue_job": "a part of commands, which say what permission it takes",
    "jobs.view_of": "shapes a row its caller has read",
    "notifications.notify": "a part of commands, which have authorised their actor, and of the life of a run",
    "automl.next_number": "arithmetic on rows of a project that its caller has locked",
    "automl.tell_starter": "a part of commands, which have authorised their actor, and of the life of a run",
    "automl.describe_news": "words for what its caller has read",
    "connections.view_of": "shapes a row its caller has read",
    "datasets.list_sealed_keys": "asked by the command line, whose owner holds the keys themselves",
    "connections.rotate_secrets": "the command line, whose owner holds the keys themselves",
    "automl.find_position": "one number for a run its caller may see",
    "automl.list_asking": "asked by workers, and a part of queries that give one number of it",
    "automl.list_served": "asked by workers, and a part of queries that give one number of it",
    "automl.list_alive": "asked by workers, and a part of queries that give how many there are",
    "automl.used_worker_seconds": "a part of commands that have authorised their actor",
    "automl.require_room": "a part of commands that have authorised their actor",
    "automl.require_priority": "a part of commands: authorises",
    "datasets.read_model": "shapes a row its caller has read",
    "datasets.lock_project": "a part of commands: authorises, and locks",
    "datasets.lock_latest": "a part of commands: authorises, and locks",
    "datasets.save_version": "a part of commands that have authorised their actor",
    "datasets.enqueue_examination": "a part of commands that have authorised their actor",
    "models.read_evaluation": "a file by its hash, for a model its caller may see",
    "models.count_openings": "a number about a run its caller may see",
    "models.read_money": "a file by its hash, for a model its caller may see",
    "projects.sees_every_project": "a part of queries: says how far a role reaches",
    "models.threshold_view": "shapes a row its caller has read",
    "examinations.latest_assertions": "rows of a project its caller has authorised the actor for",
    "examinations.list_answers": "rows about a model its caller has authorised the actor for",
    "examinations.read_report": "a file by its hash, for an examination its caller may see",
    "stories.find_basis": "a part of commands, queries and jobs whose actor sees the model",
    "stories.find_asked": "a part of commands that have authorised their actor",
    "simulation.scenario_view": "shapes a row its caller has read",
    "simulation.read_report": "a file by its hash, for a simulation its caller may see",
    "fairness.count_seen": "a part of commands that have authorised their actor",
    "fairness.tolerance_view": "shapes a row its caller has read",
    "fairness.terms_of": "a part of the evidence of a model its caller has authorised the actor for",
    "models.find_model_by_name": "asked by the API, which checks what the asker may do",
    "deployments.find_allowance": "the rule itself; pages and API ask get_allowance or get_served_model",
    "deployments.get_project_id": "asked by the API to compare with the reach of a token",
    "deployments.read_artifact": "a file by its hash, for a model its caller may ask",
    "models.hides_explanation": "the rule itself, a part of queries that have authorised their actor",
    "automl.visible_run": "authorises its actor for queries that begin with a run, each of which is in the table",
    "interpretations.find_acceptance": "a part of queries that have authorised their actor",
    "interpretations.find_chosen_class": "a part of commands and queries that have authorised their actor",
    "interpretations.list_votes": "a part of commands and queries that have authorised their actor",
    "interpretations.list_objections": "a part of commands and queries that have authorised their actor",
    "reviews.get_evidence": "a part of commands and queries that have authorised their actor",
    "reviews.require_complete_evidence": "a part of commands that have authorised their actor",
    "reviews.list_contributions": "a part of commands that have authorised their actor",
    "people.new_user": "a part of create_user and of the set-up",
    "people.touch_api_token": "the guard notes that a valid token is in use",
    "people.touch_session": "the guard notes that an open session is in use",
    "people.create_setup_link": "the command line, on an empty portal only",
    "people.accept_set_up": "nobody is signed in yet: the one-time link is the right to do it",
    "people.accept_invitation": "nobody is signed in yet: the one-time link is the right to do it",
    "people.claim_sign_in": "nobody is signed in yet",
    "people.complete_sign_in": "nobody is signed in yet: the password was right",
    "people.sign_in": "nobody is signed in yet: the password is the right to do it",
    "people.sign_in_demo": "nobody is signed in yet; demo people only",
    "people.open_session": "a part of signing in, after the identity was verified",
    "people.end_sessions": "a part of commands that have authorised their actor",
    "people.find_session_actor": "says who the actor is",
    "people.find_open_session": "says who the actor is",
    "people.find_token_actor": "says who the actor is",
    "people.find_actor": "the command line: whoever owns the shell vouches for the person",
    "people.list_demo_people": "the sign-in page of a demo",
    "people.is_set_up": "the sign-in page",
    "people.find_invited": "the page of a one-time link",
    "people.is_set_up_link": "the page of a one-time link",
    "people.find_invitation": "a part of the one-time links",
}


@dataclass(frozen=True)
class World:
    """A filled project: one model approved, one waiting, a run in every state that a command needs."""

    project_id: str
    dataset_id: str
    first_dataset_id: str  # an older version, whose checks nobody waits for
    changed_dataset_id: str  # in another project of the same people, with a step, and one to repeat
    newer_dataset_id: str  # in a third one, where steps can be taken again
    objective_id: str
    valuation_id: str
    queued_run_id: str
    paused_run_id: str
    found_run_id: str  # its model is not registered yet
    modelled_run_id: str
    ended_run_id: str
    approved_model_id: str
    approved_model_name: str
    waiting_model_id: str
    unasked_model_id: str
    judged_model_id: str  # the business stakeholder has said what they expect, and no to one of its drivers
    no_id: str
    approved_review_id: str
    waiting_review_id: str
    token_id: str
    job_id: str
    connection_id: str
    asking_job_id: str
    done_job_id: str
    task_id: str
    noise_job_id: str
    analysis_id: str
    simulation_id: str
    assessment_id: str
    examination_id: str
    assertion_key: str
    waiting_assessment_id: str
    notification_id: str
    suggestion_id: str
    manifest_sha256: str = ""
    other_user_id: str = ""
    other_email: str = ""
    disabled_user_id: str = ""


NOWHERE = "0" * 32
FOREIGN_RUN = ImportedRun(
    address="https://mlflow.example.com",
    source_id="a1",
    name="Theirs",
    metric="roc_auc",
    seed=0,
    dataset_sha256=None,
    valuation_sha256=None,
    environment={},
    split={},
    trials=(ImportedTrial("a2", "linear", {}, "complete", 0.8, None, (), 1.0, None),),
)
RECIPE = {"recipe": [], "action": "dataset.step_added", "change": "A step", "reason": "", "excluded": {}}
_NO_IDS = {"manifest_sha256", "other_user_id", "other_email", "disabled_user_id"}


def _lost(world: World) -> World:
    """The same world with ids that nobody ever gave out."""
    return replace(world, **{field.name: NOWHERE for field in fields(world) if field.name not in _NO_IDS})


Call = Callable[[Session, Actor, World], Any]
CALL: dict[str, Call] = {
    "labels.create_task": lambda s, a, w: label_commands.create_task(
        s, actor=a, dataset_id=w.dataset_id, column="will_stay", classes=("No", "Yes"), guideline="As you see it."
    ),
    "labels.save_label": lambda s, a, w: label_commands.save_label(s, actor=a, task_id=w.task_id, row=3, value="No"),
    "labels.undo_label": lambda s, a, w: label_commands.undo_label(s, actor=a, task_id=w.task_id),
    "labels.request_training": lambda s, a, w: label_commands.request_training(s, actor=a, task_id=w.task_id),
    "labels.request_worth": lambda s, a, w: label_commands.request_worth(s, actor=a, dataset_id=w.dataset_id),
    "labels.apply_labels": lambda s, a, w: label_commands.apply_labels(s, actor=a, task_id=w.task_id),
    "labels.request_noise": lambda s, a, w: label_commands.request_noise(s, actor=a, dataset_id=w.dataset_id),
    "labels.request_top_losses": lambda s, a, w: label_commands.request_top_losses(
        s, actor=a, model_id=w.approved_model_id
    ),
    "labels.request_comparison": lambda s, a, w: label_commands.request_comparison(
        s, actor=a, model_id=w.approved_model_id, dataset_id=w.dataset_id
    ),
    "labels.save_verdict": lambda s, a, w: label_commands.save_verdict(
        s, actor=a, job_id=w.noise_job_id, row=3, verdict="keep", reason="Looked at it"
    ),
    "labels.apply_verdicts": lambda s, a, w: label_commands.apply_verdicts(s, actor=a, job_id=w.noise_job_id),
    "labels.list_tasks": lambda s, a, w: label_queries.list_tasks(s, actor=a, project_id=w.project_id),
    "labels.find_task": lambda s, a, w: label_queries.find_task(s, actor=a, project_id=w.project_id),
    "labels.get_task": lambda s, a, w: label_queries.get_task(s, actor=a, task_id=w.task_id),
    "labels.get_turn": lambda s, a, w: label_queries.get_turn(s, actor=a, task_id=w.task_id),
    "labels.get_card": lambda s, a, w: label_queries.get_card(s, actor=a, task_id=w.task_id, place=0),
    "labels.get_progress": lambda s, a, w: label_queries.get_progress(s, actor=a, task_id=w.task_id),
    "labels.get_agreement": lambda s, a, w: label_queries.get_agreement(s, actor=a, task_id=w.task_id),
    "labels.list_disputes": lambda s, a, w: label_queries.list_disputes(s, actor=a, task_id=w.task_id),
    "labels.get_quick_answer": lambda s, a, w: label_queries.get_quick_answer(s, actor=a, task_id=w.task_id, values={}),
    "labels.find_bench": lambda s, a, w: label_queries.find_bench(s, actor=a, project_id=w.project_id),
    "labels.find_worth": lambda s, a, w: label_queries.find_worth(
        s, actor=a, project_id=w.project_id, subject_id=w.task_id
    ),
    "labels.find_suspects": lambda s, a, w: label_queries.find_suspects(
        s, actor=a, project_id=w.project_id, kind="labels.noise"
    ),
    "labels.find_judge": lambda s, a, w: label_queries.find_judge(s, actor=a, dataset_id=w.dataset_id),
    "labels.get_suspects": lambda s, a, w: label_queries.get_suspects(s, actor=a, job_id=w.noise_job_id),
    "datasets.receive_file": lambda s, a, w: receive_file(
        s, actor=a, project_id=w.project_id, file_name="new.csv", source_sha256="0" * 64, n_bytes=10
    ),
    "datasets.answer_questions": lambda s, a, w: answer_questions(s, actor=a, job_id=w.asking_job_id, answers=["day"]),
    "datasets.get_set_aside": lambda s, a, w: get_set_aside(s, actor=a, job_id=w.done_job_id),
    "jobs.cancel_job": lambda s, a, w: job_commands.cancel_job(s, actor=a, job_id=w.job_id),
    "jobs.get_job": lambda s, a, w: job_queries.get_job(s, actor=a, job_id=w.job_id),
    "jobs.list_jobs": lambda s, a, w: job_queries.list_jobs(s, actor=a, project_id=w.project_id),
    "jobs.require_waiting_room": lambda s, a, w: job_queries.require_waiting_room(s, actor=a, project_id=w.project_id),
    "jobs.find_latest_job": lambda s, a, w: job_queries.find_latest_job(
        s, actor=a, project_id=w.project_id, kind="dataset.read"
    ),
    "notifications.mark_read": lambda s, a, w: notification_commands.mark_read(
        s, actor=a, notification_id=w.notification_id
    ),
    "notifications.mark_all_read": lambda s, a, w: notification_commands.mark_all_read(s, actor=a),
    "notifications.list_notifications": lambda s, a, w: notification_queries.list_notifications(s, actor=a),
    "projects.create_project": lambda s, a, w: project_commands.create_project(s, actor=a, sentence="Fewer returns"),
    "projects.add_member": lambda s, a, w: project_commands.add_member(
        s, actor=a, project_id=w.project_id, email=w.other_email
    ),
    "projects.authorize_project": lambda s, a, w: project_queries.authorize_project(
        s, actor=a, project_id=w.project_id, permission=Permission.SEE_PROJECT
    ),
    "projects.list_projects": lambda s, a, w: project_queries.list_projects(s, actor=a),
    "projects.list_members": lambda s, a, w: project_queries.list_members(s, actor=a, project_id=w.project_id),
    "proposals.save_objective": lambda s, a, w: proposal_commands.save_objective(
        s, actor=a, project_id=w.project_id, objective=replace(RETENTION, target=3.0), based_on=1
    ),
    "proposals.keep_answer": lambda s, a, w: proposal_commands.keep_answer(
        s, actor=a, project_id=w.project_id, name="metric", value="Leavers", based_on=1
    ),
    "proposals.move_draft": lambda s, a, w: proposal_commands.move_draft(
        s, actor=a, project_id=w.project_id, answers={"target": 2.0}, based_on=1
    ),
    "proposals.forget_draft": lambda s, a, w: proposal_commands.forget_draft(s, actor=a, project_id=w.project_id),
    "proposals.find_version": lambda s, a, w: proposal_queries.find_version(
        s, actor=a, project_id=w.project_id, version=1
    ),
    "proposals.find_draft": lambda s, a, w: proposal_queries.find_draft(s, actor=a, project_id=w.project_id),
    "proposals.list_later_defaults": lambda s, a, w: proposal_queries.list_later_defaults(
        s, actor=a, project_id=w.project_id
    ),
    "proposals.list_similar": lambda s, a, w: proposal_queries.list_similar(
        s, actor=a, project_id=w.project_id, sentence="Fewer customers should leave us"
    ),
    "proposals.list_formula_columns": lambda s, a, w: proposal_queries.list_formula_columns(
        s, actor=a, project_id=w.project_id
    ),
    "proposals.try_formula": lambda s, a, w: proposal_queries.try_formula(
        s, actor=a, project_id=w.project_id, text="2 + 2"
    ),
    "proposals.find_objective": lambda s, a, w: proposal_queries.find_objective(s, actor=a, project_id=w.project_id),
    "proposals.get_objective": lambda s, a, w: proposal_queries.get_objective(s, actor=a, objective_id=w.objective_id),
    "valuation.save_valuation": lambda s, a, w: valuation_commands.save_valuation(
        s, actor=a, project_id=w.project_id, assumptions=replace(CALLS, action_amount=40.0), based_on=1
    ),
    "valuation.find_valuation": lambda s, a, w: valuation_queries.find_valuation(s, actor=a, project_id=w.project_id),
    "valuation.list_valuations": lambda s, a, w: valuation_queries.list_valuations(s, actor=a, project_id=w.project_id),
    "valuation.get_valuation": lambda s, a, w: valuation_queries.get_valuation(s, actor=a, valuation_id=w.valuation_id),
    "datasets.upload_dataset": lambda s, a, w: dataset_commands.upload_dataset(
        s, actor=a, project_id=w.project_id, upload=make_upload(make_frame(seed=2))
    ),
    "datasets.exclude_column": lambda s, a, w: dataset_commands.exclude_column(
        s, actor=a, dataset_id=w.dataset_id, column="charges", reason="Known too late"
    ),
    "datasets.include_column": lambda s, a, w: dataset_commands.include_column(
        s, actor=a, dataset_id=w.dataset_id, column="payment"
    ),
    "datasets.choose_target": lambda s, a, w: dataset_commands.choose_target(
        s, actor=a, dataset_id=w.dataset_id, column="contract"
    ),
    "datasets.save_upload": lambda s, a, w: dataset_commands.save_upload(
        s, actor=a, project_id=w.project_id, stored=make_stored(make_upload(make_frame(seed=2)))
    ),
    "datasets.request_steps": lambda s, a, w: dataset_commands.request_steps(
        s, actor=a, dataset_id=w.changed_dataset_id, steps=[{"kind": "to_text", "column": "tenure"}]
    ),
    "datasets.undo_step": lambda s, a, w: dataset_commands.undo_step(
        s, actor=a, dataset_id=w.changed_dataset_id, index=0
    ),
    "datasets.redo_step": lambda s, a, w: dataset_commands.redo_step(s, actor=a, dataset_id=w.changed_dataset_id),
    "datasets.request_replay": lambda s, a, w: dataset_commands.request_replay(
        s, actor=a, dataset_id=w.newer_dataset_id
    ),
    "datasets.request_fixes": lambda s, a, w: dataset_commands.request_fixes(
        s, actor=a, dataset_id=w.changed_dataset_id
    ),
    "datasets.explain_finding": lambda s, a, w: dataset_commands.explain_finding(
        s, actor=a, dataset_id=w.changed_dataset_id, code="id_like", columns=["customerID"], reason="A key we need"
    ),
    "datasets.reopen_finding": lambda s, a, w: dataset_commands.reopen_finding(
        s, actor=a, dataset_id=w.changed_dataset_id, code="outliers", columns=["charges"]
    ),
    "datasets.save_recipe": lambda s, a, w: dataset_commands.save_recipe(
        s, actor=a, dataset_id=w.newer_dataset_id, made=make_made(), request=RECIPE
    ),
    "datasets.describe_column": lambda s, a, w: dataset_commands.describe_column(
        s, actor=a, project_id=w.project_id, column="tenure", unit="months"
    ),
    "datasets.suggest_feature": lambda s, a, w: dataset_commands.suggest_feature(
        s, actor=a, project_id=w.project_id, name="per month", formula="charges / tenure", reason="It matters"
    ),
    "datasets.take_suggestion": lambda s, a, w: dataset_commands.take_suggestion(
        s, actor=a, suggestion_id=w.suggestion_id
    ),
    "datasets.decline_suggestion": lambda s, a, w: dataset_commands.decline_suggestion(
        s, actor=a, suggestion_id=w.suggestion_id, reason="It is known only afterwards"
    ),
    "datasets.request_examination": lambda s, a, w: dataset_commands.request_examination(
        s, actor=a, dataset_id=w.first_dataset_id
    ),
    "datasets.request_comparison": lambda s, a, w: dataset_commands.request_comparison(
        s, actor=a, before_id=w.changed_dataset_id, after_id=w.changed_dataset_id
    ),
    "datasets.save_health": lambda s, a, w: dataset_commands.save_health(
        s, actor=a, dataset_id=w.changed_dataset_id, document=make_health(make_frame()).document()
    ),
    "datasets.get_table_csv": lambda s, a, w: dataset_queries.get_table_csv(s, actor=a, dataset_id=w.dataset_id),
    "datasets.get_rows": lambda s, a, w: dataset_queries.get_rows(
        s, actor=a, dataset_id=w.dataset_id, start=0, n=5, columns=["tenure"]
    ),
    "datasets.get_rows_at": lambda s, a, w: dataset_queries.get_rows_at(
        s, actor=a, dataset_id=w.dataset_id, positions=[0, 4], columns=["tenure"]
    ),
    "datasets.count_rows": lambda s, a, w: dataset_queries.count_rows(
        s, actor=a, dataset_id=w.dataset_id, condition={"column": "tenure", "operator": "is_missing"}
    ),
    "datasets.get_lineage": lambda s, a, w: dataset_queries.get_lineage(s, actor=a, dataset_id=w.dataset_id),
    "datasets.get_decisions_text": lambda s, a, w: dataset_queries.get_decisions_text(
        s, actor=a, dataset_id=w.dataset_id
    ),
    "datasets.compare_versions": lambda s, a, w: dataset_queries.compare_versions(
        s, actor=a, before_id=w.dataset_id, after_id=w.dataset_id
    ),
    "datasets.find_same_source": lambda s, a, w: dataset_queries.find_same_source(
        s, actor=a, project_id=w.project_id, source_sha256="0" * 64
    ),
    "datasets.find_made_table": lambda s, a, w: dataset_queries.find_made_table(
        s, actor=a, dataset_id=w.dataset_id, recipe=[]
    ),
    "datasets.find_redo": lambda s, a, w: dataset_queries.find_redo(s, actor=a, dataset_id=w.dataset_id),
    "datasets.find_replay": lambda s, a, w: dataset_queries.find_replay(s, actor=a, dataset_id=w.dataset_id),
    "datasets.find_health": lambda s, a, w: dataset_queries.find_health(s, actor=a, dataset_id=w.dataset_id),
    "datasets.get_checkable": lambda s, a, w: dataset_queries.get_checkable(s, actor=a, dataset_id=w.dataset_id),
    "datasets.list_descriptions": lambda s, a, w: dataset_queries.list_descriptions(
        s, actor=a, project_id=w.project_id
    ),
    "datasets.list_suggestions": lambda s, a, w: dataset_queries.list_suggestions(s, actor=a, project_id=w.project_id),
    "datasets.preview_formula": lambda s, a, w: dataset_queries.preview_formula(
        s, actor=a, project_id=w.project_id, formula="charges / tenure"
    ),
    "datasets.try_formula": lambda s, a, w: dataset_queries.try_formula(
        s,
        actor=a,
        dataset=dataset_queries.get_dataset(s, actor=SYSTEM, dataset_id=w.dataset_id),
        formula="charges / tenure",
    ),
    "datasets.get_usage": lambda s, a, w: dataset_queries.get_usage(s, actor=a, project_id=w.project_id),
    "datasets.require_room": lambda s, a, w: dataset_queries.require_room(
        s, actor=a, project_id=w.project_id, n_bytes=1
    ),
    "datasets.find_dataset": lambda s, a, w: dataset_queries.find_dataset(s, actor=a, project_id=w.project_id),
    "datasets.get_dataset": lambda s, a, w: dataset_queries.get_dataset(s, actor=a, dataset_id=w.dataset_id),
    "datasets.list_datasets": lambda s, a, w: dataset_queries.list_datasets(s, actor=a, project_id=w.project_id),
    "datasets.get_table_content": lambda s, a, w: dataset_queries.get_table_content(
        s, actor=a, dataset_id=w.dataset_id
    ),
    "connections.create_connection": lambda s, a, w: connection_commands.create_connection(
        s, actor=a, project_id=w.project_id, wanted=NewConnection("New", "sqlite"), content=b"SQLite format 3\0"
    ),
    "connections.remove_connection": lambda s, a, w: connection_commands.remove_connection(
        s, actor=a, connection_id=w.connection_id
    ),
    "connections.test_connection": lambda s, a, w: connection_commands.test_connection(
        s, actor=a, connection_id=w.connection_id
    ),
    "connections.request_query": lambda s, a, w: connection_commands.request_query(
        s, actor=a, connection_id=w.connection_id, statement="SELECT 1"
    ),
    "connections.list_connections": lambda s, a, w: connection_queries.list_connections(
        s, actor=a, project_id=w.project_id
    ),
    "connections.get_connection": lambda s, a, w: connection_queries.get_connection(
        s, actor=a, connection_id=w.connection_id
    ),
    "connections.list_asked": lambda s, a, w: connection_queries.list_asked(s, actor=a, project_id=w.project_id),
    "automl.start_run": lambda s, a, w: run_commands.start_run(
        s, actor=a, project_id=w.project_id, dataset_id=w.dataset_id
    ),
    "automl.ask_run": lambda s, a, w: run_commands.ask_run(s, actor=a, run_id=w.queued_run_id, wish="pause"),
    "automl.resume_run": lambda s, a, w: run_commands.resume_run(s, actor=a, run_id=w.paused_run_id),
    "automl.extend_run": lambda s, a, w: run_commands.extend_run(s, actor=a, run_id=w.queued_run_id, based_on=300.0),
    "automl.continue_run": lambda s, a, w: run_commands.continue_run(s, actor=a, run_id=w.modelled_run_id),
    "automl.restrict_run": lambda s, a, w: run_commands.restrict_run(
        s, actor=a, run_id=w.queued_run_id, families=["linear"]
    ),
    "automl.repeat_run": lambda s, a, w: run_commands.repeat_run(s, actor=a, run_id=w.ended_run_id, step="split"),
    "automl.set_run_priority": lambda s, a, w: set_run_priority(s, actor=a, run_id=w.queued_run_id, priority="high"),
    "automl.get_turn": lambda s, a, w: get_turn(s, actor=a, run_id=w.queued_run_id),
    "automl.find_goal": lambda s, a, w: find_goal(s, actor=a, run_id=w.queued_run_id),
    "automl.get_run": lambda s, a, w: run_queries.get_run(s, actor=a, run_id=w.queued_run_id),
    "automl.list_run_events": lambda s, a, w: run_queries.list_run_events(s, actor=a, run_id=w.queued_run_id),
    "automl.get_imported_file": lambda s, a, w: run_queries.get_imported_file(
        s, actor=a, run_id=w.modelled_run_id, name=CARD
    ),
    "automl.get_run_state": lambda s, a, w: run_queries.get_run_state(s, actor=a, run_id=w.queued_run_id),
    "automl.list_runs": lambda s, a, w: run_queries.list_runs(s, actor=a, project_id=w.project_id),
    "automl.find_latest_run": lambda s, a, w: run_queries.find_latest_run(s, actor=a, project_id=w.project_id),
    "automl.compare_trials": lambda s, a, w: compare_trials(s, actor=a, project_id=w.project_id, pins=[]),
    "automl.count_ended_trials": lambda s, a, w: run_queries.count_ended_trials(s, actor=a, project_id=w.project_id),
    "models.register_model": lambda s, a, w: model_commands.register_model(
        s, actor=a, run_id=w.found_run_id, finished=make_finished()
    ),
    "models.choose_threshold": lambda s, a, w: model_commands.choose_threshold(
        s, actor=a, model_id=w.approved_model_id, threshold=0.4, reason="Fewer calls"
    ),
    "automl.request_export": lambda s, a, w: run_commands.request_export(s, actor=a, run_id=w.modelled_run_id),
    "automl.request_import": lambda s, a, w: run_commands.request_import(
        s, actor=a, project_id=w.project_id, source_id="a1"
    ),
    "automl.keep_sending": lambda s, a, w: keep_sending(
        s,
        actor=a,
        run_id=w.modelled_run_id,
        address="https://mlflow.example.com",
        source_id="a1",
        files={CARD: "a" * 64},
    ),
    "automl.keep_export": lambda s, a, w: keep_export(
        s, actor=a, run_id=w.modelled_run_id, address="https://mlflow.example.com", source_id="a1"
    ),
    "automl.import_run": lambda s, a, w: run_commands.import_run(
        s, actor=a, project_id=w.project_id, found=FOREIGN_RUN, dataset_id=w.dataset_id
    ),
    "analyses.start_analysis": lambda s, a, w: analysis_commands.start_analysis(
        s, actor=a, project_id=w.project_id, dataset_id=w.dataset_id, request=ANALYSES[AnalysisTask.CLUSTERING]
    ),
    "analyses.list_analyses": lambda s, a, w: analysis_queries.list_analyses(s, actor=a, project_id=w.project_id),
    "analyses.get_analysis": lambda s, a, w: analysis_queries.get_analysis(s, actor=a, analysis_id=w.analysis_id),
    "analyses.get_analysis_file": lambda s, a, w: analysis_queries.get_analysis_file(
        s, actor=a, analysis_id=w.analysis_id, kind="table"
    ),
    "models.get_model": lambda s, a, w: model_queries.get_model(s, actor=a, model_id=w.approved_model_id),
    "models.list_models": lambda s, a, w: model_queries.list_models(s, actor=a, project_id=w.project_id),
    "models.list_model_labels": lambda s, a, w: model_queries.list_model_labels(s, actor=a, project_id=w.project_id),
    "models.find_run_model": lambda s, a, w: model_queries.find_run_model(s, actor=a, run_id=w.modelled_run_id),
    "models.get_project_file": lambda s, a, w: model_queries.get_project_file(s, actor=a, run_id=w.modelled_run_id),
    "models.find_training_script": lambda s, a, w: model_queries.find_training_script(
        s, actor=a, model_id=w.approved_model_id
    ),
    "models.request_training_script": lambda s, a, w: model_commands.request_training_script(
        s, actor=a, model_id=w.approved_model_id
    ),
    "models.list_thresholds": lambda s, a, w: model_queries.list_thresholds(s, actor=a, model_id=w.approved_model_id),
    "interpretations.record_expectation": lambda s, a, w: interpretation_commands.record_expectation(
        s, actor=a, model_id=w.unasked_model_id, columns=[{"column": "tenure", "direction": "lowers"}]
    ),
    "interpretations.skip_expectation": lambda s, a, w: interpretation_commands.skip_expectation(
        s, actor=a, model_id=w.unasked_model_id, reason="Seen before"
    ),
    "interpretations.answer_surprise": lambda s, a, w: interpretation_commands.answer_surprise(
        s, actor=a, model_id=w.judged_model_id, kind="unexpected", column="tenure", sentence="They are bound."
    ),
    "interpretations.vote_on_driver": lambda s, a, w: interpretation_commands.vote_on_driver(
        s, actor=a, model_id=w.judged_model_id, column="contract", vote="sense"
    ),
    "interpretations.answer_vote": lambda s, a, w: interpretation_commands.answer_vote(
        s, actor=a, model_id=w.judged_model_id, vote_id=w.no_id, sentence="It was measured."
    ),
    "interpretations.decide_interpretation": lambda s, a, w: _decide_interpretation(s, a, w),
    "interpretations.get_interpretation": lambda s, a, w: interpretation_queries.get_interpretation(
        s, actor=a, model_id=w.judged_model_id
    ),
    "interpretations.find_row_effects": lambda s, a, w: interpretation_queries.find_row_effects(
        s, actor=a, model_id=w.judged_model_id
    ),
    "simulation.start_simulation": lambda s, a, w: simulation_commands.start_simulation(
        s, actor=a, request=SimulationRequest(w.approved_model_id, ("Contract",), budget_amount=1.0)
    ),
    "simulation.save_scenario": lambda s, a, w: simulation_commands.save_scenario(
        s, actor=a, simulation_id=w.simulation_id, name="Half of the budget"
    ),
    "fairness.start_assessment": lambda s, a, w: fairness_commands.start_assessment(
        s, actor=a, request=AssessmentRequest(w.judged_model_id, ("payment",))
    ),
    "fairness.save_assessment": lambda s, a, w: fairness_commands.save_assessment(
        s, actor=a, assessment_id=w.waiting_assessment_id, report=make_fairness()
    ),
    "fairness.agree_tolerance": lambda s, a, w: fairness_commands.agree_tolerance(
        s, actor=a, project_id=w.project_id, harm="missed", largest_gap=0.1, reason="As today", based_on=0
    ),
    "fairness.get_fairness": lambda s, a, w: fairness_queries.get_fairness(s, actor=a, model_id=w.approved_model_id),
    "fairness.find_tolerance": lambda s, a, w: fairness_queries.find_tolerance(s, actor=a, project_id=w.project_id),
    "fairness.list_tolerances": lambda s, a, w: fairness_queries.list_tolerances(s, actor=a, project_id=w.project_id),
    "fairness.list_assessments": lambda s, a, w: fairness_queries.list_assessments(
        s, actor=a, model_id=w.approved_model_id
    ),
    "fairness.get_assessment": lambda s, a, w: fairness_queries.get_assessment(
        s, actor=a, assessment_id=w.assessment_id
    ),
    "examinations.start_examination": lambda s, a, w: examination_commands.start_examination(
        s, actor=a, model_id=w.approved_model_id
    ),
    "examinations.answer_finding": lambda s, a, w: examination_commands.answer_finding(
        s, actor=a, examination_id=w.examination_id, code="twin", reason="The scoring process is fast enough"
    ),
    "examinations.save_assertion": lambda s, a, w: examination_commands.save_assertion(
        s, actor=a, model_id=w.approved_model_id, assertion=LOYAL
    ),
    "examinations.withdraw_assertion": lambda s, a, w: examination_commands.withdraw_assertion(
        s, actor=a, model_id=w.approved_model_id, key=w.assertion_key, based_on=1
    ),
    "examinations.get_examinable": lambda s, a, w: examination_queries.get_examinable(
        s, actor=a, model_id=w.approved_model_id
    ),
    "examinations.find_examination": lambda s, a, w: examination_queries.find_examination(
        s, actor=a, model_id=w.approved_model_id
    ),
    "examinations.get_examination": lambda s, a, w: examination_queries.get_examination(
        s, actor=a, examination_id=w.examination_id
    ),
    "examinations.list_assertions": lambda s, a, w: examination_queries.list_assertions(
        s, actor=a, model_id=w.approved_model_id
    ),
    "examinations.get_asked": lambda s, a, w: examination_queries.get_asked(s, actor=a, model_id=w.approved_model_id),
    "stories.request_look": lambda s, a, w: story_commands.request_look(s, actor=a, model_id=w.judged_model_id),
    "stories.request_story": lambda s, a, w: story_commands.request_story(
        s, actor=a, model_id=w.judged_model_id, row=1
    ),
    "stories.get_stories": lambda s, a, w: story_queries.get_stories(s, actor=a, model_id=w.judged_model_id),
    "stories.get_case_story": lambda s, a, w: story_queries.get_case_story(
        s, actor=a, model_id=w.judged_model_id, row=1
    ),
    "simulation.get_simulator": lambda s, a, w: simulation_queries.get_simulator(
        s, actor=a, model_id=w.approved_model_id
    ),
    "simulation.list_simulations": lambda s, a, w: simulation_queries.list_simulations(
        s, actor=a, model_id=w.approved_model_id
    ),
    "simulation.list_scenarios": lambda s, a, w: simulation_queries.list_scenarios(s, actor=a, project_id=w.project_id),
    "simulation.get_simulation": lambda s, a, w: simulation_queries.get_simulation(
        s, actor=a, simulation_id=w.simulation_id
    ),
    "simulation.get_case": lambda s, a, w: simulation_queries.get_case(
        s, actor=a, simulation_id=w.simulation_id, row=1
    ),
    "simulation.get_guard": lambda s, a, w: simulation_queries.get_guard(s, actor=a, simulation_id=w.simulation_id),
    "simulation.get_simulation_file": lambda s, a, w: simulation_queries.get_simulation_file(
        s, actor=a, simulation_id=w.simulation_id, kind="csv"
    ),
    "reviews.request_review": lambda s, a, w: review_commands.request_review(
        s, actor=a, model_id=w.unasked_model_id, question="May it decide?"
    ),
    "reviews.record_opening": lambda s, a, w: review_commands.record_opening(
        s, actor=a, review_id=w.waiting_review_id, section="money"
    ),
    "reviews.decide": lambda s, a, w: review_commands.decide(
        s,
        actor=a,
        review_id=w.waiting_review_id,
        verdict="approve",
        reason="The money holds.",
        manifest_sha256=w.manifest_sha256,
    ),
    "reviews.withdraw_review": lambda s, a, w: review_commands.withdraw_review(
        s, actor=a, review_id=w.waiting_review_id
    ),
    "reviews.revoke": lambda s, a, w: review_commands.revoke(
        s, actor=a, review_id=w.approved_review_id, reason="An incident"
    ),
    "reviews.get_review": lambda s, a, w: review_queries.get_review(s, actor=a, review_id=w.waiting_review_id),
    "reviews.list_reviews": lambda s, a, w: review_queries.list_reviews(s, actor=a),
    "reviews.find_model_review": lambda s, a, w: review_queries.find_model_review(
        s, actor=a, model_id=w.waiting_model_id
    ),
    "reviews.get_standing": lambda s, a, w: review_queries.get_standing(s, actor=a, review_id=w.waiting_review_id),
    "deployments.get_allowance": lambda s, a, w: deployment_queries.get_allowance(
        s, actor=a, model_name=w.approved_model_name
    ),
    "deployments.get_simulated_model": lambda s, a, w: deployment_queries.get_simulated_model(
        s, actor=a, model_id=w.unasked_model_id
    ),
    "deployments.get_served_model": lambda s, a, w: deployment_queries.get_served_model(
        s, actor=a, model_name=w.approved_model_name
    ),
    "deployments.get_signature": lambda s, a, w: deployment_queries.get_signature(
        s, actor=a, model_name=w.approved_model_name
    ),
    "deployments.list_steps_before": lambda s, a, w: deployment_queries.list_steps_before(
        s, actor=a, model_name=w.approved_model_name
    ),
    "deployments.list_deployments": lambda s, a, w: deployment_queries.list_deployments(
        s, actor=a, project_id=w.project_id
    ),
    "portfolio.get_home": lambda s, a, w: portfolio_queries.get_home(s, actor=a),
    "portfolio.list_decisions": lambda s, a, w: portfolio_queries.list_decisions(s, actor=a),
    "portfolio.list_project_cards": lambda s, a, w: portfolio_queries.list_project_cards(s, actor=a),
    "portfolio.get_project_overview": lambda s, a, w: portfolio_queries.get_project_overview(
        s, actor=a, project_id=w.project_id
    ),
    "portfolio.get_run_graph": lambda s, a, w: portfolio_queries.get_run_graph(s, actor=a, run_id=w.modelled_run_id),
    "portfolio.get_audit_page": lambda s, a, w: portfolio_queries.get_audit_page(s, actor=a),
    "portfolio.get_portfolio": lambda s, a, w: get_portfolio(s, actor=a),
    "portfolio.list_initiatives": lambda s, a, w: initiative_queries.list_initiatives(s, actor=a),
    "portfolio.find_initiative": lambda s, a, w: initiative_queries.find_initiative(s, actor=a, initiative_id="none"),
    "portfolio.list_benefits": lambda s, a, w: initiative_queries.list_benefits(s, actor=a, project_id=w.project_id),
    "portfolio.was_approved": lambda s, a, w: initiative_queries.was_approved(s, actor=a, project_id=w.project_id),
    "portfolio.save_initiative": lambda s, a, w: initiative_commands.save_initiative(
        s, actor=a, facts=InitiativeFacts("Service", a.email, "EUR", 100_000.0)
    ),
    "portfolio.plan_project": lambda s, a, w: initiative_commands.plan_project(
        s, actor=a, project_id=w.project_id, initiative_id=None, person_days=20.0
    ),
    "portfolio.record_benefit": lambda s, a, w: initiative_commands.record_benefit(
        s,
        actor=a,
        project_id=w.project_id,
        facts=BenefitFacts(date(2026, 1, 1), date(2026, 1, 31), "EUR", 900.0, "hold_out", "Report"),
    ),
    "people.create_user": lambda s, a, w: people_commands.create_user(
        s, actor=a, email="new@example.com", name="New", role=Role.BUSINESS
    ),
    "people.change_role": lambda s, a, w: people_commands.change_role(
        s, actor=a, user_id=w.other_user_id, role=Role.MANAGER
    ),
    "people.disable_user": lambda s, a, w: people_commands.disable_user(s, actor=a, user_id=w.other_user_id),
    "people.enable_user": lambda s, a, w: people_commands.enable_user(s, actor=a, user_id=w.disabled_user_id),
    "people.create_invitation": lambda s, a, w: people_commands.create_invitation(s, actor=a, user_id=w.other_user_id),
    "people.create_api_token": lambda s, a, w: people_commands.create_api_token(
        s, actor=a, project_id=w.project_id, name="Nightly"
    ),
    "people.revoke_api_token": lambda s, a, w: people_commands.revoke_api_token(s, actor=a, token_id=w.token_id),
    "people.revoke_sessions": lambda s, a, w: people_commands.revoke_sessions(s, actor=a, user_id=w.other_user_id),
    "people.sign_out": lambda s, a, w: people_commands.sign_out(
        s, actor=replace(a, session_id=make_sign_in(s, a.user_id).id)
    ),
    "people.list_people": lambda s, a, w: people_queries.list_people(s, actor=a),
    "people.list_api_tokens": lambda s, a, w: people_queries.list_api_tokens(s, actor=a),
}


@dataclass(frozen=True)
class Stage:
    """The world, and somebody of each role inside the project and outside of it, in the order of the table."""

    engine: Engine
    world: World
    members: tuple[Actor, ...]
    strangers: tuple[Actor, ...]


@pytest.fixture(scope="module")
def stage(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Made once: every call is rolled back."""
    folder = tmp_path_factory.mktemp("permissions")
    database = shutil.copy(sqlite_template, folder / "portal.sqlite")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORTAL_DATA_DIR", str(folder))
        patch.setenv("PORTAL_MLFLOW_URL", "https://mlflow.example.com")
        _forget()
        engine = new_engine(f"sqlite:///{database}")
        with transaction(engine) as session:
            members = tuple(make_actor(session, role) for role in ROLES)
            strangers = tuple(make_actor(session, role) for role in ROLES)
            world = _fill(session, members)
        yield Stage(engine, world, members, strangers)
        engine.dispose()
    _forget()


@pytest.fixture
def session(stage: Stage) -> Iterator[Session]:
    """A transaction that leaves the world as it was."""
    with Session(stage.engine, expire_on_commit=False) as session:
        yield session
        session.rollback()


@pytest.fixture(params=sorted(MATRIX))
def name(request: pytest.FixtureRequest) -> str:
    """Each command and query in turn."""
    return str(request.param)


def test_every_command_and_query_is_in_the_table() -> None:
    found = set(_public_functions())
    assert found == set(MATRIX) | set(INTERNAL), "a new command or query belongs into the table"
    assert not set(MATRIX) & set(INTERNAL)


def test_what_changes_something_without_an_actor_is_known() -> None:
    for name, function in _public_functions().items():
        takes_actor = "actor" in inspect.signature(function).parameters
        assert takes_actor or name in INTERNAL, f"{name} asks nobody who they are"


def test_every_role_gets_what_the_table_says(session: Session, stage: Stage, name: str) -> None:
    everybody = (*stage.members, *stage.strangers)
    cells = MATRIX[name].replace(" ", "")
    assert len(cells) == len(everybody)
    outcome = "".join(_outcome(session, name, actor, stage.world) for actor in everybody)
    assert f"{outcome[:5]} {outcome[5:]}" == MATRIX[name]


def test_a_stranger_cannot_tell_what_exists_from_what_does_not(session: Session, stage: Stage, name: str) -> None:
    for stranger, cell in zip(stage.strangers, MATRIX[name].split()[1], strict=True):
        if cell == "?":
            there = _refusal(session, name, stranger, stage.world)
            nowhere = _refusal(session, name, stranger, _lost(stage.world))
            assert there == nowhere, f"{name} tells a {stranger.role} apart"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_disclosed_id_is_worth_nothing_in_another_project(session: Session, stage: Stage, name: str) -> None:
    """Somebody with every right in a project of their own has none in this one."""
    for stranger, cell in zip(stage.strangers, COMMANDS[name].split()[1], strict=True):
        make_project(session, stranger)
        assert _outcome(session, name, stranger, stage.world) == cell


def test_the_chain_is_intact_after_every_command(session: Session, stage: Stage) -> None:
    before = get_head_id(session)
    done = []
    for name, cells in COMMANDS.items():
        index = cells.replace(" ", "").find("+")
        with session.begin_nested() as attempt:
            CALL[name](session, (*stage.members, *stage.strangers)[index], stage.world)
            done.append(name)
            assert get_chain_report(session).is_intact, name
            attempt.rollback()
    assert (get_head_id(session), len(done)) == (before, len(COMMANDS))


def _outcome(session: Session, name: str, actor: Actor, world: World) -> str:
    """A sign of the table; checks that the audit chain grew by one event if and only if something happened.

    What only asks a worker for something changes rows without an event.
    """
    n_before, n_changes = get_head_id(session), _n_changes(session)
    with session.begin_nested() as attempt:
        sign = _sign(session, name, actor, world)
        n_events = get_head_id(session) - n_before
        if name in UNAUDITED and sign == "." and _n_changes(session) > n_changes:
            sign = "+"
        assert n_events == (1 if sign == "+" and name not in UNAUDITED else 0), f"{name} wrote {n_events} events"
        assert sign == "+" or _n_changes(session) == n_changes, f"{name} wrote something it told nobody"
        attempt.rollback()
    return sign


def _sign(session: Session, name: str, actor: Actor, world: World) -> str:
    n_before = get_head_id(session)
    try:
        CALL[name](session, actor, world)
    except NotAllowedError:
        return "-"
    except NotFoundError:
        return "?"
    except ConflictError:
        return "!"
    session.flush()
    return "+" if get_head_id(session) > n_before else "."


def _n_changes(session: Session) -> int:
    """How many rows SQLite has written on this connection."""
    session.flush()
    connection: Any = session.connection().connection.dbapi_connection
    return int(connection.total_changes)


def _refusal(session: Session, name: str, actor: Actor, world: World) -> str:
    with session.begin_nested() as attempt, pytest.raises(NotFoundError) as refused:
        try:
            CALL[name](session, actor, world)
        finally:
            attempt.rollback()
    return refused.value.sentence


def _public_functions() -> dict[str, Callable[..., Any]]:
    """`noun.function` of everything public that modules named commands and queries define themselves."""
    found: dict[str, Callable[..., Any]] = {}
    for info in pkgutil.walk_packages(services.__path__, "services."):
        _, noun, *rest = info.name.split(".")
        if {"commands", "queries"} & set(rest):
            module = importlib.import_module(info.name)
            mine = inspect.getmembers(module, lambda thing: inspect.isfunction(thing))
            for name, function in mine:
                if function.__module__ == info.name and not name.startswith("_"):
                    assert f"{noun}.{name}" not in found
                    found[f"{noun}.{name}"] = function
    return found


def _fill(session: Session, members: tuple[Actor, ...]) -> World:
    business, scientist, manager, _, _ = members
    project = make_project(session, *members)
    other = make_user(session, Role.BUSINESS)
    make_sign_in(session, other.id)
    objective = proposal_commands.save_objective(
        session, actor=business, project_id=project.id, objective=replace(RETENTION, levers=(CONTRACT,)), based_on=0
    )
    for author in (business, scientist):
        proposal_commands.keep_answer(
            session, actor=author, project_id=project.id, name="target", value=3.0, based_on=1
        )
    valuation = valuation_commands.save_valuation(
        session, actor=business, project_id=project.id, assumptions=CALLS, based_on=0
    )
    dataset = _fill_data(session, scientist, project.id)
    runs = [
        run_commands.start_run(session, actor=scientist, project_id=project.id, dataset_id=dataset) for _ in range(7)
    ]
    queued, paused, found, ended, *modelled = (run.id for run in runs)
    run_commands.ask_run(session, actor=scientist, run_id=paused, wish="pause")
    run_commands.ask_run(session, actor=scientist, run_id=ended, wish="cancel")
    models = [
        model_commands.register_model(session, actor=SYSTEM, run_id=run_id, finished=make_finished())
        for run_id in modelled
    ]
    approved, waiting = (
        review_commands.request_review(session, actor=scientist, model_id=model.id, question="May it decide?")
        for model in models[:2]
    )
    review_commands.decide(
        session,
        actor=manager,
        review_id=approved.id,
        verdict="approve",
        reason="The money holds.",
        manifest_sha256=approved.manifest_sha256,
    )
    run = session.get_one(Run, modelled[0])
    run.state = "finished"
    file = {"name": CARD, "sha256": get_artifact_store().put(b"# Model"), "n_bytes": 7}
    run.circumstances = {**(run.circumstances or {}), "imported_files": {"files": [file], "problems": []}}
    token, _ = people_commands.create_api_token(session, actor=scientist, project_id=project.id, name="Nightly")
    task_id, noise_job_id = make_labelled(session, business, scientist, dataset)
    return World(
        project_id=project.id,
        dataset_id=dataset,
        first_dataset_id=dataset_queries.list_datasets(session, actor=scientist, project_id=project.id)[-1].id,
        changed_dataset_id=make_changed(session, scientist, make_project(session, *members).id).id,
        newer_dataset_id=make_newer(session, scientist, make_project(session, *members).id).id,
        objective_id=objective.id,
        valuation_id=valuation.id,
        queued_run_id=queued,
        paused_run_id=paused,
        found_run_id=found,
        modelled_run_id=modelled[0],
        ended_run_id=ended,
        approved_model_id=models[0].id,
        approved_model_name=models[0].name,
        waiting_model_id=models[1].id,
        unasked_model_id=models[2].id,
        judged_model_id=models[1].id,
        no_id=_say_no(session, business, models[1]),
        approved_review_id=approved.id,
        waiting_review_id=waiting.id,
        token_id=token.id,
        job_id=make_reading(session, scientist, project.id).id,
        connection_id=make_connection(session, scientist, project.id).id,
        asking_job_id=make_asking(session, scientist, project.id).id,
        done_job_id=make_received(session, scientist, project.id).id,
        task_id=task_id,
        noise_job_id=noise_job_id,
        simulation_id=make_simulation(session, scientist, models[0].id, make_report()),
        assessment_id=make_assessment(session, scientist, models[2].id, make_fairness()),
        waiting_assessment_id=make_assessment(session, scientist, models[2].id, None, "charges"),
        examination_id=make_examination(session, scientist, models[0].id, make_examination_report()),
        assertion_key=assert_of(session, business, models[0].id, PRICEY).key,
        analysis_id=make_analysis(session, scientist, dataset, project.id, AnalysisTask.ANOMALY, make_unusual_report()),
        notification_id=_tell(session, scientist, project.id),
        suggestion_id=dataset_commands.suggest_feature(
            session, actor=business, project_id=project.id, name="yearly", formula="charges * 12", reason="It is said"
        ).id,
        manifest_sha256=waiting.manifest_sha256,
        other_user_id=other.id,
        other_email=other.email,
        disabled_user_id=make_user(session, is_active=False).id,
    )


def _say_no(session: Session, business: Actor, model: Model) -> str:
    expect(session, business, model, contract="unknown")
    voted = interpretation_commands.vote_on_driver(
        session, actor=business, model_id=model.id, column="tenure", vote="no", reason="It should not matter"
    )
    assert voted is not None
    return voted.id


def _decide_interpretation(session: Session, actor: Actor, world: World) -> object:
    model = session.get(Model, world.judged_model_id)
    return interpretation_commands.decide_interpretation(
        session,
        actor=actor,
        model_id=world.judged_model_id,
        verdict="not_accepted",
        reason="Nobody can say why",
        explanation_sha256=model.explanation_sha256 if model else "",
    )


def _tell(session: Session, scientist: Actor, project_id: str) -> str:
    told = {"kind": "run.finished", "subject_id": NOWHERE, "occasion": "once", "sentence": "It is done."}
    notification_commands.notify(session, user_id=scientist.user_id, project_id=project_id, **told)
    (found,) = notification_queries.list_notifications(session, actor=scientist)
    return found.id


def _fill_data(session: Session, scientist: Actor, project_id: str) -> str:
    uploaded = dataset_commands.upload_dataset(session, actor=scientist, project_id=project_id, upload=make_upload())
    excluded = dataset_commands.exclude_column(
        session, actor=scientist, dataset_id=uploaded.id, column="payment", reason="Known too late"
    )
    of: dict[str, str] = {"column": "payment", "sensitivity": "personal"}
    dataset_commands.describe_column(session, actor=scientist, project_id=project_id, **of)
    return dataset_commands.choose_target(session, actor=scientist, dataset_id=excluded.id, column="churn").id


def _forget() -> None:
    for cached in (get_database_settings, get_artifact_store, get_tracking_settings):
        cached.cache_clear()
