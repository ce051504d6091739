"""Start a run and steer it."""

from services.automl.commands.runs import Wish, ask_run, resume_run, start_run

__all__ = ["Wish", "ask_run", "resume_run", "start_run"]
